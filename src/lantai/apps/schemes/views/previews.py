"""Trying a version on something real."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from lantai.apps.schemes import comparing, queries, services, subjects
from lantai.apps.schemes.forms.versions import PreviewForm
from lantai.apps.schemes.permissions import P
from lantai.apps.schemes.views.versions import crumbs_of
from lantai.kit.errors import Refusal
from lantai.platform.context import Ctx
from lantai.platform.desk.progress import progress_of
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.types import Fact


@needs(P.SCHEME_READ)
@require_http_methods(["GET", "POST"])
def try_(request: HttpRequest, version_id: int) -> HttpResponse:
    """Choose what to try it on."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, version_id)
    offered = {
        kind: (str(source.label), source.candidates(ctx, row.slug))
        for kind, source in subjects.sources().items()
    }
    form = PreviewForm(request.POST or None, offered=offered)
    if form.is_valid():
        kind, subject_id = form.chosen()
        stage = form.cleaned_data["stage"]
        try:
            preview = services.start_preview(
                ctx, version_id=row.pk, subject_type=kind, subject_id=subject_id, stage=stage
            )
            return pages.done(request, _("试检已开始，可以关闭本页。"), to=preview)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("试检"),
        submit=_("开始试检"),
        intro=_("用这一版和现行方案各检测一次，比较两份报告。被检测的信息包不受影响，也不留下检测记录。"),
        crumbs=crumbs_of(row, _("试检")),
        cancel_url=row.get_absolute_url(),
    )


@needs(P.SCHEME_READ)
@require_GET
def preview(request: HttpRequest, preview_id: int) -> HttpResponse:
    """Both reports side by side; how far it is until it has ended."""
    row = queries.get_preview(request.ctx, preview_id)  # type: ignore[attr-defined]
    going = row.run if row.finished_at is None else None
    return pages.detail(
        request,
        title=_("试检：%(name)s") % {"name": row.subject_name},
        kicker=str(row.version),
        facts=[
            Fact(_("环节"), row.get_stage_display()),
            Fact(_("现行方案"), row.edition_in_force),
            Fact(_("试用方案"), row.edition_tried, url=row.version.get_absolute_url()),
            Fact(_("试检人"), row.asked_by),
            Fact(_("完成时间"), row.finished_at, "moment"),
        ],
        crumbs=crumbs_of(row.version, _("试检")),
        template="schemes/preview.html",
        found=None if going else comparing.compared(row),
        progress=progress_of(going) if going else None,
        back=reverse("schemes:try", args=[row.version_id]),
    )
