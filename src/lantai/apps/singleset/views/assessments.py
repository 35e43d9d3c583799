"""Assessments: filled in by the agency, reviewed and approved by the archival authority."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.holdings import queries as holdings
from lantai.apps.singleset import queries, services
from lantai.apps.singleset.forms import ApprovalForm, BeginForm, CriteriaForm
from lantai.apps.singleset.models import Answer, Assessment
from lantai.apps.singleset.permissions import P
from lantai.apps.singleset.states import ASSESSMENT
from lantai.apps.singleset.tables import STATES, AssessmentTable
from lantai.apps.singleset.types import OBJECT, AssessmentState, Part, Terms
from lantai.kit.errors import Refusal
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Tab, Tone
from lantai.platform.workflow import queries as workflow

OWN_PAGE = {"submit": "singleset:submit", "review": "singleset:finish_review", "approve": "singleset:approve"}


@needs(P.ASSESSMENT_READ)
@require_GET
def assessments(request: HttpRequest) -> HttpResponseBase:
    """The rounds I may see."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    new = Act(_("开始评估"), reverse("singleset:begin"), Tone.PRIMARY, "plus", method="get")
    acts = [new] if ctx.actor.holds(P.ASSESSMENT_DRAFT) else []
    empty = Empty(
        _("这里会出现单套管理评估"),
        _("立档单位对照标准自评，档案主管部门审核批准后，电子文件可以只以电子形式归档。"),
        acts[0] if acts else None,
    )
    rows = queries.visible_assessments(ctx)
    return respond(request, AssessmentTable(rows), title=_("单套管理"), empty=empty, acts=acts)


