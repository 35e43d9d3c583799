"""Addresses for other nodes: they are asked without signing in, and what they send is bounded."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from lantai.kit.crypto.tsa import ANSWER_TYPE, REQUEST_TYPE
from lantai.kit.crypto.tsa import MAX_REQUEST_BYTES as MAX_STAMP_REQUEST_BYTES
from lantai.kit.errors import Missing, Refusal
from lantai.kit.evidence.notes import MAX_NOTE_BYTES
from lantai.kit.evidence.witnessing import MAX_REQUEST_BYTES
from lantai.platform.context import Ctx
from lantai.platform.gates import public
from lantai.platform.ui import pages
from lantai.platform.witness import limits, queries, services
from lantai.platform.witness.types import TooManyRequests

_TEXT = "text/plain; charset=utf-8"
_SHORTLY = {"Cache-Control": "public, max-age=5", "Access-Control-Allow-Origin": "*"}


def read_body(request: HttpRequest, bucket: limits.Bucket, most: int) -> bytes | HttpResponse:
    """The body of a request within its bounds, or the answer that refuses it before it is read."""
    try:
        bucket.take(request.META.get("REMOTE_ADDR", ""))
    except TooManyRequests as refusal:
        answer = HttpResponse(f"{pages.said(refusal)}\n", content_type=_TEXT, status=refusal.status)
        answer["Retry-After"] = str(refusal.retry_after_s)
        return answer
    length = request.headers.get("Content-Length") or "0"
    return request.body if length.isdigit() and int(length) <= most else HttpResponse(status=413)


@csrf_exempt  # no session takes part: the signature on the checkpoint is what counts
@public
@require_POST
def add_checkpoint(request: HttpRequest) -> HttpResponse:
    """C2SP tlog-witness: a log asks for a cosignature."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    body = read_body(request, limits.CHECKPOINTS, MAX_REQUEST_BYTES)
    if isinstance(body, HttpResponse):
        return body
    judged = services.add_checkpoint(ctx, body=body)
    return HttpResponse(judged.body, content_type=judged.kind, status=judged.status)


@public
@require_safe
def held(request: HttpRequest, origin_sha256: str) -> HttpResponse:
    """The checkpoint that we cosigned last of a log, for the log itself and for whoever follows it."""
    return HttpResponse(queries.held_of(origin_sha256), content_type=_TEXT, headers=_SHORTLY)


@csrf_exempt  # no session takes part: the peer's signature is what counts
@public
@require_POST
def call(request: HttpRequest) -> HttpResponse:
    """A peer calls us to a poll: kept, and answered by a job."""
    body = read_body(request, limits.CHECKPOINTS, MAX_NOTE_BYTES)
    if isinstance(body, HttpResponse):
        return body
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    return _answered(lambda: services.take_call(ctx, text=body.decode("utf-8", "replace")))


@public
@require_safe
def vote(request: HttpRequest, call: str) -> HttpResponse:
    """Our vote on a call: 202 while it is being made."""
    text = services.vote_on(call)
    return HttpResponse(text or "", content_type=_TEXT, status=200 if text else 202)


@csrf_exempt  # no session takes part: the peer's signature is what counts
@public
@require_POST
def repair(request: HttpRequest) -> HttpResponseBase:
    """Our copy for a peer that proved once that it held the same."""
    body = read_body(request, limits.CHECKPOINTS, MAX_NOTE_BYTES)
    if isinstance(body, HttpResponse):
        return body
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    try:
        stream, size = services.hand_out(ctx, text=body.decode("utf-8", "replace"))
    except Refusal as refusal:
        return HttpResponse(f"{pages.said(refusal)}\n", content_type=_TEXT, status=refusal.status)
    return FileResponse(
        stream, content_type="application/octet-stream", headers={"Content-Length": str(size)}
    )


def _answered(act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except Refusal as refusal:
        return HttpResponse(f"{pages.said(refusal)}\n", content_type=_TEXT, status=refusal.status)
    return HttpResponse(status=202)


@public
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """Our keys, for a peer to enter."""
    return HttpResponse(services.own_keys().render(), content_type=_TEXT, headers=_SHORTLY)


@csrf_exempt  # no session takes part
@public
@require_POST
def stamp(request: HttpRequest) -> HttpResponse:
    """RFC 3161 §3.4: a time stamp over HTTP."""
    if not settings.LANTAI_TSA:
        raise Missing
    body = read_body(request, limits.STAMPS, MAX_STAMP_REQUEST_BYTES)
    if isinstance(body, HttpResponse):
        return body
    if request.content_type != REQUEST_TYPE:
        return HttpResponse(status=415)
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    return HttpResponse(services.issue_stamp(ctx, request=body), content_type=ANSWER_TYPE)


@public
@require_safe
def authority(request: HttpRequest) -> HttpResponse:
    """The certificate by which our time stamps are believed."""
    if not settings.LANTAI_TSA:
        raise Missing
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    return HttpResponse(
        services.authority_pem(ctx.now), content_type="application/x-pem-file", headers=_SHORTLY
    )


@public
@require_safe
def witnessed(request: HttpRequest) -> HttpResponse:
    """The newest checkpoint of ours that met the policy, with its cosignatures."""
    size = queries.newest_witnessed()
    if not size:
        raise Missing
    return HttpResponse(queries.cosigned_note(size), content_type=_TEXT, headers=_SHORTLY)


@public
@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """When a checkpoint of ours counts as witnessed, as a tlog-policy."""
    return HttpResponse(queries.policy_text(), content_type=_TEXT, headers=_SHORTLY)


@public
@require_safe
def follow(request: HttpRequest) -> HttpResponse:
    """How a stranger follows the log."""
    said = {"row": queries.following(), "public_url": settings.LANTAI_PUBLIC_URL}
    return pages.show(request, "witness/follow.html", said)
