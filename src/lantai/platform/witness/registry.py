"""Who holds the content that archives poll each other about; an app registers up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

from lantai.platform.context import Ctx


class Holdings(Protocol):
    """Content by a name that means the same bytes everywhere: `sha512:<hex>`."""

    def sample(self, count: int, most_bytes: int) -> Sequence[str]:
        """Some names of what we hold, chosen by chance."""
        ...

    def size(self, item: str) -> int | None:
        """How long such content is; None for what was never ours."""
        ...

    def open(self, item: str) -> BinaryIO | None:
        """Our copy as it lies there, good or bad; None when there is none."""
        ...

    def mend(self, ctx: Ctx, item: str, offered: Path, *, source: str) -> bool:
        """Put what a peer gave in the place of our bad copy, read back; whether it is whole now."""
        ...


_holdings: list[Holdings] = []


def register_holdings(holdings: Holdings) -> None:
    """Declare who holds content; from an ``apps.py`` only."""
    _holdings[:] = [holdings]


def holdings() -> Holdings | None:
    """Who holds content on this node."""
    return _holdings[0] if _holdings else None
