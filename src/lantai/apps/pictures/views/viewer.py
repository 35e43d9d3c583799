"""The viewer: pages in a strip, deep zoom, rotation, keyboard and fingers; for staff and for strangers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from lantai.apps.catalogue.queries import publishing
from lantai.apps.pictures import services
from lantai.apps.pictures.queries import pages
from lantai.apps.pictures.views.manifests import manifest_path
from lantai.kit.errors import Missing
from lantai.kit.numbering.permanent import permanent_id
from lantai.platform.context import Ctx
from lantai.platform.gates import public
from lantai.platform.ui.pages import show


@public
@require_GET
def viewer(request: HttpRequest, item_id: int) -> HttpResponse:
    """All pages of a record; ``#3`` opens the third."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = publishing.one(ctx, item_id)
    files = pages.shown_files(ctx, item_id)
    shown = list(pages.pages_of(files, services.measured(files)))
    if not shown:
        raise Missing
    leaves = [
        {
            "info": reverse("pictures:info", args=[page.named(permanent_id(row.permanent))]),
            "small": reverse("catalogue:page", args=[row.pk, page.file_id, page.number]) + "?w=240",
            "name": page.name,
            "number": page.number,
        }
        for page in shown
    ]
    page = {
        "title": row.title,
        "row": row,
        "leaves": leaves,
        "count": len(leaves),
        "back_url": publishing.permanent_path(row.fonds.archives.code, row.permanent),
        "manifest_url": manifest_path(row),
        "crumbs": [],
    }
    return show(request, "pictures/viewer.html", page)
