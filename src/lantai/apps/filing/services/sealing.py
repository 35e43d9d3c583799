"""Sealing a batch: one OCFL object, catalogue rows, and the documents' last state."""

from __future__ import annotations

from django.db import transaction

from lantai.apps.catalogue import services as catalogue
from lantai.apps.custody import services as custody
from lantai.apps.custody.types import NewFile
from lantai.apps.filing import facts, queries
from lantai.apps.filing.events import BatchSealed
from lantai.apps.filing.models import Batch, Document
from lantai.apps.filing.states import BATCH, DOCUMENT
from lantai.platform.context import Ctx
from lantai.platform.events import services as events
from lantai.platform.workflow import services as workflow


def seal_batch(ctx: Ctx, *, batch_id: int) -> Batch:
    """Seal a batch that is being sealed; safe to call again after a kill at any instant.

    First the object is whole on disk with its rows; then catalogue, documents and batch move in one transaction.
    """
    batch = Batch.objects.select_related("agency", "fonds__archives").get(pk=batch_id)
    if batch.state == "sealed":
        return batch
    documents = list(queries.documents_of(batch_id))
    package = custody.seal(
        ctx,
        object_id=f"urn:lantai:filing:{batch.fonds.archives.code}:{batch.code}",
        title=batch.title,
        custodian_id=batch.agency_id,
        origin_id=batch.agency_id,
        fonds_id=batch.fonds_id,
        source=("filing:batch", batch.pk),
        files=_new_files(documents),
        documents=_metadata(batch, documents),
    )
    with transaction.atomic():
        catalogue.register(ctx, package=package, items=map(facts.new_description, documents))
        workflow.move_many(ctx, Document.objects.filter(batch=batch), DOCUMENT, "seal")
        workflow.move(ctx, batch, BATCH, "finish_sealing")
        Batch.objects.filter(pk=batch.pk).update(package=package, sealed_at=ctx.now)
        events.publish(ctx, BatchSealed(batch.pk, package.pk))
    return batch


def give_up_sealing(ctx: Ctx, *, batch: Batch) -> None:
    """Put a batch whose sealing was refused back to the tested ones."""
    if batch.state == "sealing":
        workflow.move(ctx, batch, BATCH, "give_up_sealing")


def _new_files(documents: list[Document]) -> list[NewFile]:
    taken: set[str] = set()
    return [file for document in documents for file in facts.new_files(document, taken)]


def _metadata(batch: Batch, documents: list[Document]) -> dict[str, bytes]:
    """Enough to rebuild the catalogue from the object alone."""
    items = [
        {
            "item_key": document.reference_code,
            "kind": document.kind.slug,
            "scheme": document.kind.element_scheme,
            "elements": facts.elements_of(document),
            "classification": document.classification,
            "retention": document.retention,
            "persons": document.persons,
            "files": [
                {"name": file.name, "role": file.role, "order": file.order, "sha512": file.sha512, "sm3": file.sm3,
                 "puid": file.puid}
                for file in document.files.all()
            ],
        }
        for document in documents
    ]  # fmt: skip
    head = {"format": "lantai-items/1", "batch": batch.code, "title": batch.title, "agency": batch.agency.code,
            "fonds": batch.fonds.code, "archives": batch.fonds.archives.code}  # fmt: skip
    return {"metadata/items.json": custody.as_document({**head, "items": items})}
