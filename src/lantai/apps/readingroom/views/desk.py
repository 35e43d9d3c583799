"""The desk: requests, their records, the next act."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.readingroom import queries, services
from lantai.apps.readingroom.forms import HallForm, StatementForm
from lantai.apps.readingroom.models import Request
from lantai.apps.readingroom.permissions import P
from lantai.apps.readingroom.states import REQUEST
from lantai.apps.readingroom.tables import REQUEST_STATES, RequestTable
from lantai.kit.errors import Missing
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.jobs.types import ENDED
from lantai.platform.ui import pages
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Clock, Crumb, Empty, Fact, Tone
from lantai.platform.workflow import queries as workflow

OBJECT = "readingroom:request"


@needs(P.REQUEST_READ)
@require_GET
def requests(request: HttpRequest) -> HttpResponseBase:
    """Requests to our archives."""
    empty = Empty(
        _("这里会出现查档申请"),
        _("市民在门户提交申请后，会立即排到这里。"),
        Act(_("打开门户"), reverse("readingroom:home"), method="get"),
    )
    return respond(
        request, RequestTable(queries.desk_rows(ctx_of(request))), title=_("查档申请"), empty=empty
    )


@needs(P.REQUEST_READ)
@require_GET
def request(request: HttpRequest, request_id: int) -> HttpResponse:
    """One request: facts, linked records, search, acts, timeline."""
    ctx = ctx_of(request)
    row = queries.get(ctx, request_id)
    is_searching = row.state == "accepted" and row.archives_id in ctx.actor.orgs_with(P.REQUEST_HANDLE)
    text = request.GET.get("q", "").strip()[:200]
    if is_searching and not text:
        text = (" ".join(row.persons) or row.clue[:200]) if "q" not in request.GET else ""
    return pages.detail(
        request,
        title=_("查档申请 %(number)s") % {"number": row.number},
        kicker=row.get_topic_display(),
        state=REQUEST_STATES[row.state],
        acts=_acts(ctx, row),
        facts=_facts(row),
        moments=pages.moments_of(workflow.timeline(OBJECT, row.pk)),
        clocks=_clocks(ctx, row),
        crumbs=[Crumb(_("查档申请"), reverse("readingroom:requests")), Crumb(row.number)],
        template="readingroom/request.html",
        row=row,
        is_searching=is_searching,
        may_handle=row.archives_id in ctx.actor.orgs_with(P.REQUEST_HANDLE),
        findings=[(finding, _statement_form(finding)) for finding in queries.findings_of(row.pk)],
        text=text,
        hits=queries.linkable(ctx, row, text) if is_searching else [],
        certificate=queries.certificate_of(row.pk),
        run=queries.issuing_run(row.pk),
    )


def _statement_form(finding: object) -> StatementForm:
    statement, key = getattr(finding, "statement", ""), getattr(finding, "pk", 0)
    return StatementForm(initial={"statement": statement}, auto_id=f"id_{key}_%s")


def _acts(ctx: Ctx, row: Request) -> list[Act]:
    url = lambda move: reverse("readingroom:move_request", args=[row.pk, move])  # noqa: E731
    confirm = {"approve": _("同意后立即出具带签名和编号的证明，申请人可以下载。出具后只能撤销，不能修改。")}
    acts = list(pages.acts_of(workflow.possible_moves(ctx, row, REQUEST), url, confirm=confirm))
    run = queries.issuing_run(row.pk) if row.state == "issuing" else None
    is_stuck = run is not None and run.state in ENDED
    if is_stuck and row.archives_id in ctx.actor.orgs_with(P.CERTIFICATE_APPROVE):
        acts.append(Act(_("退回待审核"), url("give_up_issuing"), needs_reason=True, icon="arrow-back-up"))
    return acts


def _facts(row: Request) -> list[Fact]:
    return [
        Fact(_("收件号"), row.desk_name, "code"),
        Fact(_("受理档案馆"), row.archives.name),
        Fact(_("档案所载姓名"), " ".join(row.persons)),
        Fact(_("大致年份"), row.years),
        Fact(_("登记地点或单位"), row.place),
        Fact(_("其他线索"), row.clue),
        Fact(_("申请人"), row.applicant_name),
        Fact(_("与档案所载人的关系"), row.get_relation_display()),
        Fact(_("利用目的"), row.get_purpose_display()),
        Fact(_("证件"), f"{row.get_id_kind_display()} {row.id_number_masked}"),
        Fact(_("联系电话"), row.phone_masked, "code"),
        Fact(_("提交时间"), row.submitted_at, "moment"),
    ]


def _clocks(ctx: Ctx, row: Request) -> list[Clock]:
    clock = workflow.clock_of(OBJECT, row.pk)
    if clock is None:
        return []
    label = _("受理期限") if clock.kind == "accept" else _("答复期限")
    left = workflow.days_left(clock.due_on, timezone.localdate(ctx.now))
    return [Clock(label, clock.due_on, left)]


@needs(P.REQUEST_READ)
@require_POST
def move_request(request: HttpRequest, request_id: int, move: str) -> HttpResponse:
    """The next act of the table."""
    reason = request.POST.get("reason", "")
    row = services.move_request(ctx_of(request), request_id=request_id, move=move, reason=reason)
    said = {"number": row.number, "state": REQUEST_STATES[row.state].label}
    return pages.done(request, _("查档申请 %(number)s 现在是：%(state)s。") % said, to=row)


@needs(P.REQUEST_HANDLE)
@require_POST
def link_finding(request: HttpRequest, request_id: int) -> HttpResponse:
    """Link a record."""
    row = queries.get(ctx_of(request), request_id)
    chosen = request.POST.get("description", "")
    if not (chosen.isdecimal() and len(chosen) < 18):
        raise Missing
    services.link_finding(ctx_of(request), request_id=row.pk, description_id=int(chosen))
    return pages.done(request, _("已关联。请写明档案中的有关记载。"), to=row)


@needs(P.REQUEST_HANDLE)
@require_POST
def unlink_finding(request: HttpRequest, finding_id: int) -> HttpResponse:
    """Take a record away."""
    row = services.unlink_finding(ctx_of(request), finding_id=finding_id)
    return pages.done(request, _("已取消关联，档案本身不受影响。"), to=row)


@needs(P.REQUEST_HANDLE)
@require_POST
def write_statement(request: HttpRequest, finding_id: int) -> HttpResponse:
    """Write what a record says."""
    finding = queries.get_finding(ctx_of(request), finding_id)
    form = StatementForm(request.POST)
    if not form.is_valid():
        title = _("证明内容")
        return pages.form(request, form, title=title, submit=_("保存证明内容"))
    row = services.write_statement(ctx_of(request), finding_id=finding.pk, **form.cleaned_data)
    return pages.done(request, _("证明内容已保存。"), to=row)


@needs(P.REQUEST_HANDLE)
@never_cache
@require_POST
def reveal_identity(request: HttpRequest, request_id: int) -> HttpResponse:
    """Identity and phone number in full, on a page that is not kept."""
    row = queries.get(ctx_of(request), request_id)
    identity = services.reveal_identity(ctx_of(request), request_id=row.pk)
    context = {"title": _("申请人资料"), "row": row, "identity": identity}
    return pages.show(request, "readingroom/identity.html", context)


@needs(P.REQUEST_HANDLE)
@require_http_methods(["GET", "POST"])
def hall(request: HttpRequest) -> HttpResponse:
    """What the portal says of our reading room."""
    ctx = ctx_of(request)
    if ctx.org_id is None or ctx.org_id not in ctx.actor.orgs_with(P.REQUEST_HANDLE):
        raise Missing
    kept = queries.hall_of(ctx.org_id)
    known = {name: getattr(kept, name) for name in HallForm.base_fields} if kept else {"takes_requests": True}
    form = HallForm(request.POST or None, initial=known)
    if not form.is_valid():
        return pages.form(
            request,
            form,
            title=_("查档窗口"),
            submit=_("保存并公布"),
            intro=_("保存后立即显示在门户上。没有填写的内容，门户会请读者向本馆咨询。"),
            cancel_url=reverse("readingroom:requests"),
        )
    services.describe_hall(ctx, archives_id=ctx.org_id, **form.cleaned_data)
    return pages.done(request, _("查档窗口信息已公布。"), to="readingroom:hall", tone=Tone.GOOD)
