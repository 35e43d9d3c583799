"""Moving, merging, splitting and numbering: chosen in the tree, previewed, done, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django import forms
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.catalogue import queries, services
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries import numbering, planning
from lantai.apps.catalogue.services.rearranging import Done
from lantai.apps.catalogue.tables import RearrangementTable
from lantai.apps.catalogue.tree import NoSuchUnit, NotMergeable, Plan
from lantai.apps.catalogue.tree_forms import MergeForm, MoveForm, NumberForm, SplitForm, StateForm, UnitForm
from lantai.apps.catalogue.types import Level
from lantai.apps.holdings import queries as holdings
from lantai.kit.errors import Missing, Refusal
from lantai.kit.text.figures import is_number
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact

SHOWN = 200  # lines of a preview
Given = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Way:
    """One thing that can be done with chosen rows; ``act`` without a digest plans, with one does."""

    title: str | Promise
    submit: str | Promise
    form: type[forms.Form]
    plan: Callable[[Ctx, list[int], forms.Form], Plan]
    act: Callable[[Ctx, list[int], forms.Form, str], Done]


@needs(P.ITEM_ARRANGE)
@require_http_methods(["GET", "POST"])
def arrange(request: HttpRequest) -> HttpResponse:
    """Choose how, look at what would change, and do it."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    data = request.POST if request.method == "POST" else request.GET
    way = WAYS.get(data.get("act", ""))
    if way is None:
        raise Missing
    ids = _chosen(ctx, data)
    form = way.form(request.POST if request.method == "POST" else None, initial=_initial(ctx, way, ids))
    plan, digest = None, data.get("digest", "")
    if form.is_valid():
        try:
            if digest:
                done = way.act(ctx, ids, form, digest)
                return pages.done(request, _("已完成：%(what)s。") % {"what": done.act.summary}, to=done.act)
            plan = way.plan(ctx, ids, form)
        except Refusal as refusal:
            pages.refused(form, refusal)
    rows = list(queries.arrangeable(ctx).filter(pk__in=ids[:SHOWN]).order_by("reference_code", "pk")[:SHOWN])
    back = reverse("catalogue:tree", args=[rows[0].fonds_id]) if rows else reverse("catalogue:list")
    above = Crumb(str(rows[0].fonds), back) if rows else Crumb(_("目录"), back)
    return pages.form(
        request,
        form,
        title=way.title,
        submit=way.submit,
        template="catalogue/arrange.html",
        act=data["act"],
        ids=",".join(map(str, ids)),
        chosen=rows,
        chosen_count=len(ids),
        plan=plan,
        lines=plan.lines[:SHOWN] if plan else (),
        has_confirm=plan is not None,
        crumbs=[above, Crumb(str(way.title))],
        cancel_url=back,
    )


def _chosen(ctx: Ctx, data: Mapping[str, str]) -> list[int]:
    """The rows ticked, or all under a unit that fit the filter."""
    ticked = data.getlist("id") if hasattr(data, "getlist") else []
    written = [*ticked, *data.get("ids", "").split(",")]
    below = data.get("below", "")
    if is_number(below):
        unit = policy.one(queries.visible(ctx), pk=int(below))
        return numbering.ids_below(queries.arrangeable(ctx), unit, data.get("filter", ""))
    return list(dict.fromkeys(int(one) for one in written if is_number(one)))[: planning.MOST + 1]


def _initial(ctx: Ctx, way: Way, ids: list[int]) -> dict[str, object]:
    first = queries.arrangeable(ctx).filter(pk__in=ids[:1]).first()
    if first is None or way.form is not NumberForm:
        return {}
    rule = numbering.rule_for(ctx, first, numbering.Asked())
    return {"style": rule.style.value, "width": rule.width, "parts": list(rule.parts)}


