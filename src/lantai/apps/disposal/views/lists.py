"""Pages of destruction lists, from drafting to the register."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.disposal import printing, queries, services
from lantai.apps.disposal.elsewhere import backups_left
from lantai.apps.disposal.forms import DraftForm, ExecuteForm, LineForm, OpinionForm
from lantai.apps.disposal.models import DisposalLine, DisposalList, Supervisor
from lantai.apps.disposal.permissions import P
from lantai.apps.disposal.states import LIST
from lantai.apps.disposal.tables import STATES, VERDICTS, LineTable, ListTable
from lantai.apps.disposal.types import OBJECT, ListState, NotDestroyedYet
from lantai.apps.holdings import queries as holdings
from lantai.kit.errors import Refusal
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ledger import services as ledger
from lantai.platform.ledger.queries import entries_about
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Tone
from lantai.platform.workflow import queries as workflow

OVER = (ListState.DESTROYED, ListState.WITHDRAWN)


def _crumbs(row: DisposalList | None = None) -> list[Crumb]:
    way = [Crumb(pgettext("many", "鉴定销毁"), reverse("disposal:lists"))]
    return [*way, Crumb(row.number, row.get_absolute_url())] if row else way


@needs(P.LIST_READ)
@require_GET
def lists(request: HttpRequest) -> HttpResponseBase:
    """Destruction lists."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    new = Act(_("编制销毁清册"), reverse("disposal:draft"), Tone.PRIMARY, "plus", method="get")
    acts = [new] if ctx.actor.holds(P.LIST_DRAFT) else []
    empty = Empty(
        _("这里会出现销毁清册"),
        _(
            "保管期限届满的档案列入清册，经鉴定小组提出意见、两人先后批准、两人监销后，销毁所有副本中的内容；目录和证据保留。"
        ),
        acts[0] if acts else None,
    )
    return respond(
        request, ListTable(queries.visible(ctx)), title=pgettext("many", "鉴定销毁"), empty=empty, acts=acts
    )


@needs(P.LIST_DRAFT)
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest) -> HttpResponse:
    """List everything that is due."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    orgs = queries.orgs_with(ctx, P.LIST_DRAFT)
    form = DraftForm(request.POST or None, orgs=orgs)
    if form.is_valid():
        said = form.cleaned_data
        try:
            row = services.draft_list(ctx, org_id=said["org"].pk, title=said["title"], reason=said["reason"])
            return pages.done(request, _("已编制清册“%(number)s”。") % {"number": row.number}, to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    counts = queries.due_counts(ctx, orgs, timezone.localdate(ctx.now))
    known = "；".join(_("%(org)s 现有 %(n)d 件") % {"org": name, "n": n} for name, n in counts)
    intro = _(
        "保管期限届满、没有法律保全、也不在其他清册中的档案将全部列入（%(known)s）；鉴定时可逐件改为续存。"
    ) % {"known": known}
    return pages.form(
        request, form, title=_("编制销毁清册"), submit=_("编制"), crumbs=_crumbs(), intro=intro,
        cancel_url=reverse("disposal:lists"),
    )  # fmt: skip


@needs(P.LIST_READ)
@require_GET
def disposal_list(request: HttpRequest, disposal_list_id: int) -> HttpResponse:
    """One list: who said what, what may be done next."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, disposal_list_id)
    return pages.detail(
        request,
        title=row.title,
        kicker=row.number,
        state=STATES[row.state],
        acts=_acts(ctx, row),
        facts=_facts(row),
        moments=pages.moments_of(workflow.timeline(OBJECT, row.pk)),
        crumbs=[*_crumbs(), Crumb(row.number)],
        template="disposal/list.html",
        row=row,
        opinions=row.opinions.all(),
        held=0 if row.state in OVER else queries.held_lines(row, timezone.localdate(ctx.now)).count(),
        left=queries.copies_left(row) if row.state in {ListState.DESTROYING, ListState.DESTROYED} else (),
        backups=backups_left(row.destroyed_at) if row.destroyed_at else (),
    )