@needs(P.ASSESSMENT_READ)
@require_GET
def assessment(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """One round: criteria by dimension with both opinions and the evidence."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_assessment(ctx, assessment_id)
    terms, answers = queries.terms_of(row), queries.answers_of(row.pk)
    return pages.detail(
        request,
        title=_("单套管理评估（第 %(number)d 次）") % {"number": row.number},
        kicker=row.org.name,
        state=STATES[row.state],
        acts=_acts(ctx, row),
        facts=_facts(row, terms, answers),
        moments=pages.moments_of(workflow.timeline(OBJECT, row.pk)),
        crumbs=[Crumb(_("单套管理"), reverse("singleset:assessments")), Crumb(str(row))],
        template="singleset/assessment.html",
        dimensions=_dimensions(terms, answers),
        may_edit=_may_answer(ctx, row),
        parts=_overview(row),
        terms=terms,
        row=row,
    )


def _facts(row: Assessment, terms: Terms, answers: dict[str, Answer]) -> list[Fact]:
    score = queries.self_score(terms, answers)
    kinds = _("、").join(row.kinds.values_list("name", flat=True))
    done = _("%(done)d / %(all)d 条") % {"done": score.answered, "all": score.total}
    return [
        Fact(_("档案种类"), kinds),
        Fact(_("业务系统和档案系统"), row.systems),
        Fact(_("填写进度"), done),
        Fact(_("自评得分"), score.percent, "number"),
        Fact(_("审核得分"), queries.review_score(terms, answers).percent, "number"),
        Fact(_("及格线"), terms.enough_percent, "number"),
        Fact(_("单套起始日期"), row.valid_from, "date"),
        Fact(_("复查日期"), row.recheck_on, "date"),
        Fact(_("批准机关"), row.approved_by),
        Fact(_("批复文号"), row.citation),
        Fact(_("评估标准"), terms.citation, url=row.rule.get_absolute_url()),
    ]


def _overview(row: Assessment) -> list[tuple[Part, Part]]:
    """Each dimension with how far the agency and the reviewer are."""
    sides = (queries.parts_of(row, is_review=is_review) for is_review in (False, True))
    return list(zip(*sides, strict=True))


def _dimensions(terms: Terms, answers: dict[str, Answer]) -> list[tuple[str, list[tuple[object, Answer]]]]:
    found: dict[str, list[tuple[object, Answer]]] = {}
    for one in terms.criteria:
        found.setdefault(one.dimension, []).append((one, answers[one.code]))
    return list(found.items())


def _may_answer(ctx: Ctx, row: Assessment) -> bool:
    return row.state == AssessmentState.DRAFT and row.org_id in ctx.actor.orgs_with(P.ASSESSMENT_DRAFT)


def _acts(ctx: Ctx, row: Assessment) -> list[Act]:
    acts = [
        Act(
            move.label,
            reverse(OWN_PAGE[move.name], args=[row.pk])
            if move.name in OWN_PAGE
            else reverse("singleset:move", args=[row.pk, move.name]),
            Tone.PRIMARY if move.is_primary else Tone.PLAIN,
            needs_reason=move.needs_reason,
            method="get" if move.name == "approve" else "post",
            why_not=_why_not(row, move.name),
        )
        for move in workflow.possible_moves(ctx, row, ASSESSMENT)
    ]
    if _may_answer(ctx, row):
        acts.append(_link(_("填写自评"), "singleset:answer", row, "edit"))
        acts.append(_link(_("上传佐证材料"), "singleset:add_evidence", row, "upload"))
    if row.state == AssessmentState.SUBMITTED and row.org_id in ctx.actor.orgs_with(P.ASSESSMENT_REVIEW):
        acts.append(_link(_("填写审核意见"), "singleset:opine", row, "edit"))
    if row.state == AssessmentState.APPROVED:
        acts.append(_link(_("批准书"), "singleset:approval", row, "download"))
    return acts


def _why_not(row: Assessment, move: str) -> str:
    """Why a move that everything must be filled in for cannot be made yet."""
    if move not in ("submit", "review"):
        return ""
    parts = queries.parts_of(row, is_review=move == "review")
    left = sum(len(one.criteria) - one.done for one in parts)
    return _("还有 %(left)d 条没有填写。") % {"left": left} if left else ""


def _link(label: str, name: str, row: Assessment, icon: str) -> Act:
    return Act(label, reverse(name, args=[row.pk]), icon=icon, method="get")


@needs(P.ASSESSMENT_DRAFT)
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a round."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    form = BeginForm(request.POST or None, orgs=queries.orgs_to_assess(ctx), kinds=holdings.kinds())
    if form.is_valid():
        said = form.cleaned_data
        kinds = [kind.pk for kind in said["kinds"]]
        try:
            row = services.begin(ctx, org_id=said["org"].pk, kind_ids=kinds, systems=said["systems"])
            return pages.done(
                request, _("评估已开始，请逐条填写。"), to=reverse("singleset:answer", args=[row.pk])
            )
        except Refusal as refusal:
            pages.refused(form, refusal)
    crumbs = [Crumb(_("单套管理"), reverse("singleset:assessments"))]
    return pages.form(
        request,
        form,
        title=_("开始单套管理评估"),
        submit=_("开始评估"),
        crumbs=crumbs,
        cancel_url=reverse("singleset:assessments"),
    )


@needs(P.ASSESSMENT_DRAFT)
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """Fill in the self-assessment; it may be saved half done."""
    row = queries.get_assessment(request.ctx, assessment_id)  # type: ignore[attr-defined]
    return _criteria(request, row, services.answer, is_review=False, title=_("填写自评"))


@needs(P.ASSESSMENT_REVIEW)
@require_http_methods(["GET", "POST"])
def opine(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """Enter the reviewer's opinion; it may be saved half done."""
    row = queries.get_assessment(request.ctx, assessment_id)  # type: ignore[attr-defined]
    return _criteria(request, row, services.opine, is_review=True, title=_("填写审核意见"))


def _criteria(
    request: HttpRequest, row: Assessment, save: Callable[..., Assessment], *, is_review: bool, title: str
) -> HttpResponse:
    """One dimension at a time: each is saved by itself, and leads to the next or to the summary."""
    parts = queries.parts_of(row, is_review=is_review)
    number = _part(request.GET.get("part", ""), parts)
    part = parts[number - 1]
    form = CriteriaForm(
        request.POST or None,
        criteria=part.criteria,
        answers=queries.answers_of(row.pk),
        is_review=is_review,
    )
    is_last = number == len(parts)
    if form.is_valid():
        try:
            save(request.ctx, assessment_id=row.pk, said=form.said())  # type: ignore[attr-defined]
            stops = is_last or "later" in request.POST
            to = row.get_absolute_url() if stops else f"{request.path}?part={number + 1}"
            return pages.done(request, _("“%(part)s”已保存。") % {"part": part.dimension}, to=to)
        except Refusal as refusal:
            pages.refused(form, refusal)
    crumbs = [Crumb(_("单套管理"), reverse("singleset:assessments")), Crumb(str(row), row.get_absolute_url())]
    return pages.form(
        request,
        form,
        title=title,
        submit=_("保存，查看汇总") if is_last else _("保存，填写下一部分"),
        template="singleset/part.html",
        crumbs=crumbs,
        cancel_url=row.get_absolute_url(),
        tabs=[Tab(one.label, f"{request.path}?part={n}", n == number) for n, one in enumerate(parts, 1)],
        done=sum(one.done for one in parts),
        total=sum(len(one.criteria) for one in parts),
        is_last=is_last,
    )


def _part(asked: str, parts: Sequence[Part]) -> int:
    """The number that was asked for, else that of the first part with something open."""
    if asked.isdecimal() and 1 <= int(asked[:3]) <= len(parts):
        return int(asked[:3])
    return next((n for n, one in enumerate(parts, 1) if not one.is_complete), 1)


@needs(P.ASSESSMENT_DRAFT)
@require_POST
def submit(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """Send the self-assessment for review."""
    row = services.submit(request.ctx, assessment_id=assessment_id)  # type: ignore[attr-defined]
    return pages.done(request, _("自评已报送，等待审核。"), to=row)


@needs(P.ASSESSMENT_REVIEW)
@require_POST
def finish_review(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """Hand the review over for approval."""
    row = services.finish_review(request.ctx, assessment_id=assessment_id)  # type: ignore[attr-defined]
    return pages.done(request, _("审核意见已提交，等待批准。"), to=row)


@needs(P.ASSESSMENT_APPROVE)
@require_http_methods(["GET", "POST"])
def approve(request: HttpRequest, assessment_id: int) -> HttpResponse:
    """Approve single-set management."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_assessment(ctx, assessment_id)
    form = ApprovalForm(request.POST or None, initial={"approved_by": ctx.org_name})
    if form.is_valid():
        try:
            services.approve(ctx, assessment_id=row.pk, **form.cleaned_data)
            return pages.done(request, _("已批准“%(org)s”实行单套管理。") % {"org": row.org.name}, to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    crumbs = [Crumb(_("单套管理"), reverse("singleset:assessments")), Crumb(str(row), row.get_absolute_url())]
    return pages.form(
        request,
        form,
        title=_("批准单套管理"),
        submit=_("批准单套管理"),
        intro=_("批准后，从起始日期起所选种类的电子文件归档和移交按更严的方案检测。"),
        crumbs=crumbs,
        cancel_url=row.get_absolute_url(),
    )


@needs(P.ASSESSMENT_READ)
@require_POST
def move(request: HttpRequest, assessment_id: int, move: str) -> HttpResponse:
    """Send back, suspend, resume or give up, with the reason; the state table asks for the permission."""
    reason = request.POST.get("reason", "")
    row = services.move(request.ctx, assessment_id=assessment_id, name=move, reason=reason)  # type: ignore[attr-defined]
    said = {"title": str(row), "state": STATES[row.state].label}
    return pages.done(request, _("“%(title)s”现在是：%(state)s。") % said, to=row)
