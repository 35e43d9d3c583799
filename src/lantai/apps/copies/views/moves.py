"""Moves, retirements, and where the two sides do not agree."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.copies import queries, services
from lantai.apps.copies.forms import MoveForm, RetireForm, SettleForm, SurveyForm
from lantai.apps.copies.models import Move
from lantai.apps.copies.permissions import P
from lantai.apps.copies.tables import MOVE_STATES, MoveTable, OrphanTable
from lantai.apps.copies.types import MOVE, MoveState, OrphanKind
from lantai.apps.copies.views.tabs import tabs
from lantai.kit.errors import Refusal
from lantai.platform.context import Ctx
from lantai.platform.desk.progress import going_on
from lantai.platform.gates import needs
from lantai.platform.ledger import queries as ledger
from lantai.platform.ui import pages
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Moment, Tone

WORDS = {
    "copies:move:started": gettext_lazy("开始"),
    "copies:move:stopped": gettext_lazy("停止"),
    "copies:move:finished": gettext_lazy("完成"),
}


@needs(P.COPY_READ)
@require_GET
def moves(request: HttpRequest) -> HttpResponseBase:
    """Moves and retirements in my sight."""
    ctx = ctx_of(request)
    acts = []
    if ctx.actor.holds(P.COPY_MOVE):
        acts.append(
            Act(_("搬迁副本"), reverse("copies:start_move"), Tone.PRIMARY, "arrow-right", method="get")
        )
    if ctx.actor.holds(P.PLACE_RETIRE):
        acts.append(Act(_("位置退出"), reverse("copies:retire_place"), icon="logout", method="get"))
    empty = Empty(_("没有搬迁"), _("副本从一个存储位置搬到另一个，或存储位置退出时，进度会出现在这里。"))
    rows = queries.visible_moves(ctx)
    return respond(
        request, MoveTable(rows), title=_("搬迁与退出"), acts=acts, tabs=tabs("moves"), empty=empty
    )


def _crumbs(*more: Crumb) -> list[Crumb]:
    above = Crumb(pgettext("many", "副本"), reverse("copies:overview"))
    return [above, Crumb(_("搬迁与退出"), reverse("copies:moves")), *more]


@needs(P.COPY_READ)
@require_GET
def move(request: HttpRequest, move_id: int) -> HttpResponse:
    """One move and how far it has come."""
    ctx = ctx_of(request)
    row = queries.get_move(ctx, move_id)
    return pages.detail(
        request,
        title=row.source.title,
        kicker=_("位置退出") if row.is_retirement else _("副本搬迁"),
        state=MOVE_STATES[row.state],
        acts=_acts(ctx, row),
        facts=[
            Fact(_("来源位置"), row.source.title),
            Fact(_("去向位置"), row.goal.title if row.goal else _("退出")),
            Fact(_("已搬副本"), row.moved_count, "number"),
            Fact(_("等待中"), row.waiting_count, "number", help=_("其他位置的副本核对完好之后才会撤除。")),
            Fact(_("发起人"), row.asked_by),
            Fact(_("理由"), row.reason),
            Fact(_("开始时间"), row.started_at, "moment"),
            Fact(_("结束时间"), row.finished_at, "moment"),
        ],
        moments=[
            Moment(entry.at, entry.actor_name, WORDS.get(entry.act, entry.act))
            for entry in ledger.entries_about(MOVE, row.pk).order_by("-id")
        ],
        crumbs=_crumbs(Crumb(row.source.title)),
        progress=going_on(ctx, row.run_id),
    )


def _acts(ctx: Ctx, row: Move) -> list[Act]:
    needed = P.PLACE_RETIRE if row.is_retirement else P.COPY_MOVE
    acts = []
    if row.run_id:
        acts.append(Act(_("查看任务"), reverse("desk:run", args=[row.run_id]), method="get"))
    if row.state == MoveState.OPEN and row.org_id in ctx.actor.orgs_with(needed):
        stop = reverse("copies:stop_move", args=[row.pk])
        acts.append(Act(_("停止"), stop, Tone.BAD, needs_reason=True))
    return acts


@needs(P.COPY_MOVE)
@require_http_methods(["GET", "POST"])
def start_move(request: HttpRequest) -> HttpResponse:
    """From one place to another."""
    ctx = ctx_of(request)
    form = MoveForm(request.POST or None, places=queries.visible_places(ctx).exclude(slug="primary"))
    if form.is_valid():
        try:
            return pages.done(request, _("搬迁已开始。"), to=services.start_move(ctx, **form.said()))
        except Refusal as refusal:
            pages.refused(form, refusal)
    return _form(request, form, _("搬迁副本"), _("开始搬迁"))


@needs(P.PLACE_RETIRE)
@require_http_methods(["GET", "POST"])
def retire_place(request: HttpRequest) -> HttpResponse:
    """Give a place up."""
    ctx = ctx_of(request)
    form = RetireForm(request.POST or None, places=queries.visible_places(ctx).exclude(slug="primary"))
    if form.is_valid():
        try:
            return pages.done(request, _("退出已开始。"), to=services.retire_place(ctx, **form.said()))
        except Refusal as refusal:
            pages.refused(form, refusal)
    return _form(request, form, _("位置退出"), _("开始退出"))


def _form(request: HttpRequest, form: MoveForm | RetireForm, title: str, submit: str) -> HttpResponse:
    return pages.form(
        request, form, title=title, submit=submit, crumbs=_crumbs(), cancel_url=reverse("copies:moves")
    )


@needs(P.COPY_MOVE, P.PLACE_RETIRE)
@require_POST
def stop_move(request: HttpRequest, move_id: int) -> HttpResponse:
    """Leave the rest where it is."""
    row = services.stop_move(ctx_of(request), move_id=move_id, reason=request.POST.get("reason", ""))
    return pages.done(request, _("已停止，尚未搬迁的副本留在原处。"), to=row)


@needs(P.COPY_READ)
@require_GET
def orphans(request: HttpRequest) -> HttpResponseBase:
    """What lies in a place and nobody knows, and what is known and does not lie there."""
    ctx = ctx_of(request)
    acts = []
    if ctx.actor.holds(P.COPY_VERIFY):
        acts = [Act(_("核对一个位置"), reverse("copies:survey"), Tone.PRIMARY, "search", method="get")]
    empty = Empty(_("两边一致"), _("核对存储位置之后，系统不认识的文件和位置中没有的副本会出现在这里。"))
    rows = queries.visible_orphans(ctx)
    return respond(
        request, OrphanTable(rows), title=_("两边核对"), acts=acts, tabs=tabs("orphans"), empty=empty
    )


@needs(P.COPY_VERIFY)
@require_http_methods(["GET", "POST"])
def survey(request: HttpRequest) -> HttpResponse:
    """Compare a place with what is known of it."""
    ctx = ctx_of(request)
    form = SurveyForm(request.POST or None, places=queries.visible_places(ctx))
    if form.is_valid():
        run = services.start_survey(ctx, **form.said())
        return pages.done(request, _("核对已开始，可以关闭本页。"), to=reverse("desk:run", args=[run.pk]))
    return pages.form(
        request,
        form,
        title=_("核对一个位置"),
        submit=_("开始核对"),
        crumbs=[
            Crumb(pgettext("many", "副本"), reverse("copies:overview")),
            Crumb(_("两边核对"), reverse("copies:orphans")),
        ],
        cancel_url=reverse("copies:orphans"),
    )


@needs(P.ORPHAN_SETTLE)
@require_http_methods(["GET", "POST"])
def settle(request: HttpRequest, orphan_id: int) -> HttpResponse:
    """Do something about one of them."""
    ctx = ctx_of(request)
    row = queries.get_orphan(ctx, orphan_id)
    form = SettleForm(request.POST or None, acts=services.ACTS[OrphanKind(row.kind)])
    if form.is_valid():
        try:
            services.settle(ctx, orphan_id=row.pk, **form.said())
            return pages.done(request, _("已处理。"), to=reverse("copies:orphans"))
        except Refusal as refusal:
            pages.refused(form, refusal)
    said = {"kind": row.get_kind_display(), "name": row.name, "place": row.place.title}
    return pages.form(
        request,
        form,
        title=_("处理不一致"),
        submit=_("办理"),
        intro=_("%(place)s：%(kind)s，%(name)s") % said,
        crumbs=[
            Crumb(pgettext("many", "副本"), reverse("copies:overview")),
            Crumb(_("两边核对"), reverse("copies:orphans")),
        ],
        cancel_url=reverse("copies:orphans"),
    )
