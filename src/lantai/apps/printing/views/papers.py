"""What can be printed of a fonds and of a file, and the papers themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lantai.apps.holdings import queries as holdings
from lantai.apps.printing import by_kind, queries, rendering
from lantai.apps.printing import dossier as dossiers
from lantai.apps.printing.permissions import P
from lantai.apps.printing.tables import FileTable, FondsToPrint
from lantai.apps.printing.types import OF_ONE_FILE, VOLUME_ROWS, Chosen, Layout
from lantai.kit.errors import Missing
from lantai.kit.text.figures import is_number
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.registry import tabs_for
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Tab, Tone

if TYPE_CHECKING:
    from lantai.apps.holdings.models import Fonds


@needs(P.PAPER_PRINT)
@require_GET
def fonds_list(request: HttpRequest) -> HttpResponseBase:
    """Of which fonds?"""
    rows = queries.fonds_to_print(request.ctx)  # type: ignore[attr-defined]
    empty = Empty(_("这里会出现全宗"), _("设立全宗并归档以后，可以打印目录、封面、备考表、标签和全宗卷。"))
    return respond(
        request, FondsToPrint(rows), title=_("目录打印"), empty=empty, tabs=top_tabs(request, "list")
    )


def top_tabs(request: HttpRequest, current: str) -> list[Tab]:
    """The lists of this app that the actor may open."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    lists = (
        (P.PAPER_PRINT, _("按全宗打印"), "list"),
        (P.BOX_READ, _("档案盒"), "boxes"),
    )
    return [
        Tab(label, reverse(f"printing:{name}"), current == name)
        for permission, label, name in lists
        if ctx.actor.holds(permission)
    ]


@needs(P.PAPER_PRINT)
@require_GET
def fonds(request: HttpRequest, fonds_id: int) -> HttpResponse:
    """One fonds by year, retention and class, with the papers of each group."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = holdings.get_fonds(ctx, fonds_id)
    return pages.detail(
        request,
        title=row.name,
        kicker=row.code,
        acts=_acts(ctx, row),
        tabs=_tabs(ctx, row, "fonds"),
        crumbs=crumbs(row),
        template="printing/fonds.html",
        row=row,
        groups=[(one, volumes(row.pk, one), _query(one)) for one in queries.groups(ctx, row.pk)],
        kinds=by_kind.kinds_in(ctx, row.pk),
        fills=row.archives_id in ctx.actor.orgs_with(P.BOX_MANAGE),
    )


def _acts(ctx: Ctx, row: Fonds) -> list[Act]:
    if not queries.files(ctx, Chosen(fonds_id=row.pk)).exists():
        return []
    address = reverse("printing:list_pdf", args=[row.pk, Layout.FILES])
    return [Act(_("案卷目录（PDF）"), address, icon="printer", method="get")]


def _tabs(ctx: Ctx, row: Fonds, current: str) -> list[Tab]:
    return tabs_for(ctx.actor, "holdings:fonds", row.pk, current=f"printing:{current}")


def crumbs(row: Fonds) -> list[Crumb]:
    """The way to a fonds."""
    return [
        Crumb(_("目录打印"), reverse("printing:list")),
        Crumb(str(row), reverse("printing:fonds", args=[row.pk])),
    ]


def _query(group: queries.Group) -> str:
    data = QueryDict(mutable=True)
    data.update({"year": str(group.year), "retention": group.retention, "class": group.class_code})
    return data.urlencode()


def volumes(fonds_id: int, group: queries.Group) -> list[tuple[int, str]]:
    """The volumes in which the items of a group are printed: number and address."""
    address = reverse("printing:list_pdf", args=[fonds_id, Layout.ITEMS])
    count = -(-group.item_count // VOLUME_ROWS)
    return [(n, f"{address}?{_query(group)}&volume={n}") for n in range(1, count + 1)]


@needs(P.PAPER_PRINT)
@require_GET
def files(request: HttpRequest, fonds_id: int) -> HttpResponseBase:
    """The files of a fonds."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = holdings.get_fonds(ctx, fonds_id)
    rows = queries.files(ctx, Chosen(fonds_id=row.pk))
    empty = Empty(_("这个全宗没有案卷"), _("按件整理的档案没有案卷，请看“归档文件”。"))
    tabs = _tabs(ctx, row, "files")
    return respond(request, FileTable(rows), title=row.name, empty=empty, acts=_acts(ctx, row), tabs=tabs)


