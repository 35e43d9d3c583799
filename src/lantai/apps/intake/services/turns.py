"""One after the other: the counter of an agency, whose lock puts two clicks in a row."""

from __future__ import annotations

from django.utils import timezone

from lantai.apps.intake.models import NumberCounter
from lantai.platform.context import Ctx


def wait_for_turn(ctx: Ctx, agency_id: int) -> NumberCounter:
    """The agency's counter, locked until commit: of two clicks the second finds what the first has made."""
    year = timezone.localdate(ctx.now).year
    NumberCounter.objects.get_or_create(agency_id=agency_id, defaults={"year": year})
    return NumberCounter.objects.select_for_update().get(agency_id=agency_id)
