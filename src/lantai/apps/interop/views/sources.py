"""Pages of collected catalogues: sources, what each harvest brought, records of other archives."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.interop import queries, services
from lantai.apps.interop.forms import ReviseSourceForm, SourceForm
from lantai.apps.interop.models import Foreign, Source
from lantai.apps.interop.permissions import P
from lantai.apps.interop.tables import ForeignTable, SourceTable, problem_of
from lantai.apps.interop.types import Way
from lantai.kit.errors import Refusal
from lantai.kit.text.figures import is_number
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Tone

_ROUNDS = 50
_FOUND = 200


@needs(P.SOURCE_READ)
@require_GET
def sources(request: HttpRequest) -> HttpResponseBase:
    """Archives whose catalogues come to us."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    acts = []
    if ctx.actor.holds(P.SOURCE_MANAGE):
        acts.append(
            Act(_("登记来源"), reverse("interop:register_source"), Tone.PRIMARY, "plus", method="get")
        )
    empty = Empty(
        _("这里会出现他馆目录的来源"),
        _("登记其他档案馆的 OAI-PMH 地址按时采集，或登记下级馆接收报送。采到的目录与本馆馆藏分开保存。"),
        acts[0] if acts else None,
    )
    acts.append(Act(_("他馆目录"), reverse("interop:foreign_records"), icon="list", method="get"))
    return respond(request, SourceTable(queries.sources(ctx)), title=_("目录汇集"), empty=empty, acts=acts)


@needs(P.SOURCE_READ)
@require_GET
def source(request: HttpRequest, source_id: int) -> HttpResponse:
    """One source with what its harvests brought."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = policy.one(queries.counted(queries.sources(ctx)), pk=source_id)
    problem = problem_of(row)
    return pages.detail(
        request,
        title=row.name,
        kicker=row.get_way_display(),
        acts=_acts(ctx, row),
        facts=[
            Fact(_("汇集单位"), row.org.name),
            Fact(_("OAI-PMH 基础地址"), row.address, "code"),
            Fact(_("元数据格式"), row.prefix if row.way == Way.HARVEST else ""),
            Fact(_("集合"), row.spec),
            Fact(_("报送单位"), str(row.reporter or "")),
            Fact(_("目录条数"), row.record_count, "number", url=_records_url(row)),
            _until(row.harvested_until),
            Fact(_("下次采集"), row.next_at, "moment"),
            Fact(_("最近差错"), problem),
        ],
        crumbs=[*_crumbs(), Crumb(row.name)],
        template="interop/source.html",
        rounds=queries.rounds(ctx).filter(source=row)[:_ROUNDS],
        problem=problem,
        is_harvest=row.way == Way.HARVEST,
    )


def _until(stamp: str) -> Fact:
    """How far a harvest came, by our clock; stamps of other nodes may be days alone, or worse."""
    try:
        moment = datetime.fromisoformat(stamp)
    except ValueError:
        return Fact(_("已采集到"), stamp, "code")
    return Fact(_("已采集到"), moment, "moment") if moment.tzinfo else Fact(_("已采集到"), stamp, "code")


def _records_url(row: Source) -> str:
    return f"{reverse('interop:foreign_records')}?source={row.pk}"


def _crumbs() -> list[Crumb]:
    return [Crumb(_("目录汇集"), reverse("interop:sources"))]


def _acts(ctx: Ctx, row: Source) -> Sequence[Act]:
    if row.org_id not in ctx.actor.orgs_with(P.SOURCE_MANAGE):
        return []
    acts = []
    if row.way == Way.HARVEST:
        url = reverse("interop:start_harvest", args=[row.pk])
        acts.append(Act(_("立即采集"), url, Tone.PRIMARY, "refresh"))
    acts.append(
        Act(_("修改来源"), reverse("interop:revise_source", args=[row.pk]), icon="edit", method="get")
    )
    confirm = _("将移除这个来源和采到的全部目录；对方和本馆馆藏不受影响，重新登记后可再次采集。")
    acts.append(
        Act(_("移除来源"), reverse("interop:remove_source", args=[row.pk]), icon="trash", confirm=confirm)
    )
    return acts


@needs(P.SOURCE_MANAGE)
@require_http_methods(["GET", "POST"])
def register_source(request: HttpRequest) -> HttpResponse:
    """Enter a source."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    form = SourceForm(
        request.POST or None, orgs=queries.orgs_to_collect_for(ctx), reporters=queries.reporters_for(ctx)
    )
    if form.is_valid():
        try:
            row = services.register_source(ctx, **form.said())
            return pages.done(request, _("已登记“%(name)s”。") % {"name": row.name}, to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("登记来源"),
        submit=_("登记"),
        crumbs=_crumbs(),
        cancel_url=reverse("interop:sources"),
    )