@needs(P.PAPER_PRINT)
@require_GET
def list_pdf(request: HttpRequest, fonds_id: int, layout: str) -> HttpResponse:
    """One volume of a list as PDF/A."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = holdings.get_fonds(ctx, fonds_id)
    if layout not in set(Layout) - OF_ONE_FILE:
        raise Missing
    chosen = chosen_from(request.GET, row.pk)
    at = request.GET.get("at", "")
    if layout == Layout.ITEMS and is_number(at):
        volume = queries.volume_with(ctx, chosen, int(at))
    else:
        volume = _number(request.GET.get("volume", "")) or 1
    made = rendering.list_pdf(ctx, row, Layout(layout), chosen, volume)
    return pdf(made, f"{row.code}-{layout}-{volume}")


@needs(P.PAPER_PRINT)
@require_GET
def kind_pdf(request: HttpRequest, fonds_id: int, slug: str) -> HttpResponse:
    """One volume of the items of a kind as PDF/A, in the columns of that kind."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = holdings.get_fonds(ctx, fonds_id)
    volume = _number(request.GET.get("volume", "")) or 1
    made = by_kind.list_pdf(ctx, row, slug, chosen_from(request.GET, row.pk), volume)
    return pdf(made, f"{row.code}-{slug}-{volume}")


def chosen_from(data: QueryDict, fonds_id: int) -> Chosen:
    """The group that an address names."""
    return Chosen(
        fonds_id=fonds_id,
        year=_number(data.get("year", "")),
        retention=data.get("retention", "")[:8].replace("\x00", ""),
        class_code=data.get("class", "")[:40].replace("\x00", ""),
    )


def _number(text: str) -> int | None:
    return int(text) if is_number(text, 5) else None


@needs(P.PAPER_PRINT)
@require_GET
def file(request: HttpRequest, item_id: int) -> HttpResponse:
    """One file with its papers."""
    row = queries.get_file(request.ctx, item_id)  # type: ignore[attr-defined]
    acts = [
        Act(
            layout.label,
            reverse("printing:file_pdf", args=[row.pk, layout.value]),
            Tone.PRIMARY if layout == Layout.CONTENTS else Tone.PLAIN,
            "printer",
            method="get",
        )
        for layout in Layout
        if layout in OF_ONE_FILE
    ]
    facts = [
        Fact(_("档号"), row.reference_code, "code", row.get_absolute_url()),
        Fact(_("保管期限"), holdings.retention_said(row.retention)),
        Fact(_("件数"), row.item_count, "number"),
        Fact(_("页数"), row.page_sum, "number"),
    ]
    trail = [*crumbs(row.fonds), Crumb(row.reference_code)]
    return pages.detail(
        request, title=row.title, kicker=row.reference_code, acts=acts, facts=facts, crumbs=trail
    )


@needs(P.PAPER_PRINT)
@require_GET
def file_pdf(request: HttpRequest, item_id: int, layout: str) -> HttpResponse:
    """Cover, contents or note of a file as PDF/A."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_file(ctx, item_id)
    if layout not in OF_ONE_FILE:
        raise Missing
    return pdf(rendering.file_pdf(ctx, row, Layout(layout)), f"{row.reference_code}-{layout}")


@needs(P.PAPER_PRINT)
@require_GET
def dossier(request: HttpRequest, fonds_id: int) -> HttpResponse:
    """全宗卷: what there is about a fonds."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = holdings.get_fonds(ctx, fonds_id)
    address = reverse("printing:dossier_pdf", args=[row.pk])
    return pages.detail(
        request,
        title=row.name,
        kicker=row.code,
        acts=[Act(_("全宗卷目录（PDF）"), address, Tone.PRIMARY, "printer", method="get")],
        tabs=_tabs(ctx, row, "dossier"),
        crumbs=crumbs(row),
        template="printing/dossier.html",
        chapters=dossiers.assembled(ctx, row),
    )


@needs(P.PAPER_PRINT)
@require_GET
def dossier_pdf(request: HttpRequest, fonds_id: int) -> HttpResponse:
    """The list of the papers about a fonds as PDF/A."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = holdings.get_fonds(ctx, fonds_id)
    return pdf(rendering.dossier_pdf(ctx, row), f"{row.code}-dossier")


def pdf(made: bytes, name: str) -> HttpResponse:
    """A paper that opens in the browser's own viewer, ready to be printed."""
    answer = HttpResponse(made, content_type="application/pdf")
    safe = "".join(c if c.isascii() and (c.isalnum() or c in "-_.") else "_" for c in name)
    answer["Content-Disposition"] = f'inline; filename="{safe}.pdf"'
    return answer
