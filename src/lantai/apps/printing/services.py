"""Putting items into boxes, and what is written about a box."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction

from lantai.apps.holdings import queries as holdings
from lantai.apps.printing import queries
from lantai.apps.printing.models import Box
from lantai.apps.printing.permissions import P
from lantai.apps.printing.types import BOX, Chapter, Chosen, Find, NothingToBox, NotTheLastBox, PagesTooMany
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger

if TYPE_CHECKING:
    from lantai.apps.catalogue.models import Description


_sources: dict[str, tuple[Chapter, Find]] = {}


def register_source(slug: str, chapter: Chapter, find: Find) -> None:
    """Have ``find`` tell of papers about a fonds; from an ``apps.py`` only. The same slug again replaces it.

    ``find`` tells only what the actor may see, newest first, at most ``MOST``.
    """
    _sources[slug] = (chapter, find)


def sources() -> list[tuple[Chapter, Find]]:
    """Who tells of papers, in a fixed order."""
    return [found for _slug, found in sorted(_sources.items())]


@transaction.atomic
def put_in_boxes(ctx: Ctx, *, chosen: Chosen, pages: int, spine_mm: int) -> list[Box]:
    """Box the items of one group that lie in no box yet, in order, at most ``pages`` pages a box.

    Numbers go on after the last box of the group. Raises ``NothingToBox``, ``PagesTooMany``.
    """
    fonds = holdings.get_fonds(ctx, chosen.fonds_id)
    policy.require(ctx, P.BOX_MANAGE, fonds.archives_id)
    last = Box.objects.select_for_update().filter(**_group(chosen)).order_by("-number").first()
    rows = queries.items(ctx, chosen).filter(class_code=chosen.class_code, custodian_id=fonds.archives_id)
    if last is not None:
        rows = rows.filter(reference_code__gt=last.last_code)
    begun = last.number if last else 0
    boxes = [
        Box(
            **_group(chosen),
            custodian_id=fonds.archives_id,
            number=begun + n,
            first_code=some[0][0],
            last_code=some[-1][0],
            item_count=len(some),
            page_count=sum(count for _code, count in some),
            spine_mm=spine_mm,
            made_at=ctx.now,
        )
        for n, some in enumerate(_filled(rows, pages), 1)
    ]
    if not boxes:
        raise NothingToBox
    Box.objects.bulk_create(boxes)
    ledger.record(
        ctx,
        "printing:boxes:filled",
        object_type="holdings:fonds",
        object_id=fonds.pk,
        object_name=str(fonds),
        detail={"boxes": len(boxes), "items": sum(box.item_count for box in boxes), "year": chosen.year},
    )
    return boxes


def _group(chosen: Chosen) -> dict[str, object]:
    return {
        "fonds_id": chosen.fonds_id,
        "year": chosen.year,
        "retention": chosen.retention,
        "class_code": chosen.class_code,
    }


def _filled(rows: Iterable[Description], most: int) -> Iterator[list[tuple[str, int]]]:
    """Codes and pages of the items of each box; an item is never cut."""
    some: list[tuple[str, int]] = []
    taken = 0
    for code, pages in rows.values_list("reference_code", "page_count").iterator(chunk_size=2_000):  # type: ignore[attr-defined]
        count = pages or 1  # without a number it is at least one
        if count > most:
            raise PagesTooMany(code=code, pages=count, most=most, field="pages")
        if some and taken + count > most:
            yield some
            some, taken = [], 0
        some.append((code, count))
        taken += count
    if some:
        yield some


@transaction.atomic
def describe_box(
    ctx: Ctx,
    *,
    box_id: int,
    spine_mm: int,
    place: str,
    situation: str,
    arranged_by: str,
    arranged_on: date | None,
    checked_by: str,
    checked_on: date | None,
) -> Box:
    """Write the note of a box, its spine and where it stands."""
    box = _mine(ctx, box_id)
    box.spine_mm, box.place, box.situation = spine_mm, place, situation
    box.arranged_by, box.arranged_on = arranged_by, arranged_on
    box.checked_by, box.checked_on = checked_by, checked_on
    box.save()
    _record(ctx, "printing:box:described", box)
    return box


@transaction.atomic
def empty_box(ctx: Ctx, *, box_id: int) -> Box:
    """Take back the last box of its group; raises ``NotTheLastBox``."""
    box = _mine(ctx, box_id)
    chosen = Chosen(fonds_id=box.fonds_id, year=box.year, retention=box.retention, class_code=box.class_code)
    last = Box.objects.filter(**_group(chosen)).order_by("-number").first()
    if last is not None and last.pk != box.pk:
        raise NotTheLastBox(last=last.number)
    _record(ctx, "printing:box:emptied", box)
    box.delete()
    return box


def _mine(ctx: Ctx, box_id: int) -> Box:
    box = policy.one(queries.visible_boxes(ctx).select_for_update(of=("self",)), pk=box_id)
    policy.require(ctx, P.BOX_MANAGE, box.custodian_id)
    return box


def _record(ctx: Ctx, act: str, box: Box) -> None:
    ledger.record(
        ctx, act, object_type=BOX, object_id=box.pk, object_name=str(box), detail={"number": box.number}
    )
