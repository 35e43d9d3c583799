"""What must be true of copies whenever the product is at rest, asked by the deep check."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from lantai.apps.copies.models import Copy, JournalCopy, JournalSegment
from lantai.apps.copies.services.examining import Slice, slices_of
from lantai.apps.copies.services.journals import part_of, shelf_of
from lantai.apps.copies.services.shelf import differs
from lantai.apps.copies.types import CopyState
from lantai.kit.errors import LantaiError
from lantai.platform.places.types import PlaceState


def faults_of_copies(every: int) -> Iterator[str]:
    """Why a copy that is called whole is not what the inventory of its source says; of every n-th all is read."""
    rows = Copy.objects.filter(state=CopyState.WHOLE).exclude(place__state=PlaceState.RETIRED)
    rows = rows.select_related("place", "package").order_by("pk")
    for number, copy in enumerate(rows.iterator(chunk_size=500)):
        name = f"{copy.package.object_id} @ {copy.place.slug}"
        if copy.place.is_offline:
            continue
        if copy.is_wanted and not copy.is_due and copy.inventory_sha512 != copy.package.inventory_sha512:
            yield _("%(copy)s 不是最新版本，也没有等待写入") % {"copy": name}
        for one in slices_of(copy, 0):
            for reason in _wrong(one, reads=number % every == 0):
                yield f"{name}：{reason}"


def _wrong(one: Slice, *, reads: bool) -> Iterator[str]:
    if one.is_away:
        return
    yield from (f"{fault.path or _('整个对象')} {fault.kind.label}" for fault in one.faults)
    for part in one.parts if reads else ():
        try:
            if differs(part, one.shelf.pair(part.path)):
                yield _("%(path)s 与来源清单不一致") % {"path": part.path}
        except (LantaiError, OSError) as why:
            yield f"{part.path}：{why}"


def faults_of_journals(every: int) -> Iterator[str]:
    """Why a place does not have the segments of the journal that it is said to have; of every n-th all is read."""
    rows = JournalCopy.objects.exclude(place__state=PlaceState.RETIRED).exclude(place__is_offline=True)
    for copy in rows.select_related("place").order_by("pk"):
        shelf = shelf_of(copy.place)
        segments = JournalSegment.objects.filter(number__lte=copy.segment_count).order_by("number")
        for segment in segments.iterator(chunk_size=500):
            part = part_of(segment)
            try:
                is_true = shelf.store.size(shelf.name(part.path)) == segment.size_bytes and (
                    segment.number % every != 0 or not differs(part, shelf.pair(part.path))
                )
            except (LantaiError, OSError):
                is_true = False
            if not is_true:
                yield _("保管日志第 %(number)d 段在 %(place)s 不是写下的内容") % {
                    "number": segment.number,
                    "place": copy.place.slug,
                }
