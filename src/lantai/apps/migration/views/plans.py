"""Plans: list, one with its sample, its files, and what may be done next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from lantai.apps.migration import queries, services
from lantai.apps.migration.models import MigrationPlan, PlanItem
from lantai.apps.migration.permissions import P
from lantai.apps.migration.states import PLAN
from lantai.apps.migration.tables import (
    ITEM_STATES,
    STATES,
    ItemTable,
    PlanTable,
    converter_label,
    losses,
    proofs,
    why_not,
)
from lantai.apps.migration.types import OBJECT, ItemState, PlanState
from lantai.apps.migration.views.tabs import tabs
from lantai.kit.errors import Missing
from lantai.platform.context import Ctx
from lantai.platform.desk.progress import going_on
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Tone
from lantai.platform.workflow import queries as workflow

STARTS = {
    "preview": services.start_preview,
    "run": services.start_run,
    "retry": services.retry_failed,
}


def _crumbs(plan: MigrationPlan | None = None) -> list[Crumb]:
    way = [
        Crumb(pgettext("many", "格式迁移"), reverse("migration:formats")),
        Crumb(_("迁移方案"), reverse("migration:plans")),
    ]
    return [*way, Crumb(plan.number, plan.get_absolute_url())] if plan else way


@needs(P.PLAN_READ)
@require_GET
def plans(request: HttpRequest) -> HttpResponseBase:
    """Plans of migration."""
    empty = Empty(
        _("这里会出现迁移方案"),
        _("从馆藏格式中选一种格式拟订方案，先试转几个文件，另一人批准后转换；原件始终保留。"),
    )
    table = PlanTable(queries.visible(ctx_of(request)))
    return respond(request, table, title=_("迁移方案"), empty=empty, tabs=tabs("plans"))


@needs(P.PLAN_READ)
@require_GET
def plan(request: HttpRequest, migration_plan_id: int) -> HttpResponse:
    """One plan: what it is for, what the sample came to, how far it is."""
    ctx = ctx_of(request)
    row = queries.get(ctx, migration_plan_id)
    found = queries.standing(row)
    labels = dict(ItemState.choices)
    return pages.detail(
        request,
        title=row.title,
        kicker=row.number,
        state=STATES[row.state],
        acts=_acts(ctx, row),
        facts=_facts(row),
        moments=pages.moments_of(workflow.timeline(OBJECT, row.pk)),
        crumbs=[*_crumbs(), Crumb(row.number)],
        template="migration/plan.html",
        progress=going_on(ctx, row.run_id),
        row=row,
        standing=found,
        states=[
            (value, labels[value], found.by_state[value])
            for value in ItemState.values
            if value in found.by_state
        ],
        samples=[_shown(item) for item in queries.samples(row)],
    )


def _facts(row: MigrationPlan) -> list[Fact]:
    return [
        Fact(_("理由"), row.reason),
        Fact(_("源格式"), f"{row.puid} {queries.name_of(row.puid)}".strip()),
        Fact(_("转换方式"), converter_label(row.converter)),
        Fact(_("全宗"), str(row.fonds) if row.fonds else _("全部全宗")),
        Fact(_("文件数"), row.file_count, "number"),
        Fact(_("信息包数"), row.package_count, "number"),
        Fact(_("原字节数"), row.byte_count, "size"),
        Fact(_("预计新增字节"), row.estimated_bytes, "size"),
        Fact(_("预计用时（秒）"), row.estimated_seconds, "number"),
        Fact(_("提出人"), row.drafter_name),
        Fact(_("提出时间"), row.drafted_at, "moment"),
        Fact(_("完成时间"), row.finished_at, "moment"),
        Fact(_("可撤销到"), row.undo_until, "moment"),
        Fact(_("保管单位"), row.org.name),
    ]


def _shown(item: PlanItem) -> dict[str, object]:
    """A sample as the template shows it."""
    has_after = item.state in {ItemState.MADE, ItemState.ADDED} and bool(item.made)
    is_picture = has_after and str(item.made[0]["mime"]).startswith(("image/", "application/pdf"))
    return {
        "row": item,
        "state": ITEM_STATES[item.state],
        "why": why_not(item),
        "losses": losses(item),
        "proof": list(proofs(item)),
        "before": reverse("migration:picture", args=[item.pk, "before"])
        if is_picture and item.file_id
        else "",
        "after": reverse("migration:picture", args=[item.pk, "after"]) if is_picture else "",
    }


def _acts(ctx: Ctx, row: MigrationPlan) -> list[Act]:
    acts = list(
        pages.acts_of(
            workflow.possible_moves(ctx, row, PLAN),
            lambda name: reverse("migration:move", args=[row.pk, name]),
        )
    )
    may_draft = row.org_id in ctx.actor.orgs_with(P.PLAN_DRAFT)
    may_run = row.org_id in ctx.actor.orgs_with(P.PLAN_RUN)

    def start(name: str, label: str, *, is_primary: bool = True, confirm: str = "") -> Act:
        tone = Tone.PRIMARY if is_primary else Tone.PLAIN
        url = reverse("migration:start", args=[row.pk, name])
        return Act(label, url, tone, "player-play", confirm=confirm)

    if row.state in {PlanState.DRAFT, PlanState.PREVIEWED} and may_draft:
        acts.insert(0, start("preview", _("试转抽样文件"), is_primary=row.state == PlanState.DRAFT))
    if row.state == PlanState.APPROVED and may_run:
        acts.insert(0, start("run", _("开始转换"), confirm=_("转换得到的文件将作为新版本加入各信息包。")))
    if row.state == PlanState.DONE and may_run:
        if row.failed_count:
            acts.append(start("retry", _("重试未转换的文件"), is_primary=False))
        if queries.may_undo(row, ctx.now):
            url = reverse("migration:undo", args=[row.pk])
            acts.append(Act(_("撤销迁移"), url, Tone.BAD, "arrow-back-up", needs_reason=True))
    if row.run_id:
        acts.append(Act(_("查看任务"), reverse("desk:run", args=[row.run_id]), method="get"))
    return acts


@needs(P.PLAN_READ)
@require_POST
def move(request: HttpRequest, migration_plan_id: int, move: str) -> HttpResponse:
    """Approve, send back, withdraw."""
    ctx = ctx_of(request)
    row = services.move(ctx, plan_id=migration_plan_id, name=move, reason=request.POST.get("reason", ""))
    return pages.done(request, _("方案现为“%(state)s”。") % {"state": row.get_state_display()}, to=row)


@needs(P.PLAN_DRAFT, P.PLAN_RUN)
@require_POST
def start(request: HttpRequest, migration_plan_id: int, act: str) -> HttpResponse:
    """Begin the sample, the run, or the second try."""
    ctx = ctx_of(request)
    row = queries.get(ctx, migration_plan_id)
    if act not in STARTS:
        raise Missing
    STARTS[act](ctx, plan_id=row.pk)
    return pages.done(request, _("任务已开始，可以关闭本页。"), to=row)


@needs(P.PLAN_RUN)
@require_POST
def undo(request: HttpRequest, migration_plan_id: int) -> HttpResponse:
    """Take back what the plan has added."""
    ctx = ctx_of(request)
    row = queries.get(ctx, migration_plan_id)
    services.start_undo(ctx, plan_id=row.pk, reason=request.POST.get("reason", ""))
    return pages.done(request, _("撤销已开始，原件和以前的版本不变。"), to=row)


@needs(P.PLAN_READ)
@require_GET
def items(request: HttpRequest, migration_plan_id: int) -> HttpResponseBase:
    """The files of a plan."""
    ctx = ctx_of(request)
    row = queries.get(ctx, migration_plan_id)
    return respond(
        request, ItemTable(queries.items(ctx, row.pk)), title=_("方案 %(n)s 的文件") % {"n": row.number}
    )


@needs(P.PLAN_READ)
@require_GET
def item(request: HttpRequest, plan_item_id: int) -> HttpResponse:
    """One file of a plan: what became of it, and the proof."""
    row = queries.get_item(ctx_of(request), plan_item_id)
    made = [
        Fact(_("新文件"), f"{one['name']}（{one['puid']}，SHA-256 {one['sha256'][:16]}…）")
        for one in row.made
    ]
    return pages.detail(
        request,
        title=row.original_name,
        kicker=row.plan.number,
        state=ITEM_STATES[row.state],
        facts=[
            Fact(_("信息包"), row.package.title, url=reverse("custody:package", args=[row.package_id])),
            Fact(_("包内路径"), row.logical_path, "code"),
            Fact(_("原大小"), row.size_bytes, "size"),
            Fact(_("新大小"), row.made_bytes, "size"),
            Fact(_("原因"), why_not(row)),
            Fact(_("不再保留"), losses(row)),
            *made[:50],
            *(Fact(label, value, "code") for label, value in proofs(row)),
            Fact(_("用时（秒）"), row.seconds, "number"),
        ],
        crumbs=[*_crumbs(row.plan), Crumb(_("文件"), reverse("migration:items", args=[row.plan_id])),
                Crumb(row.original_name)],
    )  # fmt: skip


@needs(P.PLAN_READ)
@require_GET
def picture(request: HttpRequest, plan_item_id: int, side: str) -> HttpResponse:
    """The first page of a sample, before or after."""
    answer = HttpResponse(
        services.page_image(ctx_of(request), item_id=plan_item_id, side=side), content_type="image/png"
    )
    answer["Cache-Control"] = "private, max-age=300"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer
