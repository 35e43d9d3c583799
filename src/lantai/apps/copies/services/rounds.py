"""Rounds of reading: which copies, what was read of them, what became of what was wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Count, F, Func, Q, QuerySet, Value
from django.urls import reverse

from lantai.apps.copies import queries
from lantai.apps.copies.events import CopyFoundDamaged
from lantai.apps.copies.models import Copy, Damage, JournalDamage, Reading
from lantai.apps.copies.permissions import P
from lantai.apps.copies.services.examining import Slice
from lantai.apps.copies.services.figures import add_to_day
from lantai.apps.copies.services.repairing import note_damage, repair
from lantai.apps.copies.types import READING, CopyState, ReadCopies, ReadingKind
from lantai.apps.custody import queries as custody_queries
from lantai.apps.custody import services as custody
from lantai.kit.errors import N_
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.events import services as events
from lantai.platform.jobs import services as jobs
from lantai.platform.ledger import services as ledger
from lantai.platform.notify import services as notify
from lantai.platform.places.types import PRIMARY, PlaceState

READ = (CopyState.WHOLE, CopyState.DAMAGED, CopyState.MISSING)
FOUND = N_("校验发现 %(count)d 个副本文件异常，已修复 %(repaired)d 个，位置：%(places)s。")
JOURNAL_FOUND = N_("校验发现保管日志 %(count)d 段异常，已修复 %(repaired)d 段，位置：%(places)s。")
JOURNAL_LOST = N_("保管日志有 %(count)d 段异常，各处都没有可信的内容，位置：%(places)s。请立即核查。")
LOST = N_("有 %(count)d 个副本文件异常，各处都没有可信的内容，位置：%(places)s。请立即核查。")


@transaction.atomic
def open_reading(
    ctx: Ctx,
    *,
    org_id: int,
    kind: str = ReadingKind.DEMAND,
    place_id: int | None = None,
    fonds_id: int | None = None,
    package_id: int | None = None,
    due_before: datetime | None = None,
    sample_count: int | None = None,
    rate_mb_s: int = 0,
) -> Reading:
    """Begin a round over an organisation's copies; the filters narrow it. Raises ``Missing`` for what is not seen."""
    if not ctx.actor.is_system:
        policy.require(ctx, P.COPY_VERIFY, org_id)
        for pk, rows in (
            (place_id, queries.visible_places(ctx)),
            (fonds_id, queries.fonds_of(ctx, org_id)),
            (package_id, custody_queries.visible(ctx)),
        ):
            if pk is not None:
                policy.one(rows, pk=pk)
    row = Reading.objects.create(
        org_id=org_id,
        kind=kind,
        place_id=place_id,
        fonds_id=fonds_id,
        package_id=package_id,
        due_before=due_before,
        sample_count=sample_count,
        seed=int(ctx.now.timestamp()) % 1_000_000,
        rate_mb_s=rate_mb_s,
        started_at=ctx.now,
    )
    ledger.record(
        ctx, "copies:reading:started", object_type=READING, object_id=row.pk, detail={"kind": str(kind)}
    )
    return row


def start_reading(ctx: Ctx, **said: object) -> Reading:
    """Begin a round and queue the run that does it; the same filters as ``open_reading``."""
    with transaction.atomic():
        row = open_reading(ctx, **said)  # type: ignore[arg-type]
        run = jobs.start(
            ctx,
            ReadCopies(row.pk),
            org_id=row.org_id,
            about=(READING, row.pk),
            is_quiet=ctx.actor.is_system,
        )
        Reading.objects.filter(pk=row.pk).update(run=run)
        row.run = run
    return row


def copies_of(row: Reading) -> QuerySet[Copy]:
    """The copies of a round, in order of id; the same for the whole round but for what it repaired."""
    rows = Copy.objects.filter(package__custodian_id=row.org_id, version__gt=0, state__in=READ)
    rows = rows.exclude(place__state=PlaceState.RETIRED)
    asked = {"place_id": row.place_id, "package__fonds_id": row.fonds_id, "package_id": row.package_id}
    rows = rows.filter(**{name: value for name, value in asked.items() if value is not None})
    if row.due_before is not None:
        rows = rows.filter(Q(verified_at=None) | Q(verified_at__lt=row.due_before))
    if row.sample_count is not None:
        lot = Func(F("pk"), Value(row.seed), function="hashint8extended")
        rows = Copy.objects.filter(
            pk__in=list(rows.order_by(lot).values_list("pk", flat=True)[: row.sample_count])
        )
    return rows.select_related("package", "place").order_by("pk")


def packages_read(row: Reading) -> QuerySet[Copy]:
    """The packages of which a round has read the storage root."""
    read_now = Copy.objects.filter(place__slug=PRIMARY, verified_at__gte=row.started_at)
    return read_now.filter(package__custodian_id=row.org_id).values("package_id")


def treat(ctx: Ctx, slices: Iterable[Slice], reading_id: int | None) -> None:
    """Write down what is wrong, then put it right: outside the run's own step, each safe to repeat."""
    for one in slices:
        if one.faults:
            damages = note_damage(ctx, one, reading_id)
            repaired = one.repaired_count = repair(ctx, one, damages)
            with transaction.atomic():
                found = CopyFoundDamaged(one.copy.pk, one.copy.package_id, len(one.faults), repaired)
                events.publish(ctx, found)


