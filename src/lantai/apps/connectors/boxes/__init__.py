"""Watched places: a local folder, a prefix of a bucket. Each is a class of the shape of ``Box``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

METADATA = "metadata.json"
READY = ".ready"
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")
RESULTS = (".done.json", ".refused.json")


@dataclass(frozen=True, slots=True)
class Held:
    """One file of an offer, by its path within it; ``content`` is read once."""

    path: str
    size: int
    content: Iterable[bytes]


class BoxUnreadable(Exception):
    """The place cannot be read now; the text says why, without any secret."""


class OfferBroken(Exception):
    """An offer holds something that is no plain file, named by the text."""


class Box(Protocol):
    """Offers lie in a watched place under names; ours from the claim on."""

    def offers(self) -> Iterator[str]:
        """Names that may be taken: what we had claimed before, then what lies ready and still."""
        ...

    def claim(self, name: str) -> bool:
        """Make the offer ours; False when another was faster or it has gone."""
        ...

    def held(self, name: str) -> list[Held]:
        """The files of a claimed offer by path; raises ``OfferBroken``."""
        ...

    def drop(self, name: str) -> None:
        """Remove a claimed offer, whose content is safe elsewhere."""
        ...

    def give_back(self, name: str) -> None:
        """Put a claimed offer aside for its sender, untouched."""
        ...

    def answer(self, name: str, body: bytes, *, is_done: bool) -> None:
        """Write the result beside where the offer lay, whole or not at all."""
        ...
