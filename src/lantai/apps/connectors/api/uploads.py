"""Resumable uploads of machines (tus 1.0: creation, checksum, termination), for files too large for one request."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from ninja import Router

from lantai.apps.connectors import services
from lantai.apps.connectors.permissions import P
from lantai.kit.errors import Invalid
from lantai.platform.blobs import queries as blob_queries
from lantai.platform.blobs import services as blobs
from lantai.platform.blobs import tus
from lantai.platform.blobs.models import Upload
from lantai.platform.gates import needs
from lantai.platform.ui.context import ctx_of

router = Router(tags=["connectors"])
PIECE = 1024 * 1024


@router.post("")
@needs(P.DELIVERY_SEND)
def open_upload(request: HttpRequest) -> HttpResponse:
    """Open an upload of `Upload-Length` bytes; `Location` is where the pieces go, and what a file's `upload` names."""
    length = _whole(request, "Upload-Length")
    services.admit(ctx_of(request), size_bytes=length)
    upload = blobs.create_upload(ctx_of(request), name=_name(request), size_bytes=length)
    answer = _positioned(upload, 201)
    answer["Location"] = f"{request.path.rstrip('/')}/{upload.token}"
    return answer


@router.api_operation(["HEAD"], "/{token}")
@needs(P.DELIVERY_SEND)
def look_at_upload(request: HttpRequest, token: str) -> HttpResponse:
    """How much has arrived."""
    return _positioned(blob_queries.get_upload(ctx_of(request), _plain(token)), 200)


@router.patch("/{token}")
@needs(P.DELIVERY_SEND)
def append_to_upload(request: HttpRequest, token: str) -> HttpResponse:
    """The next piece, at `Upload-Offset`; what had arrived when the line breaks counts."""
    upload = blobs.append_to_upload(
        ctx_of(request),
        token=_plain(token),
        offset_bytes=_whole(request, "Upload-Offset"),
        source=_body(request),
        checksum=tus.checksum_of(request.headers.get("Upload-Checksum", "")),
    )
    return _positioned(upload, 204)


@router.delete("/{token}")
@needs(P.DELIVERY_SEND)
def cancel_upload(request: HttpRequest, token: str) -> HttpResponse:
    """Forget an upload."""
    blobs.cancel_upload(ctx_of(request), token=_plain(token))
    return HttpResponse(status=204)


def _plain(token: str) -> str:
    return token.replace("\x00", "")


def _whole(request: HttpRequest, header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise Invalid("请求头 %(header)s 必须是不小于零的整数。", header=header, field=header)
    return int(text)


def _name(request: HttpRequest) -> str:
    """The file name in `Upload-Metadata`: ``filename base64``."""
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        name, _space, value = pair.strip().partition(" ")
        if name.lower() == "filename":
            try:
                return base64.b64decode(value, validate=True).decode("utf-8")
            except (binascii.Error, UnicodeDecodeError) as why:
                raise Invalid(
                    "请求头 Upload-Metadata 的 filename 不是有效的 Base64 文字。", field="Upload-Metadata"
                ) from why
    raise Invalid("缺少请求头 Upload-Metadata 的 filename。", field="Upload-Metadata")


def _body(request: HttpRequest) -> Iterator[bytes]:
    try:
        while piece := request.read(PIECE):
            yield piece
    except UnreadablePostError:
        return


def _positioned(upload: Upload, status: int) -> HttpResponse:
    answer = HttpResponse(status=status)
    answer["Tus-Resumable"] = tus.VERSION
    answer["Cache-Control"] = "no-store"
    answer["Upload-Offset"] = str(upload.offset_bytes)
    answer["Upload-Length"] = str(upload.size_bytes)
    return answer