def _facts(row: DisposalList) -> list[Fact]:
    """What is known by now: who executes it, and where, is not before it is executed."""
    known = [
        Fact(_("销毁理由"), row.reason),
        Fact(_("提出人"), row.drafter_name),
        Fact(_("提出时间"), row.drafted_at, "moment"),
        Fact(_("执行人"), row.executor_name),
        Fact(_("监销人"), "、".join(_watched(one) for one in row.supervisors.all())),
        Fact(_("销毁方式"), row.method),
        Fact(_("销毁地点"), row.place),
        Fact(_("销毁时间"), row.destroyed_at, "moment"),
        Fact(_("保管单位"), row.org.name),
    ]
    return [fact for fact in known if fact.value]


def _watched(one: Supervisor) -> str:
    return _("%(name)s（已确认）") % {"name": one.name} if one.confirmed_at else one.name


def _acts(ctx: Ctx, row: DisposalList) -> list[Act]:
    acts = list(
        pages.acts_of(
            workflow.possible_moves(ctx, row, LIST),
            lambda name: reverse("disposal:move", args=[row.pk, name]),
        )
    )
    if queries.may_speak(ctx, row):
        acts.insert(
            0, Act(_("发表鉴定意见"), reverse("disposal:opinion", args=[row.pk]), icon="edit", method="get")
        )
    if row.state == ListState.APPROVED and row.org_id in ctx.actor.orgs_with(P.LIST_EXECUTE):
        url = reverse("disposal:execute", args=[row.pk])
        acts.insert(0, Act(_("执行销毁"), url, Tone.PRIMARY, "trash", method="get"))
    if row.state == ListState.DESTROYING and queries.may_resume(ctx, row):
        acts.insert(0, Act(_("继续销毁"), reverse("disposal:resume", args=[row.pk]), Tone.PRIMARY, "trash"))
    if queries.watching(ctx, row) is not None:
        acts.insert(
            0, Act(_("确认监销"), reverse("disposal:supervised", args=[row.pk]), Tone.PRIMARY, "check")
        )
    if row.state not in printing.UNDER_APPRAISAL and row.state != ListState.WITHDRAWN:
        acts.append(
            Act(_("打印销毁清册"), reverse("disposal:register", args=[row.pk]), icon="printer", method="get")
        )
    if row.state == ListState.DESTROYED:
        acts.append(
            Act(_("下载存证凭据"), reverse("disposal:receipt", args=[row.pk]), icon="download", method="get")
        )
    return acts


@needs(P.LIST_READ)
@require_GET
def lines(request: HttpRequest, disposal_list_id: int) -> HttpResponseBase:
    """The items of a list."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, disposal_list_id)
    return respond(
        request, LineTable(queries.lines(ctx, row.pk)), title=_("清册 %(n)s 条目") % {"n": row.number},
        crumbs=[*_crumbs(row), Crumb(_("条目"))],
    )  # fmt: skip


@needs(P.LIST_READ)
@require_http_methods(["GET", "POST"])
def line(request: HttpRequest, disposal_line_id: int) -> HttpResponse:
    """One item of a list; the group may say that it is kept."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = policy.one(
        queries.visible_lines(ctx).select_related("disposal_list", "description"), pk=disposal_line_id
    )
    owner = row.disposal_list
    form = LineForm(request.POST or None, initial={"verdict": row.verdict, "note": row.note})
    if request.method == "POST" and form.is_valid():
        services.judge_line(ctx, line_id=row.pk, **form.cleaned_data)
        return pages.done(request, _("已记录鉴定结论。"), to=reverse("disposal:lines", args=[owner.pk]))
    if owner.state in {ListState.DRAFTING, ListState.APPRAISING} and ctx.actor.holds(P.LIST_APPRAISE):
        return pages.form(
            request, form, title=row.title, submit=_("保存"), crumbs=[*_crumbs(owner), Crumb(row.reference_code)],
            cancel_url=reverse("disposal:lines", args=[owner.pk]), template="disposal/line.html",
            facts=_line_facts(row)[:5], item_url=row.description.get_absolute_url(),
        )  # fmt: skip
    done = [
        Fact(_("文件数"), row.file_count, "number"),
        Fact(_("字节数"), row.byte_count, "size"),
        Fact(_("销毁时间"), row.destroyed_at, "moment"),
    ]
    facts = [*_line_facts(row), *(done if row.destroyed_at else ()), Fact(_("备注"), row.note)]
    return pages.detail(
        request, title=row.title, kicker=row.reference_code, state=VERDICTS[row.verdict], facts=facts,
        crumbs=[*_crumbs(owner), Crumb(row.reference_code)],
    )  # fmt: skip


