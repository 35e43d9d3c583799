"""The published log, as C2SP tlog-tiles names its files; the audit officer's list is the desk's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lantai.kit.errors import Invalid, Missing
from lantai.kit.evidence.tiles import TILE_WIDTH, parse_tile_path
from lantai.platform.ledger import queries

V = TypeVar("V", bound=Callable[..., HttpResponse])
_LAST_TILE = 2**62 // TILE_WIDTH  # beyond it the database has no number for a leaf
_FOREVER = "public, max-age=31536000, immutable"
_SHORTLY = "public, max-age=5"


@dataclass(frozen=True, slots=True)
class Gate:
    """The shape of a gate that the middleware of accounts reads; accounts ranks above this app."""

    is_public: bool = True
    permissions: tuple[str, ...] = ()


def _public(view: V) -> V:
    view.gate = Gate()  # type: ignore[attr-defined]
    return view


def _published(data: bytes | str, kind: str, caching: str) -> HttpResponse:
    headers = {"Cache-Control": caching, "Access-Control-Allow-Origin": "*"}
    return HttpResponse(data, content_type=kind, headers=headers)


@_public
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest signed tree head."""
    newest = queries.newest_checkpoint()
    if newest is None:
        raise Missing
    return _published(newest.note, "text/plain; charset=utf-8", _SHORTLY)


@_public
@require_safe
def tile(request: HttpRequest, path: str) -> HttpResponse:
    """A tile or an entry bundle; what is served once never changes, so it may be cached for ever."""
    try:
        level, index, width = parse_tile_path(f"tile/{path}")
    except Invalid as other_spelling:
        raise Missing from other_spelling
    if index > _LAST_TILE:
        raise Missing
    data = queries.bundle(index, width) if level is None else queries.tile(level, index, width)
    if data is None:
        raise Missing
    return _published(data, "application/octet-stream", _FOREVER)


@_public
@require_safe
def trust(request: HttpRequest) -> HttpResponse:
    """The keys and certificates with which a stranger checks our evidence."""
    return _published(queries.trust_text(), "text/plain; charset=utf-8", _SHORTLY)
