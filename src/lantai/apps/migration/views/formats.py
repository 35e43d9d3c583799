"""Formats that are held: their risk, the archives' own word, and plans that begin there."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from lantai.apps.migration import queries, registry, services
from lantai.apps.migration.forms import CountForm, DraftForm, JudgeForm
from lantai.apps.migration.models import HeldFormat
from lantai.apps.migration.permissions import P
from lantai.apps.migration.tables import RISKS, FormatTable, converter_label
from lantai.apps.migration.views.tabs import tabs
from lantai.kit.errors import Refusal
from lantai.kit.formats.risk import CERTAINTIES
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Tone


@needs(P.FORMAT_READ)
@require_GET
def formats(request: HttpRequest) -> HttpResponseBase:
    """Formats as they were counted, the largest first."""
    ctx = ctx_of(request)
    count = Act(_("重新统计"), reverse("migration:count"), Tone.PRIMARY, "refresh", method="get")
    empty = Empty(
        _("还没有统计馆藏格式"), _("统计后，这里列出馆藏的各种格式、数量、风险和建议的转换方式。"), count
    )
    table = FormatTable(queries.visible_formats(ctx))
    return respond(
        request, table, title=pgettext("many", "格式迁移"), empty=empty, acts=[count], tabs=tabs("formats")
    )


def _crumbs(row: HeldFormat | None = None) -> list[Crumb]:
    way = [Crumb(pgettext("many", "格式迁移"), reverse("migration:formats"))]
    return [*way, Crumb(str(row), row.get_absolute_url())] if row else way


@needs(P.FORMAT_READ)
@require_http_methods(["GET", "POST"])
def count(request: HttpRequest) -> HttpResponse:
    """Count anew, in the background."""
    ctx = ctx_of(request)
    form = CountForm(request.POST or None, orgs=queries.orgs_with(ctx, P.FORMAT_READ))
    if form.is_valid():
        run = services.start_count(ctx, org_id=form.cleaned_data["org"].pk)
        return pages.done(request, _("统计已开始，可以关闭本页。"), to=reverse("desk:run", args=[run.pk]))
    return pages.form(
        request, form, title=_("统计馆藏格式"), submit=_("开始统计"), crumbs=_crumbs(),
        cancel_url=reverse("migration:formats"),
    )  # fmt: skip


@needs(P.FORMAT_READ)
@require_GET
def held_format(request: HttpRequest, held_format_id: int) -> HttpResponse:
    """One format of one fonds: what is said of it, and by what it can be converted."""
    ctx = ctx_of(request)
    row = queries.get_format(ctx, held_format_id)
    return pages.detail(
        request,
        title=row.family or _("未识别"),
        kicker=str(row),
        state=RISKS[row.risk],
        acts=_acts(ctx, row),
        facts=[
            Fact(_("保管单位"), row.org.name),
            Fact(_("全宗"), str(row.fonds)),
            Fact(_("文件数"), row.file_count, "number"),
            Fact(_("已迁移"), row.migrated_count, "number"),
            Fact(_("字节数"), row.byte_count, "size"),
            Fact(_("信息包数"), row.package_count, "number"),
            Fact(_("理由"), _(row.reason) if row.reason else ""),
            Fact(_("依据"), row.source),
            Fact(_("把握"), _(dict(CERTAINTIES).get(row.certainty, row.certainty)) if row.certainty else ""),
            Fact(_("建议转换方式"), converter_label(row.target) if row.target else ""),
            Fact(_("统计时间"), row.counted_at, "moment"),
        ],
        crumbs=[*_crumbs(), Crumb(str(row))],
        template="migration/format.html",
        choices=queries.choices_for(row.puid),
    )


def _acts(ctx: Ctx, row: HeldFormat) -> list[Act]:
    acts = []
    if registry.converters_for(row.puid) and row.org_id in ctx.actor.orgs_with(P.PLAN_DRAFT):
        url = reverse("migration:draft", args=[row.pk])
        acts.append(Act(_("拟订迁移方案"), url, Tone.PRIMARY, "plus", method="get"))
    if row.org_id in ctx.actor.orgs_with(P.FORMAT_JUDGE):
        acts.append(
            Act(_("登记本馆判断"), reverse("migration:judge", args=[row.pk]), icon="edit", method="get")
        )
    return acts


@needs(P.FORMAT_JUDGE)
@require_http_methods(["GET", "POST"])
def judge(request: HttpRequest, held_format_id: int) -> HttpResponse:
    """The archives' own word on a format."""
    ctx = ctx_of(request)
    row = queries.get_format(ctx, held_format_id)
    form = JudgeForm(
        request.POST or None,
        initial={"risk": row.risk, "target": row.target},
        converters=registry.converters_for(row.puid),
    )
    if form.is_valid():
        try:
            services.judge_format(ctx, org_id=row.org_id, puid=row.puid, **form.cleaned_data)
            return pages.done(request, _("已登记本馆判断。"), to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    intro = _("本馆判断代替随系统提供的判断，适用于本馆全部全宗。")
    return pages.form(
        request, form, title=_("登记本馆判断"), submit=_("登记"), crumbs=_crumbs(row), intro=intro,
        cancel_url=row.get_absolute_url(),
    )  # fmt: skip


@needs(P.PLAN_DRAFT)
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, held_format_id: int) -> HttpResponse:
    """A plan for the files of a format."""
    ctx = ctx_of(request)
    row = queries.get_format(ctx, held_format_id)
    form = DraftForm(request.POST or None, choices=queries.choices_for(row.puid))
    if form.is_valid():
        said = dict(form.cleaned_data)
        fonds_id = None if said.pop("is_every_fonds") else row.fonds_id
        try:
            plan = services.draft_plan(ctx, org_id=row.org_id, fonds_id=fonds_id, puid=row.puid, **said)
            return pages.done(request, _("已拟订方案“%(number)s”。") % {"number": plan.number}, to=plan)
        except Refusal as refusal:
            pages.refused(form, refusal)
    intro = _("原件始终保留；转换得到的文件作为新版本加入原信息包，在期限内可以撤销。")
    return pages.form(
        request, form, title=_("拟订迁移方案"), submit=_("拟订"), crumbs=_crumbs(row), intro=intro,
        cancel_url=row.get_absolute_url(),
    )  # fmt: skip
