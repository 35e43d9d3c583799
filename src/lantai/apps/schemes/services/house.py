"""What holds for a whole organisation: entered once on a worksheet, read by every test until it is old."""

from __future__ import annotations

from collections.abc import Mapping

from lantai.apps.schemes.models import HouseFinding
from lantai.apps.schemes.types import OF_HOUSE
from lantai.platform.context import Ctx


def note_house_finding(
    ctx: Ctx, *, org_id: int, code: str, is_good: bool, answers: Mapping[str, str]
) -> HouseFinding | None:
    """Keep the sheet of a check that looks at the house; None for one that looks at records.

    ``code`` is that of the report, with the letters of its stage: what holds for the house holds at every stage.
    In the caller's transaction, who has checked the permission and writes the line of the ledger.
    """
    _stage, _dash, code = code.partition("-")
    if code not in OF_HOUSE:
        return None
    return HouseFinding.objects.create(
        org_id=org_id,
        code=code,
        is_good=is_good,
        answers=dict(answers),
        found_by=ctx.actor.name,
        found_at=ctx.now,
    )
