"""What one check says about one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from lantai.kit.fourprops.facts import FileFacts, ItemFacts
from lantai.kit.fourprops.vocabulary import Outcome


@dataclass(frozen=True, slots=True)
class Place:
    """Where: an item, a file, an element; all empty means the package or the environment as a whole."""

    item: str = ""
    reference_code: str = ""
    path: str = ""
    field: str = ""

    def __str__(self) -> str:
        parts = (self.reference_code or self.item, self.path, self.field)
        return " · ".join(part for part in parts if part)


WHOLE = Place()


@dataclass(frozen=True, slots=True)
class Finding:
    """One outcome at one place; `message` and `remedy` are message ids, `params` fill both."""

    outcome: Outcome
    message: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    place: Place = WHOLE
    evidence: str = ""
    remedy: str = ""


def at(item: ItemFacts, file: FileFacts | None = None, field: str = "") -> Place:
    """The place of an item, of one of its files or of one of its elements."""
    return Place(item.key, item.reference_code, file.path if file else "", field)