def _line_facts(row: DisposalLine) -> list[Fact]:
    return [
        Fact(_("档号"), row.reference_code, "code", url=row.description.get_absolute_url()),
        Fact(_("责任者"), row.author),
        Fact(_("日期"), row.dated_on, "date"),
        Fact(_("原保管期限"), holdings.retention_said(row.retention)),
        Fact(_("期满日期"), row.expired_on, "date"),
    ]


@needs(P.LIST_APPRAISE)
@require_http_methods(["GET", "POST"])
def opinion(request: HttpRequest, disposal_list_id: int) -> HttpResponse:
    """The word of a member of the group."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, disposal_list_id)
    form = OpinionForm(request.POST or None)
    if form.is_valid():
        try:
            services.give_opinion(ctx, list_id=row.pk, **form.cleaned_data)
            return pages.done(request, _("意见已记录。"), to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request, form, title=_("发表鉴定意见"), submit=_("提交意见"), crumbs=_crumbs(row),
        cancel_url=row.get_absolute_url(),
    )  # fmt: skip


@needs(P.LIST_EXECUTE)
@require_http_methods(["GET", "POST"])
def execute(request: HttpRequest, disposal_list_id: int) -> HttpResponse:
    """Destroy, under the eyes of two people."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, disposal_list_id)
    people = queries.may_supervise(row.org_id, timezone.localdate(ctx.now))
    form = ExecuteForm(request.POST or None, people=people)
    if form.is_valid():
        said = form.cleaned_data
        try:
            services.execute(
                ctx, list_id=row.pk, supervisor_ids=[user.pk for user in said["supervisors"]],
                method=said["method"], place=said["place"],
            )  # fmt: skip
            return pages.done(request, _("销毁已开始，完成后可打印销毁清册。"), to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    intro = _("执行后，清册所列档案的内容将从主存储和全部副本中删除，无法恢复；目录和证据保留。")
    return pages.form(
        request, form, title=_("执行销毁"), submit=_("执行销毁"), crumbs=_crumbs(row), intro=intro,
        cancel_url=row.get_absolute_url(),
    )  # fmt: skip


@needs(P.LIST_EXECUTE)
@require_POST
def resume(request: HttpRequest, disposal_list_id: int) -> HttpResponse:
    """Go on with a destruction whose run ended before it was done."""
    row = queries.get(request.ctx, disposal_list_id)  # type: ignore[attr-defined]
    services.resume(request.ctx, list_id=row.pk)  # type: ignore[attr-defined]
    return pages.done(request, _("销毁继续进行，完成后可打印销毁清册。"), to=row)


@needs(P.LIST_SUPERVISE)
@require_POST
def supervised(request: HttpRequest, disposal_list_id: int) -> HttpResponse:
    """One of the two who watched says so."""
    row = queries.get(request.ctx, disposal_list_id)  # type: ignore[attr-defined]
    services.confirm_supervision(request.ctx, list_id=row.pk)  # type: ignore[attr-defined]
    return pages.done(request, _("已确认监销。"), to=row)


@needs(P.LIST_READ)
@require_POST
def move(request: HttpRequest, disposal_list_id: int, move: str) -> HttpResponse:
    """Submit, conclude, approve, send back, withdraw."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = services.move(ctx, list_id=disposal_list_id, name=move, reason=request.POST.get("reason", ""))
    return pages.done(request, _("清册现为“%(state)s”。") % {"state": row.get_state_display()}, to=row)


@needs(P.LIST_READ)
@require_GET
def register(request: HttpRequest, disposal_list_id: int) -> HttpResponse:
    """销毁清册 as PDF/A."""
    row = queries.get(request.ctx, disposal_list_id)  # type: ignore[attr-defined]
    answer = HttpResponse(printing.register_pdf(row), content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="{row.number}.pdf"'
    return answer


@needs(P.LIST_READ)
@require_GET
def receipt(request: HttpRequest, disposal_list_id: int) -> HttpResponse:
    """The receipt of the log, for checking the certificate without us."""
    row = queries.get(request.ctx, disposal_list_id)  # type: ignore[attr-defined]
    if row.entry_id is None:
        raise NotDestroyedYet
    entry = entries_about(OBJECT, row.pk).get(pk=row.entry_id)
    answer = HttpResponse(ledger.receipt_for(entry, row.statement), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{row.number}.receipt"'
    return answer
