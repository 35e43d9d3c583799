"""IIIF Image API 3.0, level 2: the row decides on every tile who gets it, also strangers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from lantai.apps.catalogue.types import ContentClosed
from lantai.apps.pictures import services
from lantai.apps.pictures.types import Name
from lantai.kit.errors import LantaiError, Missing
from lantai.kit.pictures.asking import MOST_AREA
from lantai.kit.pictures.pyramid import TILE
from lantai.platform.context import Ctx
from lantai.platform.gates import public

CONTEXT = "http://iiif.io/api/image/3/context.json"
_LD = f'application/ld+json;profile="{CONTEXT}"'
_PROFILE = "http://iiif.io/api/image/3/level2.json"
Q = ParamSpec("Q")
View = Callable[Concatenate[HttpRequest, Q], HttpResponse]


def shared(view: View[Q]) -> View[Q]:
    """Answers that pages of other sites may read, with refusals in plain words and no page around them.

    A closed content says 401 to strangers, who may sign in, and 403 to whom it is closed; what may not even be
    known is missing.
    """

    @wraps(view)
    def answer(request: HttpRequest, *args: Q.args, **kwargs: Q.kwargs) -> HttpResponse:
        ctx: Ctx = request.ctx  # type: ignore[attr-defined]
        try:
            found = HttpResponse() if request.method == "OPTIONS" else view(request, *args, **kwargs)
        except Missing:
            raise
        except LantaiError as refusal:
            is_shut = isinstance(refusal, ContentClosed) and ctx.actor.id is None
            status = 401 if is_shut else getattr(refusal, "status", 500)
            text = gettext(refusal.message) % refusal.params if refusal.params else gettext(refusal.message)
            found = HttpResponse(text, status=status, content_type="text/plain; charset=utf-8")
        found["Access-Control-Allow-Origin"] = "*"
        if request.method == "OPTIONS":
            found["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
            found["Access-Control-Allow-Headers"] = "Authorization, If-None-Match"
        return found

    return answer


_METHODS = ["GET", "HEAD", "OPTIONS"]


def service_id(name: Name) -> str:
    """The address of a page as an image service."""
    return str(settings.LANTAI_PUBLIC_URL) + reverse("pictures:service", args=[name])


@public
@require_http_methods(_METHODS)
@shared
def service(request: HttpRequest, picture: str) -> HttpResponse:
    """The bare address leads to the information (§2)."""
    services.head_of(request.ctx, name=Name.read(picture))  # type: ignore[attr-defined]
    found = HttpResponseRedirect(reverse("pictures:info", args=[picture]))
    found.status_code = 303
    return found


@public
@require_http_methods(_METHODS)
@shared
def info(request: HttpRequest, picture: str) -> HttpResponse:
    """Size, sizes ready at hand, tiles, limits."""
    name = Name.read(picture)
    head = services.head_of(request.ctx, name=name)  # type: ignore[attr-defined]
    body = {
        "@context": CONTEXT,
        "id": service_id(name),
        "type": "ImageService3",
        "protocol": "http://iiif.io/api/image",
        "profile": "level2",
        "width": head.width,
        "height": head.height,
        "maxArea": MOST_AREA,
        "sizes": [{"width": one.width, "height": one.height} for one in reversed(head.levels)],
        "tiles": [{"width": TILE, "height": TILE, "scaleFactors": [1 << n for n in range(len(head.levels))]}],
        "extraFormats": ["webp"],
        "extraQualities": ["color", "gray", "bitonal"],
        "extraFeatures": ["mirroring", "rotationArbitrary", "sizeUpscaling", "profileLinkHeader"],
    }
    answer = JsonResponse(body)
    if "application/ld+json" in request.headers.get("Accept", ""):
        answer["Content-Type"] = _LD
    answer["Link"] = f'<{_PROFILE}>;rel="profile"'
    answer["Vary"] = "Accept"
    answer["Cache-Control"] = "private, no-cache"
    return answer


@public
@require_http_methods(_METHODS)
@shared
def image(
    request: HttpRequest,
    picture: str,
    region: str,
    size: str,
    rotation: str,
    quality: str,
    fmt: str,
) -> HttpResponse:
    """A part of a page; kept by browsers, but never shown again without asking whether it still may be."""
    drawn = services.picture_of(
        request.ctx,  # type: ignore[attr-defined]
        name=Name.read(picture),
        region=region,
        size=size,
        rotation=rotation,
        quality=quality,
        format=fmt,
    )
    tag = f'"{hashlib.sha256(drawn.body).hexdigest()[:32]}"'
    is_known = request.headers.get("If-None-Match") == tag
    answer = HttpResponse(status=304) if is_known else HttpResponse(drawn.body, content_type=drawn.kind)
    answer["ETag"] = tag
    answer["Link"] = f'<{_PROFILE}>;rel="profile"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-cache"
    return answer
