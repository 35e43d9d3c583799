"""The desk for machines: an office system hands its documents over and asks what became of them."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import File, Form, Router, Status
from ninja.errors import ValidationError
from ninja.files import UploadedFile
from pydantic import ValidationError as NotAsDescribed

from lantai.apps.filing import queries, services
from lantai.apps.filing.models import Batch, Document
from lantai.apps.filing.permissions import P
from lantai.apps.filing.schemas import (
    CaptureIn,
    DocumentFileOut,
    DocumentOut,
    DocumentsOut,
    DocumentWhole,
    FilingBatchOut,
)
from lantai.apps.filing.types import KeyMissing, Part
from lantai.platform.accounts import policy
from lantai.platform.gates import needs
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.keyset import page_of

router = Router(tags=["filing"])


@router.post("/documents", response={200: DocumentWhole, 201: DocumentWhole})
@needs(P.DOCUMENT_CAPTURE)
def capture_document(
    request: HttpRequest,
    metadata: str = Form(..., description="JSON: CaptureIn"),
    files: list[UploadedFile] = File(..., description="one part for each file, by its name"),  # noqa: B008
) -> Status[DocumentWhole]:
    """Hand a document over with its files, once however often it is sent.

    The header `Idempotency-Key` (or `external_key`) is the sender's own number of the document: sent again
    with the same content, the answer is 200 and the document that is here already. Size and digests that are
    given are compared with what arrives. When anything is wrong nothing is kept.
    """
    said = _read(metadata)
    key = _key(request.headers.get("Idempotency-Key", "").strip(), said.external_key.strip())
    parts = [Part(file.name or "", file.chunks()) for file in files]
    captured = services.receive_document(ctx_of(request), said.arrival(key), parts)
    found = Document.objects.select_related("kind", "fonds", "scheme_class").get(pk=captured.document_id)
    return Status(201 if captured.is_new else 200, _whole(found))


def _read(metadata: str) -> CaptureIn:
    try:
        return CaptureIn.model_validate_json(metadata)
    except NotAsDescribed as wrong:
        errors = wrong.errors(include_url=False, include_context=False, include_input=False)
        raise ValidationError([{**one, "loc": ("metadata", *one["loc"])} for one in errors]) from wrong


def _key(header: str, said: str) -> str:
    if not (header or said) or (header and said and header != said):
        raise KeyMissing(field="external_key")
    return header or said


@router.get("/documents", response=DocumentsOut)
@needs(P.DOCUMENT_READ)
def list_documents(request: HttpRequest, after: int = 0, state: str = "") -> DocumentsOut:
    """Documents in the order of their ids, 200 at a time."""
    found, following = page_of(queries.visible(ctx_of(request)), after=after, state=state)
    return DocumentsOut(documents=[_line(row) for row in found], next=following)


@router.get("/documents/by-key/{path:external_key}", response=DocumentWhole)
@needs(P.DOCUMENT_READ)
def get_document_by_key(request: HttpRequest, external_key: str) -> DocumentWhole:
    """The document that a sender's number stands for, with its state."""
    rows = queries.visible(ctx_of(request)).order_by("pk")
    return _whole(policy.one(rows, external_key=external_key.replace("\x00", "")))


@router.get("/documents/{int:document_id}", response=DocumentWhole)
@needs(P.DOCUMENT_READ)
def get_document(request: HttpRequest, document_id: int) -> DocumentWhole:
    """One document with its files."""
    return _whole(queries.get(ctx_of(request), document_id))


@router.get("/batches/{int:batch_id}", response=FilingBatchOut)
@needs(P.BATCH_READ)
def get_batch(request: HttpRequest, batch_id: int) -> FilingBatchOut:
    """One filing batch."""
    return _batch(queries.get_batch(ctx_of(request), batch_id))


def _line(row: Document) -> DocumentOut:
    return DocumentOut(**_values(row))


def _whole(row: Document) -> DocumentWhole:
    files = [DocumentFileOut.model_validate(file) for file in queries.files_of(row.pk)]
    return DocumentWhole(**_values(row), persons=row.persons, elements=row.metadata, files=files)


def _values(row: Document) -> dict[str, object]:
    same = (
        "id external_key state title author document_number dated_on year retention classification "
        "reference_code batch_id captured_at"
    )
    return {name: getattr(row, name) for name in same.split()} | {
        "class_code": row.scheme_class.code if row.scheme_class else "",
        "kind": row.kind.slug,
        "fonds": row.fonds.code,
    }


def _batch(row: Batch) -> FilingBatchOut:
    return FilingBatchOut(
        id=row.pk,
        code=row.code,
        title=row.title,
        state=row.state,
        fonds=row.fonds.code,
        item_count=row.item_count,
        package_id=row.package_id,
        created_at=row.created_at,
        sealed_at=row.sealed_at,
    )
