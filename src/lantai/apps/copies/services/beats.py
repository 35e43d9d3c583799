"""What is done every minute, hour or day by one worker of all."""

from __future__ import annotations

import shutil
import time
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.db.models import Min, Sum

from lantai.apps.copies.models import Copy, CopyPolicy, Reading
from lantai.apps.copies.services.clearing import continue_clearances
from lantai.apps.copies.services.figures import record_held
from lantai.apps.copies.services.journals import start_journals
from lantai.apps.copies.services.moving import continue_moves
from lantai.apps.copies.services.replication import start_filling
from lantai.apps.copies.services.rounds import READ, start_reading
from lantai.apps.copies.services.syncing import sync_all
from lantai.apps.copies.types import DEFAULT_CYCLE_DAYS, DEFAULT_RATE_MB_S, ReadingKind
from lantai.kit.digests.pairs import Pace
from lantai.platform.context import Ctx, system_ctx

OLD_S = 86_400


def fill_now() -> None:
    """Copies and segments whose turn has come, also those that had to wait, and moves that wait for them."""
    ctx = system_ctx()
    start_filling(ctx)
    continue_moves(ctx)
    continue_clearances(ctx)
    start_journals(ctx)


def keep_house() -> None:
    """Every hour: rows follow packages, today's reading begins, figures are noted."""
    ctx = system_ctx()
    sync_all(ctx)
    record_held(ctx)
    start_cycles(ctx)
    _sweep_transit()


def start_cycles(ctx: Ctx) -> int:
    """Begin the day's reading of every organisation that has copies to be read today; returns how many."""
    begun = 0
    for org_id in Copy.objects.order_by().values_list("package__custodian_id", flat=True).distinct():
        going = Reading.objects.filter(org_id=org_id, kind=ReadingKind.CYCLE)
        if going.filter(finished_at=None).exists():
            continue
        if going.filter(started_at__gt=ctx.now - timedelta(hours=20)).exists():
            continue
        before = due_before(ctx, org_id)
        if before is not None:
            rate = rate_of(org_id)
            start_reading(ctx, org_id=org_id, kind=ReadingKind.CYCLE, due_before=before, rate_mb_s=rate)
            begun += 1
    return begun


def due_before(ctx: Ctx, org_id: int) -> object | None:
    """Copies verified before this are read today: so much a day that the cycle is kept, the oldest first.

    None where nothing is due.
    """
    days = cycle_of(org_id)
    rows = Copy.objects.filter(package__custodian_id=org_id, state__in=READ, version__gt=0)
    total = rows.aggregate(bytes=Sum("byte_count"))["bytes"] or 0
    share, taken, before = total / days, 0, None
    overdue = ctx.now - timedelta(days=days - 1)
    ordered = rows.order_by("verified_at").values_list("verified_at", "byte_count")
    for verified_at, size in ordered.iterator(chunk_size=2_000):
        is_late = verified_at is None or verified_at < overdue
        if not is_late and taken + size > share:
            break
        taken += size
        before = (verified_at or overdue) + timedelta(microseconds=1)
    return before


def cycle_of(org_id: int) -> int:
    """Within how many days everything of an organisation is read: the shortest of its policies."""
    found = CopyPolicy.objects.filter(org_id=org_id).aggregate(days=Min("cycle_days"))["days"]
    return int(found or DEFAULT_CYCLE_DAYS)


def rate_of(org_id: int) -> int:
    """How many MB a second are read at most: the slowest of its policies."""
    found = CopyPolicy.objects.filter(org_id=org_id).aggregate(rate=Min("rate_mb_s"))["rate"]
    return DEFAULT_RATE_MB_S if found is None else int(found)


def pace_of(copy: Copy) -> Pace:
    """The pace at which copies of an organisation are written and read."""
    return Pace(rate_of(copy.package.custodian_id) * 1_000_000)


def _sweep_transit() -> None:
    """What a killed run left on its way between two places."""
    above = Path(settings.LANTAI_STORE) / "incoming"
    for left in above.glob("copies-*") if above.is_dir() else ():
        if time.time() - left.stat().st_mtime > OLD_S:
            shutil.rmtree(left, ignore_errors=True) if left.is_dir() else left.unlink(missing_ok=True)
