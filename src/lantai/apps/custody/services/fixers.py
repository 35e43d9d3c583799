"""Where the items of a report are shown and mended: told by the apps that hold them, which rank above this one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

from lantai.platform.context import Ctx


class Fixer(Protocol):
    """The pages of one app about the subjects that it has tested."""

    def item_urls(self, ctx: Ctx, subject_id: str, keys: Collection[str]) -> Mapping[str, str]:
        """Item key → its page, for the items that the actor may see."""

    def fix_urls(self, ctx: Ctx, subject_id: str, keys: Collection[str]) -> Mapping[str, str]:
        """Item key → where its description is corrected, for those that the actor may correct now."""


_fixers: dict[str, Fixer] = {}


def register_fixer(subject_type: str, fixer: Fixer) -> None:
    """Link the findings about subjects of this type to the pages of another app."""
    _fixers[subject_type] = fixer


def fixer_of(subject_type: str) -> Fixer | None:
    """The pages for a subject type, if its app told any."""
    return _fixers.get(subject_type)
