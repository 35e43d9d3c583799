"""Push: a batch of documents or a whole package, acknowledged when it is kept."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation, TooManyFilesSent
from django.http import HttpRequest, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from ninja import Router, Status
from pydantic import BaseModel

from lantai.apps.connectors import queries, services
from lantai.apps.connectors.models import Connector
from lantai.apps.connectors.permissions import P
from lantai.apps.connectors.reading import DeliveryIn, PackageIn, read_documents, read_package
from lantai.apps.connectors.schemas import DeliveriesOut, DeliveryLine, DeliveryOut, OutcomeOut, ReceiptOut
from lantai.apps.connectors.types import BodyUnreadable, Content, Part, Received, Sent
from lantai.kit.errors import LantaiError
from lantai.platform.accounts import policy
from lantai.platform.gates import needs
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.keyset import page_of

router = Router(tags=["connectors"])
KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "schema": {"type": "string", "maxLength": 120},
    "description": "the sender's own number of this delivery: the same again gives the first answer again",
}


def _described(model: type[BaseModel]) -> dict[str, Any]:
    """The body in the description of the API; declared by hand, for it is read only when the sender is admitted."""
    metadata = {"type": "string", "description": f"JSON: {model.__name__}"}
    files = {"type": "array", "items": {"type": "string", "format": "binary"}}
    form = {"type": "object", "required": ["metadata"], "properties": {"metadata": metadata, "files": files}}
    schema = inlined(model.model_json_schema())
    content = {"multipart/form-data": {"schema": form}, "application/json": {"schema": schema}}
    return {"parameters": [KEY], "requestBody": {"required": True, "content": content}}


def inlined(schema: dict[str, Any]) -> Any:
    """A JSON schema with its definitions put where they are referred to."""
    definitions = schema.pop("$defs", {})

    def put(node: Any) -> Any:
        if isinstance(node, dict):
            if "$ref" in node:
                return put(definitions[node["$ref"].rpartition("/")[2]])
            return {name: put(value) for name, value in node.items()}
        return [put(one) for one in node] if isinstance(node, list) else node

    return put(schema)


@router.post("/deliveries", response={202: ReceiptOut}, openapi_extra=_described(DeliveryIn))
@needs(P.DELIVERY_SEND)
def push_documents(request: HttpRequest) -> Status[ReceiptOut]:
    """Hand documents over with their files: `multipart/form-data` with `metadata` (JSON) and one part a file,
    or `application/json` whose files name finished resumable uploads (`upload`).

    202 and the receipt when every file is written and read back; whether the documents are taken in is told by
    `GET /deliveries/{id}`. The same key with the same body gives the first answer again, with another body 422.
    """
    with _noted(request):
        connector, text, parts = _admitted(request)
        documents = read_documents(text, connector.mapping)
        sent = Sent(key=_key(request), content=Content.DOCUMENTS, documents=documents)
        return _answer(services.receive(ctx_of(request), connector, sent, parts))


@router.post("/packages", response={202: ReceiptOut}, openapi_extra=_described(PackageIn))
@needs(P.DELIVERY_SEND)
def push_package(request: HttpRequest) -> Status[ReceiptOut]:
    """Hand a whole transfer package over in one archive file; `metadata` names it as `file`.

    The machine account needs the role for packages; the transfer it becomes is told by `GET /deliveries/{id}`.
    """
    with _noted(request):
        connector, text, parts = _admitted(request)
        key = _key(request)
        sent = Sent(key=key, content=Content.PACKAGE, documents=(read_package(text, key),))
        return _answer(services.receive(ctx_of(request), connector, sent, parts))


def _key(request: HttpRequest) -> str:
    return request.headers.get("Idempotency-Key", "").strip()


def _answer(found: Received) -> Status[ReceiptOut]:
    return Status(202, ReceiptOut.model_validate(found.receipt))


@contextmanager
def _noted(request: HttpRequest) -> Iterator[None]:
    """What is turned away at the door is remembered on the connector, for the people there."""
    try:
        yield
    except LantaiError as why:
        services.note_turned_away(ctx_of(request), why)
        raise


def _admitted(request: HttpRequest) -> tuple[Connector, str | bytes, list[Part]]:
    """The connector, the description and the parts; the body is read after the sender is admitted."""
    length = request.META.get("CONTENT_LENGTH") or ""
    connector = services.admit(
        ctx_of(request), size_bytes=int(length) if length.isdecimal() and len(length) < 18 else None
    )
    try:
        if request.content_type == "application/json":
            return connector, request.body, []
        if request.content_type != "multipart/form-data":
            raise BodyUnreadable(field="metadata")
        text = request.POST.get("metadata", "")
        files = [file for name in request.FILES for file in request.FILES.getlist(name)]
    except (
        MultiPartParserError,
        BadRequest,
        SuspiciousOperation,
        UnreadablePostError,
        TooManyFilesSent,
        RequestDataTooBig,
    ) as broken:
        raise BodyUnreadable(field="metadata") from broken
    return connector, text, [Part(file.name or "", file.chunks()) for file in files]


@router.get("/deliveries", response=DeliveriesOut)
@needs(P.DELIVERY_SEND, P.DELIVERY_READ)
def list_deliveries(request: HttpRequest, after: int = 0, state: str = "") -> DeliveriesOut:
    """Deliveries in the order of their ids, 200 at a time; a machine sees its own."""
    found, following = page_of(queries.visible(ctx_of(request)), after=after, state=state)
    lines = [
        DeliveryLine(
            id=row.pk, key=row.key, state=row.state, received_at=row.received_at, ended_at=row.ended_at
        )
        for row in found
    ]
    return DeliveriesOut(deliveries=lines, next=following)


@router.get("/deliveries/by-key/{path:key}", response=DeliveryOut)
@needs(P.DELIVERY_SEND)
def get_delivery_by_key(request: HttpRequest, key: str) -> DeliveryOut:
    """The delivery that a sender's number stands for, among its own."""
    connector = queries.of_machine(ctx_of(request))
    rows = queries.visible(ctx_of(request)).filter(connector=connector)
    return _out(policy.one(rows, key=key.replace("\x00", "")))


@router.get("/deliveries/{int:delivery_id}", response=DeliveryOut)
@needs(P.DELIVERY_SEND, P.DELIVERY_READ)
def get_delivery(request: HttpRequest, delivery_id: int) -> DeliveryOut:
    """One delivery with what became of its documents."""
    return _out(queries.get(ctx_of(request), delivery_id))


def _out(row: Any) -> DeliveryOut:
    return DeliveryOut(
        id=row.pk,
        key=row.key,
        content=row.content,
        state=row.state,
        received_at=row.received_at,
        ended_at=row.ended_at,
        submission=row.submission.number if row.submission else None,
        receipt=row.receipt,
        documents=[OutcomeOut(**one) for one in services.outcomes(row.pk)],
    )
