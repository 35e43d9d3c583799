"""What is known of the house in which a test runs: its log, its restore drills, its software, its storerooms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

from django.utils import timezone

from lantai.apps.schemes import queries as schemes
from lantai.apps.schemes.types import STOREROOM, WEAKNESSES
from lantai.kit.fourprops.facts import ClimateLog, EnvironmentFacts, WeaknessScan
from lantai.platform.context import Ctx
from lantai.platform.ledger import queries as ledger

Restored = Callable[[], date | None]
_drills: list[Restored] = []


def register_restores(restored: Restored) -> None:
    """Let ``restored`` say when content was last restored from a backup in a drill that passed."""
    if restored not in _drills:
        _drills.append(restored)


def surroundings(ctx: Ctx, *, org_id: int) -> EnvironmentFacts:
    """The facts around a test that ``org_id`` makes; what nobody has looked at is None and passes nothing."""
    restored = [on for restored in _drills if (on := restored()) is not None]
    return EnvironmentFacts(
        checked_on=timezone.localdate(ctx.now),
        database_reachable=True,
        last_restored_on=max(restored, default=None),
        log_is_intact=ledger.is_intact(ctx.now),
        weaknesses=_weaknesses(schemes.house_answers(org_id, WEAKNESSES)),
        climate=_climate(schemes.house_answers(org_id, STOREROOM)),
    )


def _weaknesses(said: Mapping[str, str]) -> WeaknessScan | None:
    """The scan that a person has entered; one with grave findings left is asked about again at every test."""
    try:
        scan = WeaknessScan(said["scanned_by"], date.fromisoformat(said["scanned_on"]), int(said["grave"]))
    except (KeyError, ValueError):  # an older sheet asked other questions
        return None
    return None if scan.grave else scan


def _climate(said: Mapping[str, str]) -> ClimateLog | None:
    try:
        return ClimateLog(
            said["storeroom"],
            date.fromisoformat(said["first_on"]),
            date.fromisoformat(said["last_on"]),
            float(said["least_celsius"]),
            float(said["most_celsius"]),
            float(said["least_humidity"]),
            float(said["most_humidity"]),
        )
    except (KeyError, ValueError):
        return None
