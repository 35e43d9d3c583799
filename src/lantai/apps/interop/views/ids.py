"""Persistent addresses: they outlive every change of our pages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.views.decorators.http import require_GET
from lxml import etree

from lantai.apps.catalogue.queries import publishing
from lantai.apps.interop.views.oai import FORMATS
from lantai.kit.errors import Missing
from lantai.kit.numbering.permanent import number_of
from lantai.platform.context import Ctx
from lantai.platform.gates import public


@public
@require_GET
def permanent(request: HttpRequest, archives: str, permanent: str) -> HttpResponse:
    """To the page of a description; ``?format=`` gives it in a format of exchange instead."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = publishing.one(ctx, number_of(permanent))
    path = publishing.permanent_path(row.fonds.archives.code, row.pk)
    asked = request.GET.get("format", "")
    if asked:
        if asked not in FORMATS:
            raise Missing
        address = publishing.permanent_address(row.fonds.archives.code, row.pk)
        element = FORMATS[asked][1](publishing.record_of(ctx, row, address))
        body = etree.tostring(element, xml_declaration=True, encoding="UTF-8")
        return HttpResponse(body, content_type="application/xml; charset=utf-8")
    if path != request.path:  # its fonds went to another archives, or somebody wrote the letters his own way
        return HttpResponseRedirect(path)
    if ctx.actor.id is None:
        raise Missing
    return HttpResponseRedirect(row.get_absolute_url())
