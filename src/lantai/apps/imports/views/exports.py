"""What I see, as a file."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lantai.apps.catalogue.queries.addresses import KEPT, asked_from
from lantai.apps.imports import services
from lantai.apps.imports.permissions import P
from lantai.apps.imports.services.exporting import Listed
from lantai.kit.errors import Invalid
from lantai.kit.text.figures import is_number
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.types import Crumb

MOST_IDS = 500  # in an address


@needs(P.RECORDS_EXPORT)
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """In which format; the conditions stand in the address."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    query = _kept(request.GET)
    page: dict[str, object] = {
        "title": _("导出目录"),
        "crumbs": [Crumb(_("目录"), reverse("catalogue:list"))],
        "formats": [
            (one.label, f"{reverse('imports:export', args=[one.slug])}?{query}")
            for one in services.FORMATS.values()
        ],
    }
    try:
        page["count"] = services.rows_of(ctx, _asked(request.GET)).count()
    except Invalid as refusal:
        return pages.show(request, "imports/export.html", page | {"refusal": pages.said(refusal)}, status=422)
    return pages.show(request, "imports/export.html", page)


@needs(P.RECORDS_EXPORT)
@require_GET
def export(request: HttpRequest, format: str) -> HttpResponseBase:
    """The file, streamed."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    title = request.GET.get("title", "").strip()[:80] or _("目录")
    chunks = services.export(ctx, asked=_asked(request.GET), format=format, title=title)
    found = services.FORMATS[format]
    response = StreamingHttpResponse(chunks, content_type=found.mime)
    name = f"{slugify(title, allow_unicode=True) or 'list'}.{found.suffix}"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _asked(data: QueryDict) -> object:
    """What the list shows, or ids, where the address names some, else the search that it spells."""
    if "list" in data:
        return Listed(data["list"])
    ids = [int(one) for one in data.getlist("id")[:MOST_IDS] if is_number(one)]
    return ids or asked_from(data)


def _kept(data: QueryDict) -> str:
    kept = QueryDict(mutable=True)
    for name in (*KEPT, "id", "list", "title"):
        kept.setlist(name, data.getlist(name))
    return kept.urlencode()
