"""Rounds of reading."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods

from lantai.apps.copies import queries, services
from lantai.apps.copies.forms import ReadForm
from lantai.apps.copies.models import Reading
from lantai.apps.copies.permissions import P
from lantai.apps.copies.tables import REPAIR, ReadingTable, repair_state
from lantai.apps.copies.types import ReadingKind
from lantai.apps.copies.views.tabs import tabs
from lantai.apps.custody import queries as custody
from lantai.kit.errors import Refusal
from lantai.platform.desk.progress import going_on
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, State, Tone


@needs(P.COPY_READ)
@require_GET
def readings(request: HttpRequest) -> HttpResponseBase:
    """Rounds in my sight."""
    ctx = ctx_of(request)
    acts = []
    if ctx.org_id in ctx.actor.orgs_with(P.COPY_VERIFY):
        acts = [Act(_("开始校验"), reverse("copies:start_reading"), Tone.PRIMARY, "refresh", method="get")]
    empty = Empty(_("还没有做过校验"), _("校验会读出每一份副本的每一个文件，与封存时的两种摘要比对。"))
    rows = queries.visible_readings(ctx)
    return respond(
        request, ReadingTable(rows), title=_("副本校验"), acts=acts, tabs=tabs("readings"), empty=empty
    )


@needs(P.COPY_READ)
@require_GET
def reading(request: HttpRequest, reading_id: int) -> HttpResponse:
    """One round and what it found."""
    row = queries.get_reading(ctx_of(request), reading_id)
    damages = row.damages.select_related("copy__package", "copy__place", "repaired_from")[:500]
    segments = row.journal_damages.select_related("copy__place", "repaired_from")[:500]
    acts = []
    if row.run_id:
        acts = [Act(_("查看任务"), reverse("desk:run", args=[row.run_id]), method="get")]
    return pages.detail(
        request,
        title=_("副本校验"),
        kicker=_("第 %(n)d 轮") % {"n": row.pk},
        state=_state(row),
        facts=_facts(row),
        acts=acts,
        crumbs=[
            Crumb(pgettext("many", "副本"), reverse("copies:overview")),
            Crumb(_("校验"), reverse("copies:readings")),
            Crumb(_("第 %(n)d 轮") % {"n": row.pk}),
        ],
        template="copies/reading.html",
        progress=going_on(ctx_of(request), row.run_id),
        damages=[(damage, REPAIR[repair_state(damage)]) for damage in damages],
        journal_damages=[(damage, REPAIR[repair_state(damage)]) for damage in segments],
    )


def _state(row: Reading) -> State:
    if row.finished_at is None:
        return State(_("进行中"), Tone.BUSY)
    if row.damage_count > row.repaired_count:
        return State(_("有未修复的异常"), Tone.BAD)
    return State(_("异常已全部修复"), Tone.WARN) if row.damage_count else State(_("全部完好"), Tone.GOOD)


def _facts(row: Reading) -> list[Fact]:
    return [
        Fact(_("缘由"), row.get_kind_display()),
        Fact(_("保管单位"), row.org.name),
        Fact(_("存储位置"), row.place.title if row.place else _("全部位置")),
        Fact(_("全宗"), row.fonds or _("全部全宗")),
        Fact(_("开始时间"), row.started_at, "moment"),
        Fact(_("结束时间"), row.finished_at, "moment"),
        Fact(_("已读副本"), row.copy_count, "number"),
        Fact(_("已读文件"), row.file_count, "number"),
        Fact(_("已读数据量"), row.byte_count, "size"),
        Fact(_("未读到"), row.away_count, "number", help=_("存储位置没有应答的副本。")),
        Fact(_("异常"), row.damage_count, "number"),
        Fact(_("已修复"), row.repaired_count, "number"),
    ]


@needs(P.COPY_VERIFY)
@require_http_methods(["GET", "POST"])
def start_reading(request: HttpRequest) -> HttpResponse:
    """Begin a round: of everything, of a place, of a fonds, of a sample, or of one package."""
    ctx = ctx_of(request)
    asked = request.POST.get("package", "")
    if asked.isdecimal() and len(asked) < 19:
        package = custody.get(ctx, int(asked))
        row = services.start_reading(
            ctx, org_id=package.custodian_id, kind=ReadingKind.DEMAND, package_id=package.pk
        )
        return pages.done(request, _("校验已开始，可以关闭本页。"), to=row)
    form = ReadForm(
        request.POST or None, places=queries.visible_places(ctx), fonds=queries.fonds_of(ctx, ctx.org_id or 0)
    )
    if form.is_valid():
        try:
            rate = services.rate_of(ctx.org_id or 0)
            row = services.start_reading(ctx, org_id=ctx.org_id, rate_mb_s=rate, **form.said())
            return pages.done(request, _("校验已开始，可以关闭本页。"), to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("开始校验"),
        submit=_("开始"),
        intro=_("逐个读出本单位保管的副本，与封存时的摘要比对；发现异常，从核对过的副本修复。可以关闭页面。"),
        crumbs=[
            Crumb(pgettext("many", "副本"), reverse("copies:overview")),
            Crumb(_("校验"), reverse("copies:readings")),
        ],
        cancel_url=reverse("copies:readings"),
    )
