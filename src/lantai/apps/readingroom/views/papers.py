"""Certificates at the desk."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lantai.apps.readingroom import queries, services
from lantai.apps.readingroom.permissions import P
from lantai.apps.readingroom.states import CERTIFICATE
from lantai.apps.readingroom.tables import CERTIFICATE_STATES, CertificateTable
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Moment, Tone
from lantai.platform.workflow import queries as workflow


@needs(P.REQUEST_READ)
@require_GET
def certificates(request: HttpRequest) -> HttpResponseBase:
    """What our archives has certified."""
    empty = Empty(_("这里会出现档案证明"), _("查档申请审核通过后，证明自动出具。"))
    rows = queries.visible_certificates(ctx_of(request))
    return respond(request, CertificateTable(rows), title=_("档案证明"), empty=empty)


@needs(P.REQUEST_READ)
@require_GET
def certificate(request: HttpRequest, certificate_id: int) -> HttpResponse:
    """One certificate: what it is, what it rests on, what became of it."""
    ctx = ctx_of(request)
    row = queries.get_certificate(ctx, certificate_id)
    download = Act(
        _("下载 PDF"), reverse("readingroom:certificate_pdf", args=[row.pk]), method="get", icon="download"
    )
    shown = Act(
        _("打开核验页"),
        reverse("readingroom:verify_code", args=[row.check_code]),
        method="get",
        icon="qrcode",
    )
    moves = pages.acts_of(
        workflow.possible_moves(ctx, row, CERTIFICATE),
        lambda move: reverse("readingroom:revoke", args=[row.pk]),
    )
    facts = [
        Fact(_("办件编号"), row.request.number, "code", url=row.request.get_absolute_url()),
        Fact(_("申请人"), row.request.applicant_name),
        Fact(_("出证档案馆"), row.request.archives.name),
        Fact(_("出证时间"), row.issued_at, "moment"),
        Fact(_("大小"), row.size_bytes, "size"),
        Fact(_("校验码"), row.check_code, "code"),
        Fact(_("文件摘要 (SHA-256)"), row.sha256, "code"),
        Fact(_("操作日志编号"), row.entry_id, "code"),
    ]
    return pages.detail(
        request,
        title=_("档案证明 %(number)s") % {"number": row.number},
        kicker=_("档案证明"),
        state=CERTIFICATE_STATES[row.state],
        acts=[download, shown, *moves],
        facts=facts,
        moments=[
            *pages.moments_of(workflow.timeline("readingroom:certificate", row.pk)),
            Moment(row.issued_at, row.request.archives.name, _("出具证明"), tone=Tone.GOOD),
        ],
        crumbs=[Crumb(_("档案证明"), reverse("readingroom:certificates")), Crumb(row.number)],
    )


@needs(P.REQUEST_READ)
@require_GET
def pdf(request: HttpRequest, certificate_id: int) -> HttpResponseBase:
    """The signed file."""
    row = queries.get_certificate(ctx_of(request), certificate_id)
    return FileResponse(
        queries.open_pdf(row),
        as_attachment=True,
        filename=f"{row.number}.pdf",
        content_type="application/pdf",
    )


@needs(P.CERTIFICATE_REVOKE)
@require_POST
def revoke(request: HttpRequest, certificate_id: int) -> HttpResponse:
    """Withdraw a certificate."""
    reason = request.POST.get("reason", "")
    row = services.revoke_certificate(ctx_of(request), certificate_id=certificate_id, reason=reason)
    said = _("证明 %(number)s 已撤销，核验页从现在起显示撤销。") % {"number": row.number}
    return pages.done(request, said, to=row)
