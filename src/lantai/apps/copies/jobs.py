"""Long acts of this app."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from lantai.apps.copies import queries, services
from lantai.apps.copies.models import Clearance, Move, Orphan, Reading
from lantai.apps.copies.services.examining import PARTS_A_BATCH, Slice, read, slices_of
from lantai.apps.copies.types import (
    ClearanceState,
    ClearSurplus,
    CopyJournal,
    FillPlace,
    MoveCopies,
    MoveState,
    ReadCopies,
    ReadingKind,
    SettleOrphan,
    SurveyPlace,
    SyncCopies,
)
from lantai.apps.custody import queries as custody_queries
from lantai.apps.custody import services as custody
from lantai.apps.custody.types import Occasion
from lantai.kit.digests.pairs import Pace
from lantai.kit.errors import N_, LantaiError
from lantai.platform.context import Ctx
from lantai.platform.jobs.registry import handles
from lantai.platform.jobs.running import Running
from lantai.platform.places.models import Place


def _now(run: Running) -> Ctx:
    """A run may last for days: what it writes bears the time of writing."""
    return run.ctx.later(timezone.now())


JOURNAL = "journal "  # before the cursor of a round that has come to the journal


def _cursor(text: str) -> tuple[int, int]:
    """(copy, how many of its files are done)."""
    copy_id, _colon, index = text.removeprefix(JOURNAL).partition(":")
    return int(copy_id or 0), int(index or 0)


@handles(SyncCopies, label=_("核对副本策略"))
def sync_copies(run: Running, args: SyncCopies) -> None:
    """Work out which copies are wanted; a few statements, repeated whole after a kill."""
    with run.advance(to="done"):
        changed = services.sync_all(_now(run))
    run.say(N_("副本记录变动 %(n)d 行。"), n=changed)


@handles(FillPlace, queue="default", label=_("复制到存储位置"))
def fill_place(run: Running, args: FillPlace) -> None:
    """Copy after copy until the place lacks none; a killed run goes on inside the object where it was."""
    done = late = 0
    while copy := services.due(_now(run), args.place_id).first():
        copy_id, index = _cursor(run.cursor)
        start = index if copy_id == copy.pk else 0
        if services.fill(
            _now(run),
            copy,
            start=start,
            stepped=lambda i, pk=copy.pk: _step(run, pk, i),
            pace=services.pace_of(copy),
        ):
            done += 1
        else:
            late += 1
        with run.advance(to=f"{copy.pk}:0"):
            pass
    run.say(N_("复制完成 %(done)d 份，推迟 %(late)d 份。"), done=done, late=late)


def _step(run: Running, copy_id: int, index: int) -> None:
    with run.advance(to=f"{copy_id}:{index}", done=0):
        pass


@handles(ReadCopies, queue="default", label=_("副本校验"))
def read_copies(run: Running, args: ReadCopies) -> None:
    """Copy after copy in order of id, many files at once; what is wrong is repaired before the next step."""
    row = Reading.objects.get(pk=args.reading_id)
    pace = Pace(row.rate_mb_s * 1_000_000)
    run.set_total(services.copies_of(row).count())
    with ThreadPoolExecutor(services.THREADS) as pool:
        for batch in () if run.cursor.startswith(JOURNAL) else _batches(run, row):
            read(batch, pool, pace)
            ctx = _now(run)
            services.treat(ctx, batch, row.pk)
            last = batch[-1]
            with run.advance(
                to=f"{last.copy.pk}:{0 if last.is_last else last.end}", done=sum(one.is_last for one in batch)
            ):
                services.record_slices(ctx, row.pk, batch)
    _read_journals(run, row, pace)
    _test_packages(run, row)
    found = services.finish_reading(_now(run), reading_id=row.pk)
    run.say(
        N_("读完 %(copies)d 份副本、%(files)d 个文件，异常 %(damages)d 个，修复 %(repaired)d 个。"),
        copies=found.copy_count,
        files=found.file_count,
        damages=found.damage_count,
        repaired=found.repaired_count,
    )


def _batches(run: Running, row: Reading) -> Iterator[list[Slice]]:
    """So many files at a time, of one copy or of many, from where the run was left."""
    copy_id, index = _cursor(run.cursor)
    rows = services.copies_of(row).filter(pk__gt=copy_id - (1 if index else 0))
    batch: list[Slice] = []
    for copy in rows.iterator(chunk_size=200):
        for one in slices_of(copy, index if copy.pk == copy_id else 0):
            batch.append(one)
            if sum(len(other.parts) + 1 for other in batch) >= PARTS_A_BATCH:
                yield batch
                batch = []
    if batch:
        yield batch


def _read_journals(run: Running, row: Reading, pace: Pace) -> None:
    """The journal beside the objects, place after place, so many segments at a time."""
    begun, after = _cursor(run.cursor) if run.cursor.startswith(JOURNAL) else (0, 0)
    for copy in services.journals_of(row).filter(pk__gte=begun):
        for segments in services.steps_of_journal(copy, after if copy.pk == begun else 0):
            found = services.read_segments(_now(run), copy, segments, row.pk, pace)
            with run.advance(to=f"{JOURNAL}{copy.pk}:{segments[-1].number}", done=0):
                services.record_segments(row.pk, found)
            if found.is_away:
                break
        else:
            services.close_journal(_now(run), copy)


@handles(CopyJournal, queue="default", label=_("复制保管日志"))
def copy_journal(run: Running, args: CopyJournal) -> None:
    """Segment after segment until the place lacks none; each is written and read back in one step."""
    row, done = services.journal_in(args.place_id), 0
    for segment in services.lacking(row):
        if not services.copy_segment(_now(run), row, segment):
            break
        done += 1
        with run.advance(to=str(segment.number)):
            services.note_copied(row, segment)
    run.say(N_("复制保管日志 %(n)d 段。"), n=done)


def _test_packages(run: Running, row: Reading) -> None:
    """After a periodic reading of the storage root every package read is tested for long-term preservation."""
    if row.kind not in (ReadingKind.CYCLE, ReadingKind.DEMAND):
        return
    read_now = services.packages_read(row)
    for package in custody_queries.untested_since(row.org_id, row.started_at).filter(pk__in=read_now):
        run.check()
        try:
            with transaction.atomic():
                custody.test_after(run.ctx, package, Occasion.PERIODIC, read_since=row.started_at)
        except LantaiError as refusal:  # what is gone is among the damages; the others are tested
            run.say(N_("信息包“%(title)s”没有检测：%(reason)s"), title=package.title, reason=refusal.message)


@handles(MoveCopies, queue="default", label=_("搬迁副本"))
def move_copies(run: Running, args: MoveCopies) -> None:
    """Remove from the source what is whole elsewhere; what has to wait is taken up by the next run."""
    row = Move.objects.select_related("source", "goal").get(pk=args.move_id)
    if row.state != MoveState.OPEN:
        return
    last = 0
    while copy := services.may_go(row).filter(pk__gt=last).first():
        last = copy.pk
        is_gone = services.clear(_now(run), copy)
        with run.advance(to=str(copy.pk)):
            services.note_moved(_now(run), row, moved=int(is_gone))
    services.drop_unwanted_journals(_now(run), Place.objects.filter(pk=row.source_id))
    found = services.note_moved(_now(run), row, moved=0)
    run.say(
        N_("已搬 %(moved)d 份，等待 %(waiting)d 份。"), moved=found.moved_count, waiting=found.waiting_count
    )


@handles(ClearSurplus, queue="default", label=_("撤除多余副本"))
def clear_surplus(run: Running, args: ClearSurplus) -> None:
    """Copy after copy: the others are read, then this one goes; what may not go stays and is counted."""
    row = Clearance.objects.select_related("org", "place").get(pk=args.clearance_id)
    if row.state != ClearanceState.CLEARING:
        return
    last, pace = int(run.cursor or 0), Pace(services.rate_of(row.org_id) * 1_000_000)
    with ThreadPoolExecutor(services.THREADS) as pool:
        while copy := queries.surplus(row.org_id, row.place_id).filter(pk__gt=last).first():
            last = copy.pk
            is_gone = services.clear_surplus(_now(run), row, copy, pool, pace)
            with run.advance(to=str(copy.pk)):
                services.count_cleared(row, is_gone=is_gone)
    services.drop_unwanted_journals(_now(run), services.places_of_clearance(row))
    found = services.finish_clearance(_now(run), row)
    run.say(N_("已撤除 %(gone)d 份，保留 %(kept)d 份。"), gone=found.cleared_count, kept=found.kept_count)


@handles(SurveyPlace, label=_("两边核对"))
def survey_place(run: Running, args: SurveyPlace) -> None:
    """Compare a place with what is known of it; read only, repeated whole after a kill."""
    place = Place.objects.get(pk=args.place_id)

    def looked(count: int) -> None:
        if count % 1_000 == 0:
            run.check()

    unknown, absent = services.survey(_now(run), place, looked=looked)
    run.say(N_("系统不认识的 %(unknown)d 项，位置中没有的 %(absent)d 项。"), unknown=unknown, absent=absent)


@handles(SettleOrphan, label=_("移出到隔离区"))
def settle_orphan(run: Running, args: SettleOrphan) -> None:
    """Move what nobody knows out of its place; a killed run goes on with what is left."""
    row = Orphan.objects.select_related("place").get(pk=args.orphan_id)
    run.say(N_("移出 %(n)d 个文件。"), n=services.move_out(row))
