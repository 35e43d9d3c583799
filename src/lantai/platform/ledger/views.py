"""The published log, as C2SP tlog-tiles names its files; the audit officer's list is the desk's."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from lantai.kit.errors import Invalid, Missing
from lantai.kit.evidence.merkle import SHA256, HashAlgorithm
from lantai.kit.evidence.tiles import TILE_WIDTH, parse_tile_path
from lantai.platform.gates import public
from lantai.platform.ledger import queries
from lantai.platform.ledger.registry import cosignatures

_LAST_TILE = 2**62 // TILE_WIDTH  # beyond it the database has no number for a leaf
_FOREVER = "public, max-age=31536000, immutable"
_SHORTLY = "public, max-age=5"


def _published(data: bytes | str, kind: str, caching: str) -> HttpResponse:
    headers = {"Cache-Control": caching, "Access-Control-Allow-Origin": "*"}
    return HttpResponse(data, content_type=kind, headers=headers)


@public
@require_safe
def checkpoint(request: HttpRequest) -> HttpResponse:
    """The newest signed tree head, with the signatures of the witnesses that it has by now."""
    newest = queries.newest_checkpoint()
    if newest is None:
        raise Missing
    return _published(newest.note + cosignatures(newest.size), "text/plain; charset=utf-8", _SHORTLY)


@public
@require_safe
def tile(request: HttpRequest, path: str, algorithm: HashAlgorithm = SHA256) -> HttpResponse:
    """A tile or an entry bundle; what is served once never changes, so it may be cached for ever."""
    try:
        level, index, width = parse_tile_path(f"tile/{path}")
    except Invalid as other_spelling:
        raise Missing from other_spelling
    if index > _LAST_TILE:
        raise Missing
    data = queries.bundle(index, width) if level is None else queries.tile(level, index, width, algorithm)
    if data is None:
        raise Missing
    return _published(data, "application/octet-stream", _FOREVER)


@public
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """What the log says of its own keys: signed statements, oldest first."""
    history = queries.key_history()
    if not history.statements:
        raise Missing
    return _published(history.render(), "text/plain; charset=utf-8", _SHORTLY)


@public
@require_safe
def trust(request: HttpRequest) -> HttpResponse:
    """The keys and certificates with which a stranger checks our evidence."""
    return _published(queries.trust_text(), "text/plain; charset=utf-8", _SHORTLY)
