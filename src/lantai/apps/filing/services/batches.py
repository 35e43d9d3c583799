"""Composing batches: reference codes are given out here, gapless under a lock, and frozen when sealed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from lantai.apps.filing import queries
from lantai.apps.filing.models import Batch, CodeCounter, Document
from lantai.apps.filing.numbers import Codes, in_order
from lantai.apps.filing.permissions import P
from lantai.apps.filing.services.arranging import release
from lantai.apps.filing.states import BATCH, DOCUMENT
from lantai.apps.filing.types import NothingArranged, SealBatch, StillReading, TestBatch
from lantai.apps.holdings import queries as holdings
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.ledger import services as ledger
from lantai.platform.workflow import services as workflow


@transaction.atomic
def compose_batch(
    ctx: Ctx, *, agency_id: int, fonds_id: int, title: str, document_ids: Collection[int] | None = None
) -> Batch:
    """Put arranged documents (all of the fonds, or those named) into a new batch and number them.

    Raises ``NothingArranged``, ``NotArranged`` and what the numbering rule refuses; then nothing is numbered.
    """
    policy.require(ctx, P.BATCH_COMPOSE, agency_id)
    rows = queries.visible(ctx).filter(agency_id=agency_id, fonds_id=fonds_id, state="arranged", batch=None)
    if document_ids is not None:
        rows = rows.filter(pk__in=list(document_ids))
    documents = list(rows.select_for_update(of=("self",)))
    if not documents:
        raise NothingArranged
    batch = Batch.objects.create(
        agency_id=agency_id, fonds_id=fonds_id, code=_next_batch_code(ctx, agency_id), title=title,
        item_count=len(documents), created_at=ctx.now,
    )  # fmt: skip
    _number(ctx, documents, batch)
    ledger.record(ctx, "filing:batch:composed", object_type="filing:batch", object_id=batch.pk, object_name=title,
                  detail={"items": len(documents)})  # fmt: skip
    return batch


def _next_batch_code(ctx: Ctx, agency_id: int) -> str:
    today = timezone.localdate(ctx.now)
    counter, _made = CodeCounter.objects.get_or_create(
        fonds=holdings.fonds_of_agency(agency_id)[0], prefix=f"batch/{agency_id}/{today.year}"
    )
    counter = CodeCounter.objects.select_for_update().get(pk=counter.pk)
    CodeCounter.objects.filter(pk=counter.pk).update(last=counter.last + 1)
    return f"GD{agency_id}-{today.year}-{counter.last + 1:04d}"


def _number(ctx: Ctx, documents: list[Document], batch: Batch) -> None:
    codes = Codes(timezone.localdate(ctx.now))
    by_prefix: defaultdict[str, list[Document]] = defaultdict(list)
    for document in in_order(documents):
        by_prefix[codes.prefix(document)].append(document)
    for prefix, sharing in sorted(by_prefix.items()):
        rule = codes.rule(sharing[0])
        last = _take(sharing[0].fonds_id, prefix, len(sharing))
        for document, code in zip(sharing, rule.next_numbers(prefix, last, len(sharing)), strict=True):
            document.reference_code, document.batch = code, batch
    Document.objects.bulk_update(documents, ["reference_code", "batch"], batch_size=1_000)
    workflow.move_many(ctx, Document.objects.filter(batch=batch), DOCUMENT, "number")


def _take(fonds_id: int, prefix: str, count: int) -> int:
    """The number before the first of ``count`` new ones under a prefix; the row stays locked until commit."""
    CodeCounter.objects.get_or_create(fonds_id=fonds_id, prefix=prefix)
    counter = CodeCounter.objects.select_for_update().get(fonds_id=fonds_id, prefix=prefix)
    CodeCounter.objects.filter(pk=counter.pk).update(last=counter.last + count)
    return counter.last


@transaction.atomic
def dissolve_batch(ctx: Ctx, *, batch_id: int, reason: str) -> Batch:
    """Undo a batch that was not sealed; its documents go back to the arranged ones."""
    batch = queries.get_batch(ctx, batch_id)
    release(ctx, batch_id=batch.pk)
    workflow.move(ctx, batch, BATCH, "dissolve", reason=reason)
    return batch


@transaction.atomic
def start_test(ctx: Ctx, *, batch_id: int) -> Run:
    """Queue the filing-stage test of a batch; raises ``StillReading`` while files are unopened."""
    batch = queries.get_batch(ctx, batch_id)
    policy.require(ctx, P.BATCH_COMPOSE, batch.agency_id)
    _refuse_unread(batch.pk)
    return jobs.start(ctx, TestBatch(batch.pk), org_id=batch.agency_id, about=("filing:batch", batch.pk))


def _refuse_unread(batch_id: int) -> None:
    if count := queries.count_unread(batch_id=batch_id):
        raise StillReading(count=count)


@transaction.atomic
def start_sealing(ctx: Ctx, *, batch_id: int) -> Run:
    """Move a tested batch to sealing and queue the run that does it."""
    batch = queries.get_batch(ctx, batch_id)
    workflow.move(ctx, batch, BATCH, "start_sealing", detail=queries.open_checks(batch.pk))
    return jobs.start(ctx, SealBatch(batch.pk), org_id=batch.agency_id, about=("filing:batch", batch.pk),
                      total=batch.item_count)  # fmt: skip
