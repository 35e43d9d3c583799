"""The journal beside the objects, brought into every place that a policy takes, so that one place alone is enough.

Without it a copy of the storage root tells of what was sealed and of nothing that happened since. Bringing a segment
writes no line into the log: the line would be the next segment.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import F, Max, Q, QuerySet, Sum
from django.utils.translation import gettext as _

from lantai.apps.copies.models import Copy, JournalCopy, JournalDamage, JournalSegment, PolicyPlace
from lantai.apps.copies.services.shelf import Shelf, differs, fetch, quarantine, transit
from lantai.apps.copies.services.writing import lay_out
from lantai.apps.copies.types import (
    LEAST_RETRY_S,
    MOST_RETRY_S,
    CopyJournal,
    CopyNotTrue,
    SegmentNotVerified,
)
from lantai.kit.digests.pairs import Pace, pair_of_file
from lantai.kit.errors import LantaiError
from lantai.kit.packages import journal
from lantai.kit.packages.ocfl.parts import Part
from lantai.platform.context import Ctx
from lantai.platform.jobs import queries as runs
from lantai.platform.jobs import services as jobs
from lantai.platform.ledger import services as ledger
from lantai.platform.places import queries as places
from lantai.platform.places import services as place_services
from lantai.platform.places.models import Place
from lantai.platform.places.types import OBJECT as PLACE
from lantai.platform.places.types import NameTaken, PlaceState

logger = logging.getLogger("lantai.copies")
AT_ONCE = 200


def shelf_of(place: Place) -> Shelf:
    """The folder of the journal in a place."""
    return Shelf(place, "", folder=journal.FOLDER.as_posix())


def part_of(segment: JournalSegment) -> Part:
    """A segment as a file with the digests that it must have."""
    path = Path(journal.name_of(segment.number)).relative_to(journal.FOLDER)
    return Part(path.as_posix(), segment.file_sha512, segment.file_sm3)


def note_segments() -> int:
    """Enter the segments of the storage root that no row tells of yet; the last number. Raises `JournalDamaged`."""
    root, last = places.storage_root(), JournalSegment.objects.order_by("number").last()
    number, end, sha512 = (last.number, last.end, last.sha512) if last else (0, 0, "")
    while (path := journal.path_of(root, number + 1)).is_file():
        found, number = journal.read_segment(path), number + 1
        if not journal.follows(found, number, end, sha512):
            raise journal.JournalDamaged(number=number, path=path.name)
        end, sha512, pair = found.end, found.sha512, pair_of_file(path)
        row = JournalSegment(
            number=number, end=end, sha512=sha512,
            file_sha512=pair.sha512, file_sm3=pair.sm3, size_bytes=pair.size_bytes,
        )  # fmt: skip
        JournalSegment.objects.bulk_create([row], ignore_conflicts=True)
    return number


@transaction.atomic
def sync_journals() -> int:
    """Rows of copies follow the segments and the places that policies take; the number of the last segment."""
    found = JournalSegment.objects.aggregate(last=Max("number"), size=Sum("size_bytes"))
    last, primary = found["last"] or 0, place_services.ensure_primary()
    chosen = set(PolicyPlace.objects.filter(is_chosen=True).values_list("place_id", flat=True))
    wanted = [*sorted(chosen), primary.pk] if last else []
    JournalCopy.objects.bulk_create((JournalCopy(place_id=pk) for pk in wanted), ignore_conflicts=True)
    JournalCopy.objects.filter(place=primary, segment_count__lt=last).update(
        segment_count=last, byte_count=found["size"] or 0
    )
    others = JournalCopy.objects.exclude(place=primary)
    others.exclude(place__in=chosen).filter(is_wanted=True).update(is_wanted=False)
    others.filter(place__in=chosen, is_wanted=False).update(is_wanted=True, next_try_at=None)
    return last


def start_journals(ctx: Ctx) -> int:
    """One run for every place that lacks segments and has none under way; returns how many were started."""
    try:
        note_segments()
    except journal.JournalDamaged as damage:  # what was noted before is brought all the same
        logger.error("%s", damage)
    last = sync_journals()
    behind = JournalCopy.objects.filter(
        is_wanted=True, segment_count__lt=last, place__state=PlaceState.ACTIVE
    )
    behind = behind.filter(Q(next_try_at=None) | Q(next_try_at__lte=ctx.now)).select_related("place")
    idle = [row for row in behind if not runs.is_under_way(CopyJournal(row.place_id))]
    for row in idle:
        about = (PLACE, row.place_id)
        jobs.start(ctx, CopyJournal(row.place_id), org_id=row.place.custodian_id, about=about, is_quiet=True)
    return len(idle)


def journal_in(place_id: int) -> JournalCopy:
    """The copy of the journal in a place."""
    return JournalCopy.objects.select_related("place").get(place_id=place_id)


def lacking(row: JournalCopy) -> Iterator[JournalSegment]:
    """The segments that a place lacks, in order."""
    rows = JournalSegment.objects.filter(number__gt=row.segment_count).order_by("number")
    return rows.iterator(chunk_size=AT_ONCE)


def copy_segment(ctx: Ctx, row: JournalCopy, segment: JournalSegment, pace: Pace | None = None) -> bool:
    """Write a segment and read it back; False, with the reason kept and a later turn, where that was not possible."""
    try:
        lay_out(row.place)
        with transit() as folder:
            _write(row, segment, folder, pace)
    except LantaiError as why:
        _postpone(ctx, row, why)
        return False
    return True


def note_copied(row: JournalCopy, segment: JournalSegment) -> None:
    """The place has everything up to this segment; in the step of the run."""
    JournalCopy.objects.filter(pk=row.pk, segment_count=segment.number - 1).update(
        segment_count=segment.number, byte_count=F("byte_count") + segment.size_bytes,
        tries=0, next_try_at=None, why="",
    )  # fmt: skip


def _write(row: JournalCopy, segment: JournalSegment, folder: Path, pace: Pace | None) -> None:
    shelf, part = shelf_of(row.place), part_of(segment)
    found = true_file(segment, folder, but=row)
    if found is None:
        raise SegmentNotVerified(number=segment.number)
    if pace is not None:
        pace.take(segment.size_bytes)
    try:
        shelf.put(part.path, found[0])
    except NameTaken:
        if differs(part, shelf.pair(part.path)):
            quarantine(shelf, part.path, f"journal-{row.pk}-{segment.number}")
            shelf.replace(part.path, found[0])
    if differs(part, shelf.pair(part.path)):
        raise CopyNotTrue(place=row.place.title, path=part.path)


def true_file(segment: JournalSegment, folder: Path, *, but: JournalCopy) -> tuple[Path, Place] | None:
    """The segment as it was written, from the first copy that has it, brought into a folder of ours."""
    rows = JournalCopy.objects.filter(segment_count__gte=segment.number).exclude(pk=but.pk)
    rows = rows.exclude(place__state=PlaceState.RETIRED).select_related("place")
    for other in rows.order_by("place__is_offline", "place__read_order", "place_id"):
        try:
            found = fetch(shelf_of(other.place), part_of(segment), folder)
        except (LantaiError, OSError):
            continue
        if found is not None:
            return found, other.place
    return None


def _postpone(ctx: Ctx, row: JournalCopy, why: LantaiError) -> None:
    wait = min(MOST_RETRY_S, LEAST_RETRY_S * 2 ** min(row.tries, 16))
    said = {name: _(str(value)) for name, value in why.params.items()}
    text = _(why.message) % said if said else _(why.message)
    JournalCopy.objects.filter(pk=row.pk).update(
        tries=F("tries") + 1, next_try_at=ctx.now + timedelta(seconds=wait), why=text[:500]
    )


def drop_unwanted_journals(ctx: Ctx, places_: QuerySet[Place]) -> int:
    """Remove the journal from places that no policy takes and that hold no copy any more; how many.

    Only where every segment lies elsewhere too; what a place does not let go stays, with the reason.
    """
    sync_journals()
    held = Copy.objects.filter(cleared_at=None).exclude(version=0, state="wanted").values("place_id")
    rows = JournalCopy.objects.filter(is_wanted=False, place__in=places_).exclude(place__in=held)
    return sum(_drop(ctx, row) for row in rows.select_related("place"))


def _drop(ctx: Ctx, row: JournalCopy) -> bool:
    bad = JournalDamage.objects.filter(repaired_at=None).values("copy_id")
    others = JournalCopy.objects.filter(is_wanted=True).exclude(pk=row.pk).exclude(pk__in=bad)
    if not others.filter(segment_count__gte=row.segment_count).exists():
        return False
    shelf = shelf_of(row.place)
    try:
        for path in sorted(
            shelf.held(), reverse=True
        ):  # what is left of a removal is a journal that ends early
            shelf.remove(path)
    except LantaiError as why:
        JournalCopy.objects.filter(pk=row.pk).update(why=str(why)[:500])
        return False
    with transaction.atomic():
        JournalCopy.objects.filter(pk=row.pk).delete()
        ledger.record(
            ctx, "copies:journal:cleared", object_type=PLACE, object_id=row.place_id, object_name=str(row.place),
            detail={"place": row.place.slug, "segments": row.segment_count},
        )  # fmt: skip
    return True
