"""Composing batches: reference codes are given out here, gapless under a lock, and frozen when sealed.

A batch that is dissolved gives its numbers back when no later one was given out under the same prefix: the
continuity check (DA/T 70 2-6) asks about every gap. Numbers in the middle stay free for good.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils import timezone

from lantai.apps.filing import queries
from lantai.apps.filing.models import Batch, CodeCounter, Document
from lantai.apps.filing.numbers import Codes, in_order
from lantai.apps.filing.permissions import P
from lantai.apps.filing.services import checking
from lantai.apps.filing.services.capturing import queue_survey
from lantai.apps.filing.states import BATCH, DOCUMENT
from lantai.apps.filing.types import NotForTest, NothingArranged, SealBatch, StillReading, TestBatch
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
    checking.batch_title(title)
    rows = queries.visible(ctx).filter(agency_id=agency_id, fonds_id=fonds_id, state="arranged", batch=None)
    if document_ids is not None:
        rows = rows.filter(pk__in=list(document_ids))
    documents = list(rows.select_for_update(of=("self",)))
    if not documents:
        raise NothingArranged
    batch = Batch.objects.create(
        agency_id=agency_id, fonds_id=fonds_id, code=_next_batch_code(ctx, fonds_id), title=title.strip(),
        item_count=len(documents), created_at=ctx.now,
    )  # fmt: skip
    _number(ctx, documents, batch)
    ledger.record(
        ctx,
        "filing:batch:composed",
        object_type=queries.SUBJECT,
        object_id=batch.pk,
        object_name=batch.title,
        detail={"items": len(documents)},
    )
    return batch


def _next_batch_code(ctx: Ctx, fonds_id: int) -> str:
    year = timezone.localdate(ctx.now).year
    return f"GD{fonds_id}-{year}-{_take(fonds_id, f'batch/{year}', 1) + 1:04d}"


def _number(ctx: Ctx, documents: list[Document], batch: Batch) -> None:
    codes = Codes(timezone.localdate(ctx.now))
    by_prefix: defaultdict[str, list[Document]] = defaultdict(list)
    for document in in_order(documents):
        by_prefix[codes.prefix(document)].append(document)
    lasts = _take_many(batch.fonds_id, {prefix: len(sharing) for prefix, sharing in by_prefix.items()})
    for prefix, sharing in by_prefix.items():
        numbers = codes.rule(sharing[0]).next_numbers(prefix, lasts[prefix], len(sharing))
        for document, code in zip(sharing, numbers, strict=True):
            document.reference_code, document.batch = code, batch
    Document.objects.bulk_update(documents, ["reference_code", "batch"], batch_size=1_000)
    workflow.move_many(ctx, Document.objects.filter(batch=batch), DOCUMENT, "number")


def _take(fonds_id: int, prefix: str, count: int) -> int:
    """The number before the first of ``count`` new ones under a prefix; the row stays locked until commit."""
    return _take_many(fonds_id, {prefix: count})[prefix]


def _take_many(fonds_id: int, counts: Mapping[str, int]) -> dict[str, int]:
    """`_take` for every prefix with its count; locked in one order, so that no two wait for each other."""
    new = [CodeCounter(fonds_id=fonds_id, prefix=prefix) for prefix in sorted(counts)]
    CodeCounter.objects.bulk_create(new, ignore_conflicts=True)
    rows = CodeCounter.objects.select_for_update().filter(fonds_id=fonds_id, prefix__in=counts)
    counters = list(rows.order_by("prefix"))
    lasts = {counter.prefix: counter.last for counter in counters}
    for counter in counters:
        counter.last += counts[counter.prefix]
    CodeCounter.objects.bulk_update(counters, ["last"])
    return lasts


@transaction.atomic
def dissolve_batch(ctx: Ctx, *, batch_id: int, reason: str) -> Batch:
    """Undo a batch that was not sealed; its documents are arranged ones again, its numbers go back."""
    batch = queries.get_batch(ctx, batch_id)
    workflow.move(ctx, batch, BATCH, "dissolve", reason=reason)
    _release(ctx, batch)
    return batch


def _release(ctx: Ctx, batch: Batch) -> None:
    numbered = list(Document.objects.filter(batch=batch).select_for_update().order_by("pk"))
    released = Document.objects.filter(pk__in=[document.pk for document in numbered])
    workflow.move_many(ctx, released, DOCUMENT, "release")
    released.update(batch=None, reference_code="")
    for prefix in sorted({document.reference_code.rpartition("-")[0] + "-" for document in numbered}):
        _give_back(batch.fonds_id, prefix)


def _give_back(fonds_id: int, prefix: str) -> None:
    """Set the counter of a prefix to the highest number that is still in use."""
    counter = CodeCounter.objects.select_for_update().get(fonds_id=fonds_id, prefix=prefix)
    used = Document.objects.filter(fonds_id=fonds_id, reference_code__startswith=prefix)
    numbers = (code.removeprefix(prefix) for code in used.values_list("reference_code", flat=True).iterator())
    last = max((int(number) for number in numbers if number.isdecimal()), default=0)
    CodeCounter.objects.filter(pk=counter.pk).update(last=last)


def start_test(ctx: Ctx, *, batch_id: int) -> Run:
    """Queue the filing-stage test of a batch, or answer with the one that is under way.

    Raises ``NotForTest``, and ``StillReading`` while files are unopened; whoever opens them is called again.
    """
    batch = queries.get_batch(ctx, batch_id)
    policy.require(ctx, P.BATCH_COMPOSE, batch.agency_id)
    if batch.state not in BATCH.by_name["pass_test"].source:
        raise NotForTest(title=batch.title, state=BATCH.label_of(batch.state))
    if count := queries.count_unread(batch_id=batch.pk):
        with transaction.atomic():
            queue_survey(ctx, batch.agency_id)
        raise StillReading(count=count)
    with transaction.atomic():
        Batch.objects.select_for_update().get(
            pk=batch.pk
        )  # of two clicks the second finds the first one's run
        if under_way := queries.open_run_of(batch.pk):
            return under_way
        return jobs.start(ctx, TestBatch(batch.pk), org_id=batch.agency_id, about=(queries.SUBJECT, batch.pk))


@transaction.atomic
def start_sealing(ctx: Ctx, *, batch_id: int) -> Run:
    """Move a tested batch to sealing and queue the run that does it."""
    batch = queries.get_batch(ctx, batch_id)
    workflow.move(ctx, batch, BATCH, "start_sealing", detail=queries.open_checks(batch.pk))
    return jobs.start(ctx, SealBatch(batch.pk), org_id=batch.agency_id, about=(queries.SUBJECT, batch.pk),
                      total=batch.item_count)  # fmt: skip
