"""Evidence in, evidence and the approval out."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.singleset import printing, queries, services
from lantai.apps.singleset.forms import EvidenceForm
from lantai.apps.singleset.permissions import P
from lantai.kit.errors import Refusal
from lantai.platform.blobs import services as blobs
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.downloads import saved
from lantai.platform.ui.types import Crumb


@needs(P.ASSESSMENT_DRAFT)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """Upload a paper for a criterion."""
    row = queries.get_assessment(request.ctx, assessment_id)  # type: ignore[attr-defined]
    criteria = queries.terms_of(row).criteria
    form = EvidenceForm(
        request.POST or None,
        request.FILES or None,
        criteria=criteria,
        initial={"code": request.GET.get("code")},
    )
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            services.add_evidence(
                request.ctx,  # type: ignore[attr-defined]
                assessment_id=row.pk,
                code=form.cleaned_data["code"],
                name=file.name,
                content=file.chunks(),
            )
            return pages.done(request, _("已收录“%(name)s”。") % {"name": file.name}, to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    crumbs = [Crumb(_("单套管理"), reverse("singleset:assessments")), Crumb(str(row), row.get_absolute_url())]
    return pages.form(
        request,
        form,
        title=_("上传佐证材料"),
        submit=_("上传"),
        crumbs=crumbs,
        cancel_url=row.get_absolute_url(),
    )


@needs(P.ASSESSMENT_READ)
@require_GET
def evidence(request: HttpRequest, evidence_id: int) -> FileResponse:
    """A paper as it was uploaded."""
    paper = queries.get_evidence(request.ctx, evidence_id)  # type: ignore[attr-defined]
    return saved(blobs.open_blob(paper.blob_key), name=paper.name, size_bytes=paper.size_bytes)


@needs(P.ASSESSMENT_DRAFT)
@require_POST
def drop(request: HttpRequest, evidence_id: int) -> HttpResponse:
    """Take a paper out."""
    row = services.drop_evidence(request.ctx, evidence_id=evidence_id)  # type: ignore[attr-defined]
    return pages.done(request, _("已删除这件佐证材料。"), to=row)


@needs(P.ASSESSMENT_READ)
@require_GET
def approval(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """The approval on paper."""
    row = queries.get_assessment(request.ctx, assessment_id)  # type: ignore[attr-defined]
    answer = HttpResponse(printing.approval_pdf(row), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="single-set-{row.pk}.pdf"'
    return answer
