"""Resumable uploads for the browser, in the manner of tus 1.0 (creation, checksum and termination).

The answer to the last piece is JSON with the token: forms hand the token on, never a path or a digest.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterator
from functools import wraps

from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lantai.kit.errors import Invalid, LantaiError, Missing, Refusal
from lantai.platform.blobs import queries, services, tus
from lantai.platform.blobs.models import Upload
from lantai.platform.blobs.services.uploads import limit_bytes
from lantai.platform.blobs.types import UploadOffsetDiffers, UploadState
from lantai.platform.context import Ctx
from lantai.platform.gates import signed_in

_PIECE_BYTES = 1024 * 1024
View = Callable[..., HttpResponse]


def speaks_tus(view: View) -> View:
    """Say refusals as JSON, and stamp the protocol's headers."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            answer = view(request, *args, **kwargs)
        except (Refusal, Missing) as refusal:
            answer = _refused(refusal)
        answer["Tus-Resumable"] = tus.VERSION
        answer["Cache-Control"] = "no-store"
        return answer

    return wrapped


def _refused(refusal: LantaiError) -> HttpResponse:
    message = _(refusal.message) % refusal.params if refusal.params else _(refusal.message)
    answer = JsonResponse({"message": message}, status=getattr(refusal, "status", 409))
    if isinstance(refusal, UploadOffsetDiffers):
        answer["Upload-Offset"] = str(refusal.params["offset"])
    return answer


@signed_in
@speaks_tus
@require_http_methods(["POST", "OPTIONS"])
def uploads(request: HttpRequest) -> HttpResponse:
    """POST opens an upload; OPTIONS tells what this server can do."""
    if request.method == "OPTIONS":
        return _abilities()
    wanted = _metadata(request)
    upload = services.create_upload(
        request.ctx,  # type: ignore[attr-defined]
        name=wanted.get("filename") or request.POST.get("name", ""),
        size_bytes=_whole(request.headers.get("Upload-Length") or request.POST.get("size", ""), "size"),
        relative_path=wanted.get("relativepath") or request.POST.get("relative_path", ""),
    )
    answer = JsonResponse(_said(upload), status=201)
    answer["Location"] = reverse("blobs:upload", args=[upload.token])
    return _positioned(answer, upload)


@signed_in
@speaks_tus
@require_http_methods(["HEAD", "PATCH", "DELETE"])
def upload(request: HttpRequest, token: str) -> HttpResponse:
    """HEAD: how much has arrived. PATCH: the next piece. DELETE: forget it."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    if request.method == "HEAD":
        return _positioned(HttpResponse(), queries.get_upload(ctx, token))
    if request.method == "DELETE":
        services.cancel_upload(ctx, token=token)
        return HttpResponse(status=204)
    offset = _whole(request.headers.get("Upload-Offset", ""), "offset")
    found = services.append_to_upload(
        ctx,
        token=token,
        offset_bytes=offset,
        source=_body(request),
        checksum=tus.checksum_of(request.headers.get("Upload-Checksum", "")),
    )
    is_finished = found.state == UploadState.FINISHED
    return _positioned(JsonResponse(_said(found)) if is_finished else HttpResponse(status=204), found)


def _body(request: HttpRequest) -> Iterator[bytes]:
    """What arrives; when the line breaks, what had arrived still counts."""
    try:
        while piece := request.read(_PIECE_BYTES):
            yield piece
    except UnreadablePostError:
        return


def _said(upload: Upload) -> dict[str, object]:
    return {
        "token": upload.token,
        "name": upload.name,
        "relative_path": upload.relative_path,
        "size": upload.size_bytes,
        "offset": upload.offset_bytes,
        "state": str(upload.state),
        "key": upload.blob_key,
    }


def _positioned(answer: HttpResponse, upload: Upload) -> HttpResponse:
    answer["Upload-Offset"] = str(upload.offset_bytes)
    answer["Upload-Length"] = str(upload.size_bytes)
    return answer


def _abilities() -> HttpResponse:
    answer = HttpResponse(status=204)
    answer["Tus-Version"] = tus.VERSION
    answer["Tus-Extension"] = tus.EXTENSIONS
    answer["Tus-Checksum-Algorithm"] = ",".join(tus.DIGEST_BYTES)
    answer["Tus-Max-Size"] = str(limit_bytes())
    return answer


def _whole(text: str, field: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Invalid("%(field)s 必须是不小于零的整数。", field=field)
    return int(text)


def _metadata(request: HttpRequest) -> dict[str, str]:
    """The `Upload-Metadata` header: ``name base64, name base64``; names in lowercase."""
    found: dict[str, str] = {}
    for pair in request.headers.get("Upload-Metadata", "").split(","):
        name, _space, value = pair.strip().partition(" ")
        try:
            found[name.lower()] = base64.b64decode(value, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError) as why:
            raise Invalid("上传说明（Upload-Metadata）不是有效的 Base64 文字。", field="name") from why
    return found
