"""Addresses of old, by numbers of rows: they lead to the same for good, where the number surely means that still.

Who may see it is asked before anything is told: an address leads nobody to the name of what he may not know.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from lantai.apps.catalogue.queries import publishing
from lantai.apps.holdings import queries as holdings
from lantai.apps.pictures.queries import pages
from lantai.apps.pictures.types import MOST_PAGES, Name
from lantai.apps.pictures.views.images import shared
from lantai.kit.errors import Missing
from lantai.kit.numbering.permanent import permanent_id
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.gates import public

_METHODS = ["GET", "HEAD", "OPTIONS"]


@public
@require_http_methods(_METHODS)
@shared
def picture(request: HttpRequest, item_id: int, file_id: int, page: int, rest: str = "") -> HttpResponse:
    """A page or a part of one."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    _require_given(item_id=item_id, file_id=file_id)
    if page > MOST_PAGES:
        raise Missing
    file = pages.former_file(ctx, item_id, file_id)
    permanent = permanent_id(publishing.one(ctx, item_id).permanent)
    address = reverse("pictures:service", args=[Name.of(permanent, file.sha512, page)])
    return _moved(f"{address}/{rest}" if rest else address)


@public
@require_http_methods(_METHODS)
@shared
def manifest(request: HttpRequest, item_id: int) -> HttpResponse:
    """The pages of a record."""
    return _unit(request, "pictures:manifest", item_id)


@public
@require_http_methods(_METHODS)
@shared
def collection(request: HttpRequest, item_id: int) -> HttpResponse:
    """The units right below a unit."""
    return _unit(request, "pictures:collection", item_id)


def _unit(request: HttpRequest, name: str, item_id: int) -> HttpResponse:
    _require_given(item_id=item_id)
    row = publishing.one(request.ctx, item_id)  # type: ignore[attr-defined]
    return _moved(reverse(name, args=publishing.permanent_parts(row)))


@public
@require_http_methods(_METHODS)
@shared
def fonds(request: HttpRequest, fonds_id: int) -> HttpResponse:
    """The units at the top of a fonds."""
    _require_given(fonds_id=fonds_id)
    found = policy.one(holdings.all_fonds(), pk=fonds_id)
    if not publishing.units_below(request.ctx, None, fonds_id, 1):  # type: ignore[attr-defined]
        raise Missing
    return _moved(reverse("pictures:fonds", args=[found.archives.code, found.code]))


def _require_given(*, item_id: int = 0, file_id: int = 0, fonds_id: int = 0) -> None:
    """Numbers that stood in an address once; later ones never did, and name other things or nothing."""
    last = pages.former_numbers()
    if item_id > last.last_item or file_id > last.last_file or fonds_id > last.last_fonds:
        raise Missing


def _moved(address: str) -> HttpResponse:
    answer = HttpResponsePermanentRedirect(address)
    answer["Cache-Control"] = "private, no-cache"
    return answer