def _unit(ctx: Ctx, ids: list[int], code: str, field: str = "to") -> int | None:
    """The unit of a code in the fonds of the rows; None for no code."""
    if not code.strip():
        return None
    first = policy.one(queries.visible(ctx), pk=ids[0]) if ids else None
    rows = queries.of_code(ctx, code.strip()).filter(level__in=(Level.SERIES, Level.FILE, Level.ITEM))
    found = rows.filter(fonds_id=first.fonds_id).first() if first else None
    if found is None:
        raise NoSuchUnit(code=code.strip(), field=field)
    return int(found.pk)


def _parent_of(ctx: Ctx, ids: list[int]) -> int:
    first = policy.one(queries.arrangeable(ctx), pk=ids[0] if ids else 0)
    if first.parent_id is None:
        raise NotMergeable
    return int(first.parent_id)


def _into(ctx: Ctx, ids: list[int], form: forms.Form) -> int:
    return _unit(ctx, ids, form.cleaned_data["to"]) or 0


WAYS = {
    "move": Way(
        gettext_lazy("移动"),
        gettext_lazy("预览移动"),
        MoveForm,
        lambda ctx, ids, form: planning.plan_move(
            ctx, ids=ids, to_id=_unit(ctx, ids, form.cleaned_data["to"])
        ),
        lambda ctx, ids, form, digest: services.move(
            ctx,
            ids=ids,
            to_id=_unit(ctx, ids, form.cleaned_data["to"]),
            reason=form.cleaned_data["reason"],
            digest=digest,
        ),
    ),
    "merge": Way(
        gettext_lazy("合并"),
        gettext_lazy("预览合并"),
        MergeForm,
        lambda ctx, ids, form: planning.plan_merge(ctx, ids=ids, into_id=_into(ctx, ids, form)),
        lambda ctx, ids, form, digest: services.merge(
            ctx, ids=ids, into_id=_into(ctx, ids, form), reason=form.cleaned_data["reason"], digest=digest
        ),
    ),
    "split": Way(
        gettext_lazy("拆分"),
        gettext_lazy("预览拆分"),
        SplitForm,
        lambda ctx, ids, form: planning.plan_split(
            ctx, unit_id=_parent_of(ctx, ids), ids=ids, code=form.cleaned_data["code"]
        ),
        lambda ctx, ids, form, digest: services.split(
            ctx, unit_id=_parent_of(ctx, ids), ids=ids, digest=digest, **form.cleaned_data
        ),
    ),
    "number": Way(
        gettext_lazy("按规则编号"),
        gettext_lazy("预览编号"),
        NumberForm,
        lambda ctx, ids, form: numbering.plan_numbering(ctx, ids=ids, asked=form.asked()),  # type: ignore[attr-defined]
        lambda ctx, ids, form, digest: services.number(
            ctx,
            ids=ids,
            asked=form.asked(),  # type: ignore[attr-defined]
            reason=form.cleaned_data["reason"],
            digest=digest,
        ),
    ),
}


@needs(P.ITEM_READ)
@require_GET
def rearrangements(request: HttpRequest) -> HttpResponseBase:
    """What was done to the tree, the latest first."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    empty = Empty(
        _("这里会出现整理记录"), _("在全宗目录里移动、合并、拆分或编号之后，每次整理在这里可以查看和撤销。")
    )
    rows = queries.rearrangements(ctx)
    return respond(request, RearrangementTable(rows), title=pgettext("many", "整理记录"), empty=empty)


@needs(P.ITEM_READ)
@require_GET
def rearrangement(request: HttpRequest, rearrangement_id: int) -> HttpResponse:
    """One act with the rows as they were and are."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    act = queries.get_rearrangement(ctx, rearrangement_id)
    may = act.undone_at is None and act.custodian_id in ctx.actor.orgs_with(P.ITEM_ARRANGE)
    undo = Act(
        _("撤销这次整理"),
        reverse("catalogue:undo_rearrangement", args=[act.pk]),
        icon="arrow-back-up",
        confirm=_("档号和位置恢复到整理之前；整理之后又改过的条目会阻止撤销。"),
    )
    return pages.detail(
        request,
        title=act.summary,
        kicker=act.get_deed_display(),
        acts=[undo] if may else [],
        facts=[
            Fact(_("全宗"), str(act.fonds), url=reverse("catalogue:tree", args=[act.fonds_id])),
            Fact(_("保管单位"), act.custodian.name),
            Fact(_("条数"), act.row_count, "number"),
            Fact(_("整理人"), act.actor_name),
            Fact(_("整理时间"), act.done_at, "moment"),
            Fact(_("理由"), act.reason),
            *(
                [Fact(_("撤销时间"), act.undone_at, "moment"), Fact(_("撤销人"), act.undone_by)]
                if act.undone_at
                else []
            ),
        ],
        crumbs=[
            Crumb(_("整理记录"), reverse("catalogue:rearrangements")),
            Crumb(act.get_deed_display()),
        ],
        template="catalogue/rearrangement.html",
        rows=queries.rearranged_lines(ctx, act),
    )


