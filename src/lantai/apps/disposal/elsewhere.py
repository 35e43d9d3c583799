"""Backups that still hold what was destroyed: they go when they expire, and until then it is said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class BackupsLeft:
    """Backups of one plan from before a destruction."""

    title: str
    count: int
    gone_by: date


Backups = Callable[[datetime], Sequence[BackupsLeft]]
_known: list[Backups] = []


def register_backups(backups: Backups) -> None:
    """Let ``backups(moment)`` say which backups from before a moment are kept still, and until when at most."""
    if backups not in _known:
        _known.append(backups)


def backups_left(since: datetime) -> list[BackupsLeft]:
    """Backups from before a moment that are still kept."""
    return [one for backups in _known for one in backups(since)]
