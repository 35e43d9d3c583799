"""Persistent addresses: they outlive every change of our pages."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from lxml import etree

from lantai.apps.catalogue.queries import publishing
from lantai.apps.catalogue.queries.panels import panels_of
from lantai.apps.interop.queries.citing import panel
from lantai.apps.interop.types import NotShown
from lantai.apps.interop.views.oai import FORMATS
from lantai.kit.errors import Missing
from lantai.kit.metadata.exchange import Record
from lantai.platform.context import Ctx
from lantai.platform.documents import services as documents
from lantai.platform.gates import public
from lantai.platform.ui.pages import show
from lantai.platform.ui.types import Fact


@public
@require_GET
def permanent(request: HttpRequest, archives: str, permanent: str) -> HttpResponse:
    """To the page of a description; ``?format=`` gives it in a format of exchange instead."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    try:
        row = publishing.one_of(ctx, permanent)
    except Missing:
        if ctx.actor.id is not None:
            raise
        raise NotShown from None
    code = row.fonds.archives.code
    path = publishing.permanent_path(code, row.permanent)
    record = publishing.record_of(
        ctx, row, publishing.permanent_address(code, row.permanent), publishing.Schemes()
    )
    if asked := request.GET.get("format", ""):
        return _formatted(record, asked)
    if path != f"/id/{quote(archives, safe='')}/{permanent}":
        return HttpResponseRedirect(
            path
        )  # its fonds went to another archives, or somebody wrote it his own way
    if ctx.actor.id is not None:
        return HttpResponseRedirect(row.get_absolute_url())
    return show(request, "interop/record.html", _page(ctx, row, record))


def _formatted(record: Record, asked: str) -> HttpResponse:
    if asked not in FORMATS:
        raise Missing
    body = etree.tostring(FORMATS[asked][1](record), xml_declaration=True, encoding="UTF-8")
    return HttpResponse(body, content_type="application/xml; charset=utf-8")


def _page(ctx: Ctx, row: publishing.Description, record: Record) -> Mapping[str, object]:
    """What strangers see of an open record."""
    facts = [
        Fact(_("档号"), record.reference_code, "code"),
        Fact(_("保管机构"), record.archives_name),
        Fact(_("全宗"), f"{record.fonds_code} {record.fonds_name}"),
        Fact(_("责任者"), record.author),
        Fact(_("文号"), record.document_number),
        Fact(_("日期"), record.date_text),
        Fact(_("保管期限"), record.retention_text),
        Fact(_("页数"), record.page_count, "number"),
        *(Fact(label, text) for label, text in record.own.items()),
        Fact(_("附注"), record.note),
    ]
    viewers = [one for one in panels_of(ctx, row) if "viewer_url" in one.values]
    return {
        "title": record.title,
        "record": record,
        "facts": [fact for fact in facts if fact.value not in (None, "")],
        "panel": panel(ctx, row),
        "pages_url": viewers[0].values["viewer_url"] if viewers else "",
        "ask_url": f"/apply/document/?record={quote(record.reference_code)}&at={quote(record.archives_code)}",
        "formats": tuple(FORMATS),
    }


@public
@require_GET
def qr(request: HttpRequest, archives: str, permanent: str) -> HttpResponse:
    """The persistent address as a QR code."""
    row = publishing.one_of(request.ctx, permanent)  # type: ignore[attr-defined]
    body = documents.qr_svg(publishing.permanent_address(row.fonds.archives.code, row.permanent))
    return HttpResponse(body, content_type="image/svg+xml", headers={"Cache-Control": "private, max-age=300"})