@needs(P.SOURCE_MANAGE)
@require_http_methods(["GET", "POST"])
def revise_source(request: HttpRequest, source_id: int) -> HttpResponse:
    """Change a source."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = policy.one(queries.sources(ctx), pk=source_id)
    names = ("name", "address", "prefix", "spec", "every_hours", "reporter", "is_enabled")
    form = ReviseSourceForm(
        request.POST or None,
        reporters=queries.reporters_for(ctx),
        initial={name: getattr(row, name) for name in names},
    )
    if form.is_valid():
        try:
            services.revise_source(ctx, source_id=row.pk, **form.said())
            return pages.done(request, _("已保存。"), to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("修改来源"),
        submit=_("保存"),
        intro=_("换了地址、格式或集合，会从头采集一次；已有的记录不会重复。"),
        crumbs=[*_crumbs(), Crumb(row.name, row.get_absolute_url())],
        cancel_url=row.get_absolute_url(),
    )


@needs(P.SOURCE_MANAGE)
@require_POST
def start_harvest(request: HttpRequest, source_id: int) -> HttpResponse:
    """Harvest now."""
    services.start_harvest(request.ctx, source_id=source_id)  # type: ignore[attr-defined]
    return pages.done(
        request, _("已开始采集，进度见“任务”。"), to=reverse("interop:source", args=[source_id])
    )


@needs(P.SOURCE_MANAGE)
@require_POST
def remove_source(request: HttpRequest, source_id: int) -> HttpResponse:
    """Remove a source with what it brought."""
    count = services.remove_source(request.ctx, source_id=source_id)  # type: ignore[attr-defined]
    said = ngettext("已移除来源和 %(n)d 条目录。", "已移除来源和 %(n)d 条目录。", count) % {"n": count}
    return pages.done(request, said, to=reverse("interop:sources"))


@needs(P.SOURCE_READ)
@require_GET
def foreign_records(request: HttpRequest) -> HttpResponseBase:
    """Records of other archives: all of them, those of one source, or what a search finds."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    rows = queries.foreign_records(ctx)
    wanted, text = request.GET.get("source", ""), request.GET.get("q", "").strip().replace("\x00", "")
    if is_number(wanted):
        rows = rows.filter(source_id=int(wanted))
    intro = ""
    if text:
        try:
            found = queries.search_foreign(ctx, text, limit=_FOUND)
            rows = rows.filter(pk__in=found.ids)
            intro = _("检索“%(text)s”：共 %(n)d 条，显示前 %(most)d 条。") % {
                "text": text,
                "n": found.total,
                "most": _FOUND,
            }
        except Refusal as refusal:
            rows, intro = rows.none(), pages.said(refusal)
    empty = Empty(_("没有他馆目录"), _("采集或接收报送以后，这里列出各馆的目录；也可以换一个检索词。"))
    return respond(
        request,
        ForeignTable(rows),
        title=_("他馆目录"),
        empty=empty,
        crumbs=_crumbs(),
        template="interop/foreign_records.html",
        text=text,
        source_id=wanted,
        said=intro,
    )


@needs(P.SOURCE_READ)
@require_GET
def foreign(request: HttpRequest, foreign_id: int) -> HttpResponse:
    """One record of another archives, as it came."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row: Foreign = policy.one(queries.foreign_records(ctx), pk=foreign_id)
    facts = [
        Fact(_("来源"), row.source.name, url=row.source.get_absolute_url()),
        Fact(_("保管机构"), row.archives),
        Fact(_("全宗"), row.fonds),
        Fact(_("档号"), row.reference_code, "code"),
        Fact(_("责任者"), row.author),
        Fact(_("日期"), row.dated),
        Fact(_("标识"), row.identifier, "code"),
        Fact(_("集合"), "、".join(row.sets)),
        Fact(_("对方时间戳"), row.datestamp, "code"),
        Fact(_("首次收到"), row.came_at, "moment"),
        Fact(_("最近变化"), row.changed_at, "moment"),
        Fact(_("冲突"), _(row.conflict) if row.conflict else ""),
        Fact(_("附注"), row.note),
    ]
    return pages.detail(
        request,
        title=str(row),
        kicker=_("已由对方撤回") if row.is_deleted else _("他馆目录"),
        facts=facts,
        crumbs=[*_crumbs(), Crumb(_("他馆目录"), reverse("interop:foreign_records")), Crumb(row.identifier)],
        template="interop/foreign.html",
        row=row,
    )