@needs(P.ITEM_ARRANGE)
@require_POST
def undo_rearrangement(request: HttpRequest, rearrangement_id: int) -> HttpResponse:
    """Take an act back."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    done = services.undo(ctx, rearrangement_id=rearrangement_id)
    return pages.done(request, _("已撤销：%(what)s。") % {"what": done.act.summary}, to=done.act)


@needs(P.ITEM_ARRANGE)
@require_http_methods(["GET", "POST"])
def new_unit(request: HttpRequest, fonds_id: int) -> HttpResponse:
    """Make a series or a file to put records into."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    fonds = holdings.get_fonds(ctx, fonds_id)
    form = UnitForm(request.POST or None)
    if form.is_valid():
        given = dict(form.cleaned_data)
        try:
            above = _above(ctx, fonds.pk, given.pop("above"))
            row = services.make_unit(ctx, fonds_id=fonds.pk, parent_id=above, **given)
            return pages.done(request, _("已建立“%(code)s”。") % {"code": row.reference_code}, to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("新建类别或案卷"),
        submit=_("建立"),
        intro=_("保管单位、开放标识和保管期限承自上级，建立之后可以单独设定。"),
        crumbs=[Crumb(str(fonds), reverse("catalogue:tree", args=[fonds.pk])), Crumb(_("新建类别或案卷"))],
        cancel_url=reverse("catalogue:tree", args=[fonds.pk]),
    )


def _above(ctx: Ctx, fonds_id: int, code: str) -> int | None:
    if not code.strip():
        return None
    found = (
        queries.arrangeable(ctx)
        .filter(fonds_id=fonds_id, reference_code=code.strip(), level=Level.SERIES)
        .first()
    )
    if found is None:
        raise NoSuchUnit(code=code.strip(), field="above")
    return int(found.pk)


@needs(P.ITEM_ARRANGE)
@require_http_methods(["GET", "POST"])
def state(request: HttpRequest, item_id: int) -> HttpResponse:
    """Let a unit say its openness or retention for what lies below."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row: Description = policy.one(queries.arrangeable(ctx), pk=item_id)
    form = StateForm(request.POST or None)
    if form.is_valid():
        try:
            done = services.state(
                ctx,
                description_id=row.pk,
                name=form.cleaned_data["name"],
                value=form.value(),
                reason=form.cleaned_data["reason"],
            )
            said = _("已设定，%(n)d 条下级条目随之变更。") % {"n": done.count}
            return pages.done(request, said, to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    counts = queries.counts_below(ctx, row)
    told = "、".join(f"{Level(level).label} {count}" for level, count in counts.items())
    return pages.form(
        request,
        form,
        title=_("设定开放标识或保管期限"),
        submit=_("设定"),
        intro=_("下级条目（%(counts)s）中，自己没有写明的会随之变更，自己写明的不变。") % {"counts": told}
        if told
        else "",
        crumbs=[
            Crumb(_("目录"), reverse("catalogue:list")),
            Crumb(row.reference_code, row.get_absolute_url()),
            Crumb(_("设定开放标识或保管期限")),
        ],
        cancel_url=row.get_absolute_url(),
    )
