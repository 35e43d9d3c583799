"""Arrangement: class, year and retention, for many documents at once (DA/T 22-2015); corrections of one."""

from __future__ import annotations

from collections.abc import Collection

from django.db import transaction
from django.db.models import F, QuerySet

from lantai.apps.filing import elements, queries
from lantai.apps.filing.models import Batch, Document
from lantai.apps.filing.permissions import P
from lantai.apps.filing.services import checking
from lantai.apps.filing.states import DOCUMENT
from lantai.apps.filing.types import Arrangement, Correction, FrozenInBatch, NotOfAgency
from lantai.apps.holdings import queries as holdings
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.workflow import services as workflow
from lantai.platform.workflow.types import NotFromHere

CORRECTED_BEFORE = ("draft", "failed")  # batches whose documents may still be corrected


@transaction.atomic
def arrange(ctx: Ctx, *, document_ids: Collection[int], arrangement: Arrangement) -> int:
    """Set class, year and retention of documents; returns how many were arranged.

    Only documents that wait for it, at agencies where the actor may arrange, are touched. Raises
    ``NotOfAgency`` for a class of another fonds, ``YearUnfit`` and what ``Retention.parse`` refuses.
    """
    rows = _to_arrange(ctx, document_ids, DOCUMENT.by_name["arrange"].source)
    values: dict[str, int | str] = {}
    if arrangement.year is not None:
        values["year"] = checking.year(arrangement.year) or 0
    if arrangement.retention:
        values["retention"] = checking.retention(arrangement.retention)
    if arrangement.class_id:
        _class_of_all(rows.values_list("fonds_id", flat=True), arrangement.class_id)
        values["scheme_class_id"] = arrangement.class_id
    if values:
        rows.update(**values)
    return workflow.move_many(ctx, rows, DOCUMENT, "arrange", detail=values)


def _to_arrange(ctx: Ctx, document_ids: Collection[int], states: Collection[str]) -> QuerySet[Document]:
    """The documents by their ids, locked, so that nobody puts one into a batch meanwhile."""
    rows = queries.visible(ctx).filter(
        pk__in=list(document_ids),
        agency_id__in=tuple(ctx.actor.orgs_with(P.DOCUMENT_ARRANGE)),
        state__in=tuple(states),
    )
    locked = rows.select_for_update(of=("self",)).order_by("pk").values_list("pk", flat=True)
    return Document.objects.filter(pk__in=list(locked))


def _class_of_all(fonds_ids: Collection[int], class_id: int) -> None:
    for fonds_id in set(fonds_ids):
        if not holdings.classes_of(fonds_id, only_active=True).filter(pk=class_id).exists():
            raise NotOfAgency(field="class_id")


@transaction.atomic
def discard(ctx: Ctx, *, document_ids: Collection[int], reason: str) -> int:
    """Set documents aside as not to be filed, with the reason; returns how many. Their files stay."""
    rows = _to_arrange(ctx, document_ids, DOCUMENT.by_name["discard"].source)
    return workflow.move_many(ctx, rows, DOCUMENT, "discard", reason=reason)


@transaction.atomic
def take_back(ctx: Ctx, *, document_ids: Collection[int]) -> int:
    """Undo `discard`; returns how many."""
    rows = _to_arrange(ctx, document_ids, DOCUMENT.by_name["take_back"].source)
    return workflow.move_many(ctx, rows, DOCUMENT, "take_back")


@transaction.atomic
def describe_document(ctx: Ctx, *, document_id: int, correction: Correction) -> Document:
    """Set the description of one document right.

    In a batch it may be corrected until the test has passed, without the parts of its reference code; the
    batch then counts as changed. Raises ``FrozenInBatch``, ``NotFromHere``, ``NotOfAgency`` and what
    ``services.checking`` refuses.
    """
    locked = opened_for_correction(ctx, document_id)
    if locked.batch_id:
        _refuse_frozen(locked, correction)
    values = _values(locked.fonds_id, correction)
    if correction.elements:
        scheme = locked.kind.element_scheme
        values["metadata"] = checking.elements(
            elements.replaced(scheme, locked.metadata, correction.elements)
        )
    Document.objects.filter(pk=locked.pk).update(**values)
    changed = [name for name, value in values.items() if getattr(locked, name) != value]
    ledger.record(
        ctx,
        "filing:document:described",
        object_type="filing:document",
        object_id=locked.pk,
        object_name=str(values["title"])[:200],
        detail={"fields": changed},
    )
    return queries.get(ctx, document_id)


def opened_for_correction(ctx: Ctx, document_id: int) -> Document:
    """The document, locked, where the actor may correct it now; its batch counts as changed.

    Raises ``Missing``, ``NotPermitted``, ``NotFromHere`` and, once its batch has passed, ``FrozenInBatch``.
    """
    document = queries.get(ctx, document_id)
    policy.require(ctx, P.DOCUMENT_ARRANGE, document.agency_id)
    locked = Document.objects.select_for_update(of=("self",)).select_related("kind").get(pk=document.pk)
    if locked.state not in ("captured", "arranged", "numbered"):
        raise NotFromHere(
            title=locked.title, state=DOCUMENT.label_of(locked.state), move=DOCUMENT.by_name["arrange"].label
        )
    if locked.batch_id:
        batch = Batch.objects.select_for_update().get(pk=locked.batch_id)
        if batch.state not in CORRECTED_BEFORE:
            raise FrozenInBatch(
                title=locked.title, batch=batch.title, name=Document._meta.get_field("title").verbose_name
            )
        Batch.objects.filter(pk=batch.pk).update(revision=F("revision") + 1)
    return locked


def _refuse_frozen(document: Document, correction: Correction) -> None:
    """Parts of the reference code stay as they are while it is given."""
    kept = (document.year, document.scheme_class_id, document.retention)
    wanted = (correction.year, correction.class_id, checking.retention(correction.retention))
    for name, now, then in zip(("year", "scheme_class", "retention"), kept, wanted, strict=True):
        if now != then:
            label = Document._meta.get_field(name).verbose_name
            batch = Batch.objects.get(pk=document.batch_id)
            raise FrozenInBatch(title=document.title, batch=batch.title, name=label)


def _values(fonds_id: int, correction: Correction) -> dict[str, object]:
    if correction.class_id:
        _class_of_all([fonds_id], correction.class_id)
    return {
        "title": checking.text("title", correction.title),
        "author": checking.text("author", correction.author),
        "document_number": checking.text("document_number", correction.document_number),
        "dated_on": correction.dated_on,
        "year": checking.year(correction.year),
        "scheme_class_id": correction.class_id,
        "retention": checking.retention(correction.retention),
        "classification": checking.classification(correction.classification),
        "persons": checking.persons(correction.persons),
    }
