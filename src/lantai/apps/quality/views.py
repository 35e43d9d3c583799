"""Pages of the catalogue's quality."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from lantai.apps.quality import queries, services
from lantai.apps.quality.models import Snapshot
from lantai.apps.quality.permissions import P
from lantai.apps.quality.tables import FindingTable, LackingTable, SnapshotTable, points
from lantai.apps.quality.types import OBJECT, CountingAlready, Lacking, Weights
from lantai.kit.errors import Missing
from lantai.platform.context import Ctx
from lantai.platform.desk.progress import going_on_about
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond, selected
from lantai.platform.ui.types import Act, Crumb, Empty, State, Tone

_WIDTH, _HEIGHT = 480, 100
_SCORES = 1000


@dataclass(frozen=True, slots=True)
class Dot:
    """A score in the line over time."""

    x: int
    y: int
    label: str
    day: str


def _crumbs() -> list[Crumb]:
    return [Crumb(_("目录质量"), reverse("quality:overview"))]


@needs(P.QUALITY_READ)
@require_GET
def overview(request: HttpRequest) -> HttpResponseBase:
    """The score of every fonds, the lowest first."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    acts = []
    if ctx.actor.holds(P.QUALITY_COUNT):
        acts.append(Act(_("检查各全宗"), reverse("quality:count_all"), Tone.PRIMARY, "refresh"))
    empty = Empty(
        _("这里会出现各全宗的目录质量"),
        _("系统定期对照著录方案检查每条目录：必填未填、值不合规、疑似重复，以及挂接、数字化和全文情况。"),
        acts[0] if acts else None,
    )
    return respond(request, SnapshotTable(queries.latest(ctx)), title=_("目录质量"), empty=empty, acts=acts)


@needs(P.QUALITY_COUNT)
@require_POST
def count_all(request: HttpRequest) -> HttpResponse:
    """Look at every fonds of mine."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    begun = 0
    for row in queries.fonds_of(ctx):
        try:
            services.count(ctx, fonds_id=row.pk)
            begun += 1
        except CountingAlready:
            continue
    said = ngettext(
        "开始检查 %(n)d 个全宗，进度在“任务”里。", "开始检查 %(n)d 个全宗，进度在“任务”里。", begun
    )
    return pages.done(request, said % {"n": begun}, to=reverse("quality:overview"))


@needs(P.QUALITY_READ)
@require_GET
def fonds(request: HttpRequest, fonds_id: int) -> HttpResponse:
    """One fonds: score, figures, faults by field, how it went."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.fonds_to_read(ctx, fonds_id)
    latest = queries.latest_of(row.pk)
    weights = queries.weights(timezone.localdate(ctx.now))
    trend = queries.trend_of(row.pk)
    page = {
        "title": str(row),
        "fonds": row,
        "latest": latest,
        "points": points(latest) if latest else "",
        "state": _state(latest, weights) if latest else None,
        "figures": queries.figures_of(latest) if latest else [],
        "lines": queries.by_field(latest) if latest else [],
        "weights": weights,
        "trend": trend,
        "dots": _dots(trend),
        "width": _WIDTH,
        "height": _HEIGHT,
        "crumbs": [*_crumbs(), Crumb(str(row))],
        "acts": _acts(ctx, row.pk, row.archives_id),
        "progress": going_on_about(ctx, OBJECT, queries.newest_look(row.pk)),
    }
    return pages.show(request, "quality/fonds.html", page)


def _acts(ctx: Ctx, fonds_id: int, archives_id: int) -> list[Act]:
    if archives_id not in ctx.actor.orgs_with(P.QUALITY_COUNT):
        return []
    return [Act(_("检查目录质量"), reverse("quality:count", args=[fonds_id]), Tone.PRIMARY, "refresh")]


def _state(row: Snapshot, by: Weights) -> State:
    score = (row.score or 0) / 10
    if score >= by.good_from:
        return State(_("良好"), Tone.GOOD)
    return State(_("一般"), Tone.WARN) if score >= by.fair_from else State(_("较差"), Tone.BAD)


def _dots(trend: Sequence[Snapshot]) -> list[Dot]:
    scored = [row for row in trend if row.score is not None]
    step = (_WIDTH - 40) // max(1, len(scored) - 1)
    return [
        Dot(
            20 + number * step,
            _HEIGHT - 10 - (row.score or 0) * (_HEIGHT - 30) // _SCORES,
            points(row),
            timezone.localdate(row.began_at).isoformat(),
        )
        for number, row in enumerate(scored)
    ]


@needs(P.QUALITY_COUNT)
@require_POST
def count(request: HttpRequest, fonds_id: int) -> HttpResponse:
    """Look at one fonds."""
    services.count(request.ctx, fonds_id=fonds_id)  # type: ignore[attr-defined]
    to = reverse("quality:fonds", args=[fonds_id])
    return pages.done(request, _("正在检查。"), to=to)


@needs(P.QUALITY_READ)
@require_GET
def findings(request: HttpRequest, fonds_id: int) -> HttpResponseBase:
    """The faults behind the figures."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.fonds_to_read(ctx, fonds_id)
    table = FindingTable(queries.findings_of(ctx, row.pk), queries.fields_with_faults(row.pk))
    return respond(
        request,
        table,
        title=_("目录问题"),
        empty=Empty(_("没有发现问题"), _("还没有检查过，或者每条目录都符合著录方案。")),
        crumbs=[*_crumbs(), Crumb(str(row), reverse("quality:fonds", args=[row.pk]))],
    )


@needs(P.QUALITY_COUNT)
@require_POST
def mend(request: HttpRequest) -> HttpResponse:
    """From chosen faults to their descriptions as a table that is filled like a sheet."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    try:
        found = resolve(urlsplit(request.POST.get("next", "")).path).kwargs.get("fonds_id")
    except Resolver404:
        found = None
    if found is None:
        raise Missing
    row = queries.fonds_to_read(ctx, int(found))
    table = FindingTable(queries.findings_of(ctx, row.pk), queries.fields_with_faults(row.pk))
    bulk = services.mend(ctx, faults=selected(request, table))
    said = ngettext(
        "已选中 %(n)d 条，可以像电子表格一样修改。",
        "已选中 %(n)d 条，可以像电子表格一样修改。",
        bulk.row_count,
    )
    to = reverse("catalogue:grid", args=[bulk.pk])
    return pages.done(request, said % {"n": bulk.row_count}, to=to)


@needs(P.QUALITY_READ)
@require_GET
def lacking(request: HttpRequest, fonds_id: int, what: str) -> HttpResponseBase:
    """Items without content, or without text."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.fonds_to_read(ctx, fonds_id)
    if what not in Lacking.values:
        raise Missing
    return respond(
        request,
        LackingTable(queries.lacking(ctx, row.pk, what)),
        title=str(Lacking(what).label),
        empty=Empty(_("没有这样的件"), _("每一件都有。")),
        crumbs=[*_crumbs(), Crumb(str(row), reverse("quality:fonds", args=[row.pk]))],
    )
