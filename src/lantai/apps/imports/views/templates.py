"""Empty sheets to fill in."""

from __future__ import annotations

import tempfile
from pathlib import Path

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lantai.apps.holdings import queries as holdings
from lantai.apps.imports.columns import own_elements, required_for
from lantai.apps.imports.permissions import P
from lantai.apps.imports.views.batches import crumbs_to
from lantai.kit.packages.catalogue.template import write_template
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.types import Act

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@needs(P.BATCH_ENTER)
@require_GET
def template_list(request: HttpRequest) -> HttpResponseBase:
    """For which kind a template is wanted."""
    kinds = [(_(kind.name), kind.slug) for kind in holdings.kinds()]
    upload = Act(_("导入目录"), reverse("imports:upload"), icon="upload", method="get")
    page = {"title": _("下载导入模板"), "kinds": kinds, "crumbs": crumbs_to(), "acts": [upload]}
    return pages.show(request, "imports/templates.html", page)


@needs(P.BATCH_ENTER)
@require_GET
def template(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The template of a kind, with the fields in force where I work."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    kind = holdings.kind(slug)
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "template.xlsx"
        write_template(target, own_elements(kind.pk, ctx.org_id), required=required_for(kind.pk, ctx.org_id))
        stream = target.open("rb")  # stays readable once its name is gone
    name = _("目录模板 %(kind)s.xlsx") % {"kind": _(kind.name)}
    return FileResponse(stream, as_attachment=True, filename=name, content_type=_XLSX)
