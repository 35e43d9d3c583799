"""Arrangement: class, year and retention, for many documents at once (DA/T 22-2015)."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction

from lantai.apps.filing import queries
from lantai.apps.filing.models import Document
from lantai.apps.filing.states import DOCUMENT
from lantai.apps.filing.types import Arrangement, NotOfAgency
from lantai.apps.holdings import queries as holdings
from lantai.kit.numbering import Retention
from lantai.platform.context import Ctx
from lantai.platform.workflow import services as workflow


@transaction.atomic
def arrange(ctx: Ctx, *, document_ids: Collection[int], arrangement: Arrangement) -> int:
    """Set class, year and retention of documents; returns how many were arranged.

    Only what the actor may see and arrange is touched. Raises ``NotOfAgency`` for a class of another fonds and
    what ``Retention.parse`` refuses.
    """
    values: dict[str, object] = {}
    rows = queries.visible(ctx).filter(pk__in=list(document_ids))
    if arrangement.year:
        values["year"] = arrangement.year
    if arrangement.retention:
        values["retention"] = Retention.parse(arrangement.retention).code
    if arrangement.class_id:
        values["scheme_class_id"] = _class_of_all(
            rows.values_list("fonds_id", flat=True), arrangement.class_id
        )
    moved = workflow.move_many(ctx, rows, DOCUMENT, "arrange", detail=_plain(values))
    if values:
        Document.objects.filter(pk__in=rows.filter(state="arranged")).update(**values)
    return moved


def _class_of_all(fonds_ids: Collection[int], class_id: int) -> int:
    for fonds_id in set(fonds_ids):
        if not holdings.classes_of(fonds_id).filter(pk=class_id).exists():
            raise NotOfAgency(field="class_id")
    return class_id


def _plain(values: dict[str, object]) -> dict[str, object]:
    return {name: value if isinstance(value, int) else str(value) for name, value in values.items()}


@transaction.atomic
def discard(ctx: Ctx, *, document_ids: Collection[int], reason: str) -> int:
    """Set documents aside as not to be filed, with the reason; returns how many."""
    rows = queries.visible(ctx).filter(pk__in=list(document_ids))
    return workflow.move_many(ctx, rows, DOCUMENT, "discard", reason=reason)


@transaction.atomic
def release(ctx: Ctx, *, batch_id: int) -> int:
    """Take all documents out of a batch again; their reference codes fall free and are not given out anew."""
    rows = Document.objects.filter(batch_id=batch_id)
    released = list(rows.values_list("pk", flat=True))
    moved = workflow.move_many(ctx, rows, DOCUMENT, "release")
    Document.objects.filter(pk__in=released).update(batch=None, reference_code="")
    return moved
