"""Policies: list, one, new, change, give up."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.copies import queries, services
from lantai.apps.copies.forms import LISTED, AddPolicyForm, ChangePolicyForm
from lantai.apps.copies.models import CopyPolicy
from lantai.apps.copies.permissions import P
from lantai.apps.copies.tables import PolicyTable
from lantai.apps.copies.types import POLICY
from lantai.apps.copies.views.tabs import tabs
from lantai.apps.holdings import queries as holdings
from lantai.kit.errors import Refusal
from lantai.platform.gates import needs
from lantai.platform.ledger import queries as ledger
from lantai.platform.ui import pages
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Moment, Tone

SOURCES = [
    ("filing:batch", gettext_lazy("归档批次")),
    ("intake:submission", gettext_lazy("移交批次")),
    ("acquisition:case", gettext_lazy("征集")),
    ("acquisition:voice_session", gettext_lazy("口述和方言")),
]
WORDS = {
    "copies:policy:added": gettext_lazy("新增"),
    "copies:policy:changed": gettext_lazy("修改"),
}


@needs(P.COPY_READ)
@require_GET
def policies(request: HttpRequest) -> HttpResponseBase:
    """How many copies of what are kept where."""
    ctx = ctx_of(request)
    new = Act(_("新增策略"), reverse("copies:add_policy"), Tone.PRIMARY, "plus", method="get")
    acts = [new] if ctx.actor.holds(P.POLICY_MANAGE) else []
    empty = Empty(_("还没有副本策略"), _("没有策略时，信息包只保存在主存储。"), acts[0] if acts else None)
    rows = queries.visible_policies(ctx)
    return respond(
        request, PolicyTable(rows), title=_("副本策略"), acts=acts, tabs=tabs("policies"), empty=empty
    )


def _crumbs() -> list[Crumb]:
    return [
        Crumb(pgettext("many", "副本"), reverse("copies:overview")),
        Crumb(_("策略"), reverse("copies:policies")),
    ]


@needs(P.COPY_READ)
@require_GET
def policy(request: HttpRequest, policy_id: int) -> HttpResponse:
    """One policy with its places in order."""
    ctx = ctx_of(request)
    row = queries.get_policy(ctx, policy_id)
    acts = []
    if row.org_id in ctx.actor.orgs_with(P.POLICY_MANAGE):
        change = reverse("copies:change_policy", args=[row.pk])
        drop = reverse("copies:drop_policy", args=[row.pk])
        acts = [
            Act(_("修改策略"), change, Tone.PRIMARY, "edit", method="get"),
            Act(
                _("撤销策略"),
                drop,
                Tone.BAD,
                needs_reason=True,
                confirm=_("已有的副本不会因此删除，不再要求的副本须另行撤除。"),
            ),
        ]
    return pages.detail(
        request,
        title=row.title,
        kicker=_("副本策略"),
        acts=acts,
        facts=_facts(row),
        moments=[
            Moment(entry.at, entry.actor_name, WORDS.get(entry.act, entry.act))
            for entry in ledger.entries_about(POLICY, row.pk).order_by("-id")
        ],
        crumbs=[*_crumbs(), Crumb(row.title)],
        template="copies/policy.html",
        listed=row.places.select_related("place").order_by("order"),
    )


def _facts(row: CopyPolicy) -> list[Fact]:
    return [
        Fact(_("保管单位"), row.org.name),
        Fact(_("全宗"), row.fonds or _("全部全宗")),
        Fact(_("包类"), dict(SOURCES).get(row.source_type, row.source_type) or _("全部包类")),
        Fact(_("副本数"), row.copy_count, "number"),
        Fact(_("至少地点数"), row.site_count, "number"),
        Fact(_("至少介质数"), row.medium_count, "number"),
        Fact(_("校验周期（天）"), row.cycle_days, "number"),
        Fact(_("读取速率上限（MB/s）"), row.rate_mb_s or _("不限")),
        Fact(_("修改时间"), row.changed_at, "moment"),
    ]


@needs(P.POLICY_MANAGE)
@require_http_methods(["GET", "POST"])
def add_policy(request: HttpRequest) -> HttpResponse:
    """A new policy."""
    ctx = ctx_of(request)
    form = AddPolicyForm(
        request.POST or None,
        orgs=queries.orgs_with(ctx, P.POLICY_MANAGE),
        fonds=holdings.visible_fonds(ctx),
        places=queries.visible_places(ctx).exclude(slug="primary"),
        sources=SOURCES,
        initial={"org": ctx.org_id, "copy_count": 2},
    )
    if form.is_valid():
        try:
            row = services.add_policy(ctx, **form.said())
            return pages.done(request, _("已新增策略，副本随后自动补齐。"), to=row)
        except Refusal as refusal:
            _refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("新增策略"),
        submit=_("保存"),
        crumbs=_crumbs(),
        cancel_url=reverse("copies:policies"),
    )


@needs(P.POLICY_MANAGE)
@require_http_methods(["GET", "POST"])
def change_policy(request: HttpRequest, policy_id: int) -> HttpResponse:
    """Other places, more copies, another cycle."""
    ctx = ctx_of(request)
    row = queries.get_policy(ctx, policy_id)
    names = ("title", "copy_count", "site_count", "medium_count", "cycle_days", "rate_mb_s")
    listed = list(row.places.order_by("order").values_list("place_id", flat=True))[:LISTED]
    form = ChangePolicyForm(
        request.POST or None,
        places=queries.visible_places(ctx).exclude(slug="primary"),
        initial={name: getattr(row, name) for name in names}
        | {f"place_{number}": pk for number, pk in enumerate(listed, 1)},
    )
    if form.is_valid():
        try:
            services.change_policy(ctx, policy_id=row.pk, **form.said())
            return pages.done(request, _("已保存，副本随后自动补齐。"), to=row)
        except Refusal as refusal:
            _refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("修改策略"),
        submit=_("保存"),
        crumbs=[*_crumbs(), Crumb(row.title, row.get_absolute_url())],
        cancel_url=row.get_absolute_url(),
    )


def _refused(form: ChangePolicyForm, refusal: Refusal) -> None:
    if getattr(refusal, "field", "") == "places":
        refusal.field = "place_1"  # type: ignore[attr-defined]
    pages.refused(form, refusal)


@needs(P.POLICY_MANAGE)
@require_POST
def drop_policy(request: HttpRequest, policy_id: int) -> HttpResponse:
    """Give a policy up."""
    services.drop_policy(ctx_of(request), policy_id=policy_id, reason=request.POST.get("reason", ""))
    return pages.done(request, _("已撤销策略。"), to=reverse("copies:policies"))
