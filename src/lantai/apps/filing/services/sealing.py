"""Sealing a batch: one OCFL object, catalogue rows, and the documents' last state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import chain

from django.db import transaction

from lantai.apps.catalogue import services as catalogue
from lantai.apps.custody import queries as custody_queries
from lantai.apps.custody import services as custody
from lantai.apps.custody.types import NewFile
from lantai.apps.filing import composition, facts, queries
from lantai.apps.filing.events import BatchSealed
from lantai.apps.filing.models import Batch, Document, DocumentFile
from lantai.apps.filing.states import BATCH, DOCUMENT
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Ctx
from lantai.platform.events import services as events
from lantai.platform.workflow import services as workflow


def seal_batch(ctx: Ctx, *, batch_id: int) -> Batch:
    """Seal a batch that is being sealed; safe to call again after a kill at any instant.

    First the object is whole on disk with its rows; then catalogue, documents and batch move in one
    transaction, with which the desk lets go of the staged content: the object has its own names for it.
    """
    batch = Batch.objects.select_related("agency", "fonds__archives").get(pk=batch_id)
    if batch.state == "sealed":
        return batch
    documents = list(queries.documents_of(batch_id))
    files = _new_files(documents)
    package = custody.seal(
        ctx,
        object_id=f"urn:lantai:filing:{batch.fonds.archives.code}:{batch.code}",
        title=batch.title,
        custodian_id=batch.agency_id,
        origin_id=batch.agency_id,
        fonds_id=batch.fonds_id,
        source=(queries.SUBJECT, batch.pk),
        item_count=len(documents),
        files=list(chain.from_iterable(files.values())),
        documents=_metadata(batch, documents, files),
        tell=partial(catalogue.tell, ctx, map(facts.new_description, documents)),
    )
    with transaction.atomic():
        catalogue.register(ctx, package=package, items=map(facts.new_description, documents))
        workflow.move_many(ctx, Document.objects.filter(batch=batch), DOCUMENT, "seal")
        workflow.move(ctx, batch, BATCH, "finish_sealing")
        Batch.objects.filter(pk=batch.pk).update(package=package, sealed_at=ctx.now)
        _let_go(documents)
        events.publish(ctx, BatchSealed(batch.pk, package.pk))
    batch.refresh_from_db()
    return batch


def _let_go(documents: list[Document]) -> None:
    """Give up one staging for each file; what another document needs too stays."""
    blobs.discard(*(file.blob_key for document in documents for file in document.files.all()))


def forget_text(*, package_id: int) -> int:
    """Drop what was recognised in files whose content in a package was destroyed; of how many."""
    kept = custody_queries.content_files(package_id).order_by().values("item_key")
    read = DocumentFile.objects.filter(document__batch__package_id=package_id).exclude(text="")
    return read.exclude(document__reference_code__in=kept).update(text="")


def give_up_sealing(ctx: Ctx, *, batch: Batch) -> None:
    """Put a batch whose sealing was refused back to the tested ones.

    Once its object is on disk there is no way back: then it stays as it is, and the run is repeated.
    """
    if batch.state == "sealing" and custody_queries.by_source(queries.SUBJECT, batch.pk) is None:
        workflow.move(ctx, batch, BATCH, "give_up_sealing")


def _new_files(documents: list[Document]) -> dict[str, list[NewFile]]:
    taken: set[str] = set()
    return {document.reference_code: list(facts.new_files(document, taken)) for document in documents}


def _metadata(
    batch: Batch, documents: list[Document], files: Mapping[str, Sequence[NewFile]]
) -> dict[str, bytes]:
    """Enough to rebuild the catalogue from the object alone."""
    head = {
        "format": "lantai-items/1",
        "batch": batch.code,
        "title": batch.title,
        "agency": batch.agency.code,
        "fonds": batch.fonds.code,
        "archives": batch.fonds.archives.code,
    }
    items = [_item(document, files[document.reference_code]) for document in documents]
    return {"metadata/items.json": custody.as_document({**head, "items": items})}


def _item(document: Document, files: Sequence[NewFile]) -> dict[str, object]:
    placed = {one.file.order: one for one in composition.part_files(document, document.files.all())}
    return {
        "item_key": document.reference_code,
        "kind": document.kind.slug,
        "scheme": document.kind.element_scheme,
        "elements": facts.elements_of(document),
        "events": facts.events_of(document),
        "classification": document.classification,
        "retention": document.retention,
        "persons": document.persons,
        "files": [
            {
                "name": file.original_name,
                "path": file.logical_path,
                "role": file.role,
                "order": file.order,
                "sha512": file.digests.sha512,
                "sm3": file.digests.sm3,
                "puid": file.puid,
                **_part(placed.get(file.order)),
            }
            for file in files
        ],
    }


def _part(placed: composition.PartFile | None) -> dict[str, object]:
    """Which part the file is, where records of its kind have parts."""
    if placed is None or placed.part is None:
        return {}
    return {"part": placed.part.slug, "elements": placed.file.elements}
