"""Kinds of this app."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReadTexts:
    """Run: read the pages of all packages that are new or have changed."""


@dataclass(frozen=True, slots=True)
class PageFound:
    """A page: of which item, of which file, and its text."""

    id: int
    package_id: int
    item_key: str
    file_id: int
    number: int
    text: str
