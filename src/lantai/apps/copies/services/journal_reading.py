"""Rounds of reading take the journal along: every segment against its digests, repaired in the same run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.db.models import F, Q, QuerySet

from lantai.apps.copies.models import JournalCopy, JournalDamage, JournalSegment, Reading
from lantai.apps.copies.services.journals import AT_ONCE, part_of, shelf_of, true_file
from lantai.apps.copies.services.shelf import Shelf, differs, quarantine, transit
from lantai.apps.copies.types import DamageKind
from lantai.kit.digests.pairs import Pace, Pair
from lantai.kit.errors import LantaiError
from lantai.kit.packages.ocfl.parts import Part
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.places.types import OBJECT as PLACE
from lantai.platform.places.types import PRIMARY, NothingThere, PlaceAway, PlaceState


@dataclass(slots=True)
class ReadSegments:
    """What came of reading some segments of one copy."""

    copy: JournalCopy
    file_count: int = 0
    byte_count: int = 0
    is_away: bool = False


def journals_of(row: Reading) -> QuerySet[JournalCopy]:
    """The copies of the journal that a round reads: the storage root's, and those in places of its organisation.

    A round over one fonds, one package or a sample reads none; the journal tells of everything.
    """
    rows = JournalCopy.objects.exclude(place__state=PlaceState.RETIRED).select_related("place").order_by("pk")
    if row.fonds_id or row.package_id or row.sample_count is not None:
        return rows.none()
    rows = rows.filter(Q(place__slug=PRIMARY) | Q(place__custodian_id=row.org_id))
    if row.place_id is not None:
        rows = rows.filter(place_id=row.place_id)
    before = row.due_before or row.started_at
    return rows.filter(Q(verified_at=None) | Q(verified_at__lt=min(before, row.started_at)))


def steps_of(copy: JournalCopy, after: int) -> Iterator[list[JournalSegment]]:
    """Its segments after one, so many at a time."""
    rows = JournalSegment.objects.filter(number__gt=after, number__lte=copy.segment_count).order_by("number")
    todo = rows.iterator(chunk_size=AT_ONCE)
    while step := list(islice(todo, AT_ONCE)):
        yield step


def read_segments(
    ctx: Ctx, copy: JournalCopy, segments: Sequence[JournalSegment], reading_id: int, pace: Pace | None
) -> ReadSegments:
    """Read some segments; what is wrong is written down and put right. Safe to repeat."""
    found, shelf = ReadSegments(copy), shelf_of(copy.place)
    for segment in segments:
        answer = _look(shelf, part_of(segment), pace)
        if answer is None:
            found.is_away = True
            break
        found.file_count += 1
        kind = answer if isinstance(answer, DamageKind) else None
        pair = answer if isinstance(answer, Pair) else None
        if pair is not None:
            found.byte_count += pair.size_bytes
            kind = DamageKind.FLIPPED if differs(part_of(segment), pair) else None
        if kind is None:
            copy.damages.filter(number=segment.number, repaired_at=None).update(
                repaired_at=ctx.now, is_lost=False
            )
            continue
        _repair(ctx, _note(ctx, copy, segment, kind, pair, reading_id), segment)
    return found


def _look(shelf: Shelf, part: Part, pace: Pace | None) -> Pair | DamageKind | None:
    """What lies there, in which way it is not there, or None where the place is away."""
    try:
        return shelf.pair(part.path, pace)
    except NothingThere:
        return DamageKind.MISSING
    except PlaceAway:
        return None if shelf.place_is_away() else DamageKind.UNREADABLE
    except OSError:
        return DamageKind.UNREADABLE


@transaction.atomic
def _note(
    ctx: Ctx, copy: JournalCopy, segment: JournalSegment, kind: DamageKind, pair: Pair | None, reading_id: int
) -> JournalDamage:
    """Written down before anything is touched; found again it is the same row."""
    if pair is not None and pair.size_bytes != segment.size_bytes:
        kind = DamageKind.SIZE
    row, is_new = JournalDamage.objects.get_or_create(
        copy=copy, number=segment.number, repaired_at=None,
        defaults={"kind": kind, "found_at": ctx.now, "found_sha512": pair.sha512 if pair else ""},
    )  # fmt: skip
    JournalDamage.objects.filter(pk=row.pk).update(reading=reading_id)
    if is_new:
        _tell_log(ctx, "found_damaged", row)
    return row


def _repair(ctx: Ctx, row: JournalDamage, segment: JournalSegment) -> None:
    with transit() as folder:
        try:
            _put_right(ctx, row, segment, folder)
        except LantaiError:  # the place went away, or takes no writes: the next reading goes on
            return


def _put_right(ctx: Ctx, row: JournalDamage, segment: JournalSegment, folder: Path) -> None:
    shelf, part = shelf_of(row.copy.place), part_of(segment)
    found = true_file(segment, folder, but=row.copy)
    if found is None:
        JournalDamage.objects.filter(pk=row.pk).update(is_lost=True)
        return
    kept = quarantine(shelf, part.path, f"journal-damage-{row.pk}") if row.kind != DamageKind.MISSING else ""
    shelf.replace(part.path, found[0])
    if differs(part, shelf.pair(part.path)):
        return
    with transaction.atomic():
        JournalDamage.objects.filter(pk=row.pk).update(
            repaired_at=ctx.now, repaired_from=found[1], is_lost=False, kept_as=kept
        )
        _tell_log(ctx, "repaired", row, source=found[1].slug)


def _tell_log(ctx: Ctx, past: str, row: JournalDamage, **more: str) -> None:
    place = row.copy.place
    ledger.record(
        ctx, f"copies:journal:{past}", object_type=PLACE, object_id=place.pk, object_name=str(place),
        detail={"place": place.slug, "segment": row.number, "kind": row.kind, **more},
    )  # fmt: skip


def record_segments(reading_id: int, found: ReadSegments) -> None:
    """Count what was read, in the step of the run."""
    Reading.objects.filter(pk=reading_id).update(
        file_count=F("file_count") + found.file_count,
        byte_count=F("byte_count") + found.byte_count,
        away_count=F("away_count") + int(found.is_away),
    )


def close_journal(ctx: Ctx, copy: JournalCopy) -> None:
    """All of it was read in this round."""
    JournalCopy.objects.filter(pk=copy.pk).update(verified_at=ctx.now)