def record_slices(ctx: Ctx, reading_id: int, slices: Sequence[Slice]) -> None:
    """Note what was read, in the run's own step: a few statements for all of them."""
    done = [one for one in slices if one.is_last and not one.is_away]
    Reading.objects.filter(pk=reading_id).update(
        copy_count=F("copy_count") + len(done),
        away_count=F("away_count") + sum(one.is_away for one in slices),
        file_count=F("file_count") + sum(one.file_count for one in slices),
        byte_count=F("byte_count") + sum(one.byte_count for one in slices),
    )
    add_to_day(ctx, slices)
    settle_slices(ctx, slices)
    if any(one.faults for one in slices):
        _count_damages(reading_id)


def settle_slices(ctx: Ctx, slices: Sequence[Slice]) -> None:
    """What was read and found well is healed; a copy of which all was read is as its open damages say."""
    _note_healed(ctx, slices)
    _close(ctx, [one for one in slices if one.is_last and not one.is_away])


def _close(ctx: Ctx, done: Sequence[Slice]) -> None:
    """All of these copies was read: one is whole when nothing is left of it that is wrong."""
    ids = [one.copy.pk for one in done]
    open_ = Damage.objects.filter(copy__in=ids, repaired_at=None)
    bad = set(open_.values_list("copy_id", flat=True))
    gone = [one.copy.pk for one in done if one.copy.pk in bad and not one.shelf_has_any]
    for state, chosen in (
        (CopyState.WHOLE, [pk for pk in ids if pk not in bad]),
        (CopyState.DAMAGED, bad.difference(gone)),
        (CopyState.MISSING, gone),
    ):
        rows = Copy.objects.filter(pk__in=chosen).exclude(state=CopyState.RETIRED)
        rows.update(state=state, verified_at=ctx.now)
    read = [one.copy.package_id for one in done if one.shelf.place.is_primary]
    custody.note_read(package_ids=read, at=ctx.now)


def _note_healed(ctx: Ctx, slices: Sequence[Slice]) -> None:
    """What an earlier reading saw, and this one has read and found well, is healed."""
    well: dict[int, set[str]] = {}
    for one in slices:
        if not one.is_away and one.plan is not None and one.shelf_has_any:
            paths = {part.path for part in one.parts} - {fault.path for fault in one.faults}
            well.setdefault(one.copy.pk, {""}).update(paths)
    open_ = Damage.objects.filter(copy__in=well, repaired_at=None).only("copy_id", "path")
    healed = [damage.pk for damage in open_ if damage.path in well[damage.copy_id]]
    Damage.objects.filter(pk__in=healed).update(repaired_at=ctx.now, is_lost=False)


def _count_damages(reading_id: int) -> None:
    all_, repaired = Count("pk"), Count("pk", filter=~Q(repaired_at=None))
    sums = [
        rows.filter(reading_id=reading_id).aggregate(all=all_, repaired=repaired)
        for rows in (Damage.objects, JournalDamage.objects)
    ]
    Reading.objects.filter(pk=reading_id).update(
        damage_count=sum(one["all"] for one in sums), repaired_count=sum(one["repaired"] for one in sums)
    )


@transaction.atomic
def finish_reading(ctx: Ctx, *, reading_id: int) -> Reading:
    """End a round: one line in the log, and an alarm to those who answer for the copies."""
    _count_damages(reading_id)
    if not Reading.objects.filter(pk=reading_id, finished_at=None).update(finished_at=ctx.now):
        return Reading.objects.get(pk=reading_id)
    row = Reading.objects.get(pk=reading_id)
    ledger.record(
        ctx,
        "copies:reading:finished",
        object_type=READING,
        object_id=row.pk,
        detail={
            "kind": row.kind,
            "copies": row.copy_count,
            "files": row.file_count,
            "bytes": row.byte_count,
            "damages": row.damage_count,
            "repaired": row.repaired_count,
        },
    )
    _raise_alarm(ctx, row)
    return row


def _raise_alarm(ctx: Ctx, row: Reading) -> None:
    url = reverse("copies:reading", args=[row.pk])
    for text, rows in _alarms(row):
        named = sorted(set(rows.values_list("copy__place__title", flat=True)))
        repaired = rows.exclude(repaired_at=None).count()
        params = {"count": rows.count(), "repaired": repaired, "places": "、".join(named)}
        if named:
            notify.tell(ctx, org_id=row.org_id, permission=P.COPY_VERIFY, text=text, params=params, url=url)


def _alarms(row: Reading) -> Iterator[tuple[str, QuerySet[Damage] | QuerySet[JournalDamage]]]:
    yield FOUND, row.damages.all()
    yield LOST, row.damages.filter(is_lost=True, repaired_at=None)
    yield JOURNAL_FOUND, row.journal_damages.all()
    yield JOURNAL_LOST, row.journal_damages.filter(is_lost=True, repaired_at=None)


def cycle_before(now: datetime, cycle_days: int) -> datetime:
    """Copies verified before this moment are to be read today, so that none is older than the cycle."""
    return now - timedelta(days=max(cycle_days - 1, 0))
