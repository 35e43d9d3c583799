"""IIIF Presentation API 3.0: a record as a manifest of its pages, a unit with units below as a collection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from lantai.apps.catalogue.queries import publishing
from lantai.apps.holdings import queries as holdings
from lantai.apps.pictures import services
from lantai.apps.pictures.queries import pages
from lantai.apps.pictures.types import MOST_UNITS, PageOf
from lantai.apps.pictures.views.images import service_id, shared
from lantai.kit.errors import Missing
from lantai.kit.numbering.permanent import permanent_id
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.gates import public

if TYPE_CHECKING:
    from lantai.apps.catalogue.models import Description

CONTEXT = "http://iiif.io/api/presentation/3/context.json"
_KEPT_BY = "保管机构"  # labels of a manifest say their language
_METHODS = ["GET", "HEAD", "OPTIONS"]
Json = dict[str, object]


def _whole(name: str, *args: object) -> str:
    return str(settings.LANTAI_PUBLIC_URL) + reverse(name, args=args)


def _label(text: str) -> dict[str, list[str]]:
    return {"zh-Hans": [text]}


def _answer(body: Json) -> HttpResponse:
    answer = JsonResponse({"@context": CONTEXT, **body}, json_dumps_params={"ensure_ascii": False})
    answer["Content-Type"] = f'application/ld+json;profile="{CONTEXT}"'
    answer["Cache-Control"] = "private, no-cache"
    return answer


def manifest_path(row: Description) -> str:
    """Where the manifest of a record is for good."""
    return reverse("pictures:manifest", args=publishing.permanent_parts(row))


@public
@require_http_methods(_METHODS)
@shared
def manifest(request: HttpRequest, archives: str, permanent: str) -> HttpResponse:
    """The pages of a record, those of its PDF and OFD drawn as pictures."""
    return _manifest(request.ctx, publishing.one_of(request.ctx, permanent))  # type: ignore[attr-defined]


def _manifest(ctx: Ctx, row: Description) -> HttpResponse:
    files = pages.shown_files(ctx, row.pk)
    shown = list(pages.pages_of(files, services.measured(files)))
    if not shown:
        raise Missing
    archives = row.fonds.archives
    address = publishing.permanent_address(archives.code, row.permanent)
    record = publishing.record_of(ctx, row, address, publishing.Schemes())
    facts = (
        ("档号", record.reference_code),
        ("责任者", record.author),
        ("日期", record.date_text),
        *record.own.items(),
    )
    body: Json = {
        "id": (own := _whole("pictures:manifest", *publishing.permanent_parts(row))),
        "type": "Manifest",
        "label": _label(row.title),
        "metadata": [{"label": _label(name), "value": {"none": [text]}} for name, text in facts if text],
        "homepage": [
            {
                "id": address,
                "type": "Text",
                "label": _label(row.title),
                "format": "text/html",
            }
        ],
        "provider": [
            {"id": str(settings.LANTAI_PUBLIC_URL), "type": "Agent", "label": _label(archives.name)}
        ],
        "requiredStatement": {"label": _label(_KEPT_BY), "value": _label(archives.name)},
        "items": [
            _canvas(own, permanent_id(row.permanent), number, page) for number, page in enumerate(shown, 1)
        ],
    }
    return _answer(body)


def _canvas(manifest: str, permanent: str, number: int, page: PageOf) -> Json:
    canvas = f"{manifest}#canvas-{number}"
    image = service_id(page.named(permanent))
    service: list[Json] = [{"id": image, "type": "ImageService3", "profile": "level2"}]
    name = page.name if page.last == 1 else f"{page.name} {page.number}/{page.last}"
    size: Json = {"width": page.width, "height": page.height}
    body: Json = {
        "id": f"{image}/full/max/0/default.jpg",
        "type": "Image",
        "format": "image/jpeg",
        **size,
        "service": service,
    }
    painted: Json = {
        "id": f"{canvas}-painting",
        "type": "Annotation",
        "motivation": "painting",
        "body": body,
        "target": canvas,
    }
    return {
        "id": canvas,
        "type": "Canvas",
        "label": _label(name),
        **size,
        "thumbnail": [
            {
                "id": f"{image}/full/!240,240/0/default.jpg",
                "type": "Image",
                "format": "image/jpeg",
                "service": service,
            }
        ],
        "items": [{"id": f"{canvas}-page", "type": "AnnotationPage", "items": [painted]}],
    }


@public
@require_http_methods(_METHODS)
@shared
def collection(request: HttpRequest, archives: str, permanent: str) -> HttpResponse:
    """The units right below a unit, each as a manifest or a collection of its own."""
    return _collection(request.ctx, publishing.one_of(request.ctx, permanent))  # type: ignore[attr-defined]


def _collection(ctx: Ctx, row: Description) -> HttpResponse:
    below = list(_below(ctx, row, row.fonds_id))
    own = _whole("pictures:collection", *publishing.permanent_parts(row))
    return _answer({"id": own, "label": _label(row.title), **_collected(below)})


@public
@require_http_methods(_METHODS)
@shared
def fonds_collection(request: HttpRequest, archives: str, code: str) -> HttpResponse:
    """The units at the top of a fonds that the actor may see; where there is none the fonds is not known."""
    fonds = policy.one(holdings.all_fonds(), archives__code=archives, code=code)
    below = list(_below(request.ctx, None, fonds.pk))  # type: ignore[attr-defined]
    if not below:
        raise Missing
    own = _whole("pictures:fonds", archives, code)
    return _answer({"id": own, "label": _label(str(fonds)), **_collected(below)})


def _collected(below: list[Json]) -> Json:
    return {"type": "Collection", "items": below}


def _below(ctx: Ctx, row: object, fonds_id: int) -> Iterator[Json]:
    for unit in publishing.units_below(ctx, row, fonds_id, MOST_UNITS):  # type: ignore[arg-type]
        is_leaf = unit.package_id is not None
        name, kind = ("pictures:manifest", "Manifest") if is_leaf else ("pictures:collection", "Collection")
        yield {
            "id": _whole(name, *publishing.permanent_parts(unit)),
            "type": kind,
            "label": _label(f"{unit.reference_code} {unit.title}"),
        }
