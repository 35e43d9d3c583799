"""Changing many descriptions at once: choose, say what changes, look it over, apply, take back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.catalogue import queries
from lantai.apps.catalogue.editing import BulkAct, BulkState, FieldEdit
from lantai.apps.catalogue.forms import BulkForm
from lantai.apps.catalogue.models import BulkChange
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries import bulk as reading
from lantai.apps.catalogue.queries.addresses import asked_from
from lantai.apps.catalogue.services import bulk_changing as services
from lantai.apps.catalogue.tables import BulkTable, table_of
from lantai.kit.errors import Refusal
from lantai.platform.context import Ctx
from lantai.platform.desk.progress import going_on
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.tables.respond import selected
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, State, Tone

STATES = {
    BulkState.PREVIEWED.value: State(BulkState.PREVIEWED.label),
    BulkState.RUNNING.value: State(BulkState.RUNNING.label, Tone.WARN),
    BulkState.DONE.value: State(BulkState.DONE.label, Tone.GOOD),
    BulkState.UNDONE.value: State(BulkState.UNDONE.label),
}


@needs(P.ITEM_DESCRIBE)
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the rows ticked in the list, or all that its conditions find, for a change."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    rows = selected(request, table_of(ctx, queries.visible(ctx)))
    bulk = services.choose(ctx, rows=rows)
    return pages.done(request, _("已选中 %(n)d 条，请写明怎样修改。") % {"n": bulk.row_count}, to=bulk)


@needs(P.ITEM_DESCRIBE)
@require_POST
def choose_found(request: HttpRequest) -> HttpResponse:
    """Keep all that a search finds, for a change."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    bulk = services.choose_found(ctx, asked=asked_from(QueryDict(request.POST.get("query", ""))))
    return pages.done(request, _("已选中 %(n)d 条，请写明怎样修改。") % {"n": bulk.row_count}, to=bulk)


@needs(P.ITEM_DESCRIBE)
@require_GET
def bulk_changes(request: HttpRequest) -> HttpResponseBase:
    """What was changed in bulk, by whom, and whether it was taken back."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    empty = Empty(_("这里会出现批量修改"), _("在目录列表中勾选条目，点“修改所选”，修改后可以整批撤销。"))
    rows = reading.visible_bulk(ctx).exclude(state=BulkState.PREVIEWED)
    return respond(request, BulkTable(rows), title=_("批量修改"), empty=empty)


@needs(P.ITEM_DESCRIBE)
@require_http_methods(["GET", "POST"])
def bulk_change(request: HttpRequest, bulk_id: int) -> HttpResponse:
    """One bulk change: while it is not applied, its form with the preview; afterwards what came of it."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    bulk = reading.get_bulk(ctx, bulk_id)
    if bulk.state == BulkState.PREVIEWED:
        return _define(request, ctx, bulk)
    return pages.detail(
        request,
        title=bulk.summary or _("批量修改"),
        kicker=_("批量修改"),
        state=STATES[bulk.state],
        acts=_acts(bulk),
        facts=_facts(bulk),
        crumbs=[*_crumbs(), Crumb(bulk.summary[:40])],
        template="catalogue/bulk_change.html",
        progress=going_on(ctx, bulk.run_id),
        bulk=bulk,
    )


def _crumbs() -> list[Crumb]:
    return [
        Crumb(_("目录"), reverse("catalogue:list")),
        Crumb(_("批量修改"), reverse("catalogue:bulk_changes")),
    ]


def _acts(bulk: BulkChange) -> list[Act]:
    if bulk.state != BulkState.DONE:
        return []
    url = reverse("catalogue:undo_bulk", args=[bulk.pk])
    ask = _("这批修改将全部撤销；以后又改过的著录不动。")
    return [Act(_("撤销这次修改"), url, icon="arrow-back-up", confirm=ask)]


def _facts(bulk: BulkChange) -> list[Fact]:
    return [
        Fact(_("选中条数"), bulk.row_count, "number"),
        Fact(_("改动条数"), bulk.changed_count, "number"),
        Fact(_("跳过条数"), bulk.skipped_count, "number"),
        Fact(_("理由"), bulk.reason),
        Fact(_("修改人"), bulk.actor_name),
        Fact(_("提出时间"), bulk.made_at, "moment"),
        Fact(_("完成时间"), bulk.done_at, "moment"),
        Fact(_("撤销人"), bulk.undone_by),
        Fact(_("撤销时间"), bulk.undone_at, "moment"),
    ]


def _define(request: HttpRequest, ctx: Ctx, bulk: BulkChange) -> HttpResponse:
    fields = reading.fields_for(ctx, bulk)
    form, found = BulkForm(request.POST or None, fields=fields), None
    if form.is_valid():
        edit = FieldEdit(**form.edit())
        field = next(one for one in fields if one.name == edit.name)
        try:
            if "apply" in request.POST:
                bulk = services.start_bulk(
                    ctx, bulk_id=bulk.pk, edit=edit, reason=form.cleaned_data["reason"]
                )
                return pages.done(request, _("已开始修改，可以离开这个页面。"), to=bulk)
            found = reading.preview(ctx, bulk, field, edit)
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("批量修改 %(n)d 条") % {"n": bulk.row_count},
        submit=_("预览"),
        template="catalogue/bulk.html",
        crumbs=_crumbs(),
        cancel_url=reverse("catalogue:list"),
        bulk=bulk,
        found=found,
        has_confirm=found is not None and bool(found.sample),
        acts_help=[label for _value, label in BulkAct.choices],
    )


@needs(P.ITEM_DESCRIBE)
@require_POST
def undo_bulk(request: HttpRequest, bulk_id: int) -> HttpResponse:
    """Take a bulk change back."""
    bulk = services.undo_bulk(request.ctx, bulk_id=bulk_id)  # type: ignore[attr-defined]
    return pages.done(request, _("已开始撤销，可以离开这个页面。"), to=bulk)
