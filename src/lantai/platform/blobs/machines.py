"""Resumable uploads of machines (tus 1.0: creation, checksum, termination), for files too large for one request."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator
from enum import StrEnum

from django.http import HttpRequest, HttpResponse, UnreadablePostError
from ninja import Router

from lantai.kit.errors import Invalid
from lantai.platform.blobs import queries, services, tus
from lantai.platform.blobs.models import Upload
from lantai.platform.context import Ctx
from lantai.platform.gates import needs

PIECE = 1024 * 1024
Admit = Callable[[Ctx, int], object]


def uploads_router(tag: str, permission: StrEnum, admit: Admit | None = None) -> Router:
    """Operations to upload with, for those who hold ``permission``; ``admit`` may refuse an upload of so many bytes."""
    router = Router(tags=[tag])
    _opening(router, tag, permission, admit)
    _going_on(router, tag, permission)
    return router


def _opening(router: Router, tag: str, permission: StrEnum, admit: Admit | None) -> None:
    @router.post("", operation_id=f"{tag}_open_upload")
    @needs(permission)
    def open_upload(request: HttpRequest) -> HttpResponse:
        """Open an upload of `Upload-Length` bytes; `Location` is where the pieces go, and names it later."""
        length = _whole(request, "Upload-Length")
        if admit is not None:
            admit(_ctx(request), length)
        upload = services.create_upload(_ctx(request), name=_name(request), size_bytes=length)
        answer = _positioned(upload, 201)
        answer["Location"] = f"{request.path.rstrip('/')}/{upload.token}"
        return answer

    @router.api_operation(["HEAD"], "/{token}", operation_id=f"{tag}_look_at_upload")
    @needs(permission)
    def look_at_upload(request: HttpRequest, token: str) -> HttpResponse:
        """How much has arrived."""
        return _positioned(queries.get_upload(_ctx(request), _plain(token)), 200)


def _going_on(router: Router, tag: str, permission: StrEnum) -> None:
    @router.patch("/{token}", operation_id=f"{tag}_append_to_upload")
    @needs(permission)
    def append_to_upload(request: HttpRequest, token: str) -> HttpResponse:
        """The next piece, at `Upload-Offset`; what had arrived when the line breaks counts."""
        upload = services.append_to_upload(
            _ctx(request),
            token=_plain(token),
            offset_bytes=_whole(request, "Upload-Offset"),
            source=_body(request),
            checksum=tus.checksum_of(request.headers.get("Upload-Checksum", "")),
        )
        return _positioned(upload, 204)

    @router.delete("/{token}", operation_id=f"{tag}_cancel_upload")
    @needs(permission)
    def cancel_upload(request: HttpRequest, token: str) -> HttpResponse:
        """Forget an upload."""
        services.cancel_upload(_ctx(request), token=_plain(token))
        return HttpResponse(status=204)


def _ctx(request: HttpRequest) -> Ctx:
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    return ctx


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
