"""Reading everything again: rounds, their readings, and what was wrong."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F

from lantai.apps.custody.events import FilesFoundDamaged
from lantai.apps.custody.models import ContentFile, FixityFault, FixityRound, Package
from lantai.apps.custody.permissions import P
from lantai.apps.custody.types import FaultKind, ReadEverything
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.events import services as events
from lantai.platform.jobs import services as jobs
from lantai.platform.ledger import services as ledger


@transaction.atomic
def open_round(ctx: Ctx, *, org_id: int) -> FixityRound:
    """Begin a reading of everything in an organisation's custody."""
    policy.require(ctx, P.FIXITY_RUN, org_id)
    found = FixityRound.objects.create(org_id=org_id, started_at=ctx.now)
    ledger.record(ctx, "custody:fixity:started", object_type="custody:fixity", object_id=found.pk)
    return found


def start_round(ctx: Ctx, *, org_id: int) -> FixityRound:
    """Begin a reading and queue the run that does it."""
    with transaction.atomic():
        found = open_round(ctx, org_id=org_id)
        run = jobs.start(ctx, ReadEverything(found.pk), org_id=org_id, about=("custody:fixity", found.pk))
        FixityRound.objects.filter(pk=found.pk).update(run=run)
    return found


def record_reading(
    ctx: Ctx, *, round_id: int, files: Sequence[ContentFile], faults: Sequence[tuple[ContentFile, FaultKind]]
) -> None:
    """Note that ``files`` were read, and which of them are not what was sealed; in the run's own step."""
    bad = {file.pk for file, _kind in faults}
    good = [file.pk for file in files if file.pk not in bad]
    ContentFile.objects.filter(pk__in=good).update(checked_at=ctx.now, is_intact=True)
    ContentFile.objects.filter(pk__in=bad).update(checked_at=ctx.now, is_intact=False)
    FixityFault.objects.bulk_create(
        FixityFault(round_id=round_id, file=file, kind=kind, found_at=ctx.now) for file, kind in faults
    )
    FixityRound.objects.filter(pk=round_id).update(
        file_count=F("file_count") + len(files),
        byte_count=F("byte_count") + sum(file.size_bytes for file in files),
        fault_count=F("fault_count") + len(faults),
    )


@transaction.atomic
def finish_round(ctx: Ctx, *, round_id: int) -> FixityRound:
    """End a round; damage is announced."""
    if not FixityRound.objects.filter(pk=round_id, finished_at__isnull=True).update(finished_at=ctx.now):
        return FixityRound.objects.get(pk=round_id)
    found = FixityRound.objects.get(pk=round_id)
    ledger.record(
        ctx,
        "custody:fixity:finished",
        object_type="custody:fixity",
        object_id=round_id,
        detail={"files": found.file_count, "bytes": found.byte_count, "faults": found.fault_count},
    )
    if found.fault_count:
        events.publish(ctx, FilesFoundDamaged(round_id, found.fault_count))
    return found


def hold_package(*, package_id: int) -> Package:
    """Keep anybody from adding a version until the caller's transaction ends."""
    return Package.objects.select_for_update().get(pk=package_id)


def size_of_content(package_id: int, sha512: str) -> int | None:
    """How long the content of that digest was when it was sealed; None for our own documents."""
    rows = ContentFile.objects.filter(package_id=package_id, sha512=sha512)
    return rows.values_list("size_bytes", flat=True).first()


def mark_intact(*, package_id: int, digests: Collection[str], is_intact: bool) -> int:
    """Note that files of the storage root are what was sealed, or that nobody can bring them back."""
    rows = ContentFile.objects.filter(package_id=package_id, sha512__in=list(digests))
    return rows.exclude(is_intact=is_intact).update(is_intact=is_intact) if digests else 0


def note_read(*, package_id: int, at: datetime) -> None:
    """Note that every file of a package in the storage root was read; in the caller's transaction."""
    Package.objects.filter(pk=package_id).update(checked_at=at)
