"""Copies are read again after something happened to them, and not only when their turn in the cycle has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import QuerySet

from lantai.apps.copies.models import Copy, Reading
from lantai.apps.copies.services.beats import rate_of
from lantai.apps.copies.services.rounds import READ, start_reading
from lantai.apps.copies.types import ReadingKind
from lantai.platform.context import Channel, Ctx, system_ctx

if TYPE_CHECKING:
    from lantai.apps.custody.models import Package

AFTER_OUTAGE = 200  # copies of a place, drawn by lot; the cycle reads the others


def read_after_outage(ctx: Ctx, *, place_id: int) -> int:
    """A place was away and is back: a sample of what every organisation has there is read; returns how many rounds."""
    held = Copy.objects.filter(place_id=place_id, state__in=READ, version__gt=0)
    begun = 0
    for org_id in held.order_by().values_list("package__custodian_id", flat=True).distinct():
        if not _going().filter(org_id=org_id, place_id=place_id).exists():
            start_reading(
                ctx, org_id=org_id, kind=ReadingKind.EVENT, place_id=place_id, sample_count=AFTER_OUTAGE,
                rate_mb_s=rate_of(org_id),
            )  # fmt: skip
            begun += 1
    return begun


def read_after_failure(package: Package) -> None:
    """Somebody asked for a file and the storage root did not have it whole: all copies of its package are read."""
    if not _going().filter(package_id=package.pk).exists():
        ctx = system_ctx(Channel.JOB)
        org_id = package.custodian_id
        start_reading(
            ctx, org_id=org_id, kind=ReadingKind.EVENT, package_id=package.pk, rate_mb_s=rate_of(org_id)
        )


def _going() -> QuerySet[Reading]:
    return Reading.objects.filter(kind=ReadingKind.EVENT, finished_at=None)
