"""Boxes: filling, noting, labels."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from lantai.apps.holdings import queries as holdings
from lantai.apps.printing import queries, rendering, services
from lantai.apps.printing.forms import BoxForm, FillForm
from lantai.apps.printing.models import Box
from lantai.apps.printing.permissions import P
from lantai.apps.printing.tables import BoxTable
from lantai.apps.printing.types import BOX, Chosen
from lantai.apps.printing.views.papers import chosen_from, crumbs, pdf, top_tabs
from lantai.kit.errors import Missing, Refusal
from lantai.kit.text.figures import is_number
from lantai.platform.context import Ctx
from lantai.platform.desk.words import act_label
from lantai.platform.gates import needs
from lantai.platform.ledger import queries as ledger
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, Moment, Tone

LABELS = 200  # of one file


@needs(P.BOX_READ)
@require_GET
def boxes(request: HttpRequest) -> HttpResponseBase:
    """Every box, in the order of the shelf."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    fonds = [(str(row.pk), str(row)) for row in holdings.visible_fonds(ctx)]
    empty = Empty(
        _("这里会出现档案盒"),
        _("在“按全宗打印”中选一个全宗，按年度和保管期限装盒，盒脊标签和备考表随之可以打印。"),
        Act(_("选择全宗"), reverse("printing:list"), Tone.PRIMARY, method="get"),
    )
    table = BoxTable(queries.visible_boxes(ctx), fonds)
    return respond(request, table, title=_("档案盒"), empty=empty, tabs=top_tabs(request, "boxes"))


@needs(P.BOX_MANAGE)
@require_http_methods(["GET", "POST"])
def fill(request: HttpRequest, fonds_id: int) -> HttpResponse:
    """Box what lies loose of one year, retention and class."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = holdings.get_fonds(ctx, fonds_id)
    chosen = chosen_from(request.GET, row.pk)
    if chosen.year is None:
        raise Missing
    form = FillForm(request.POST or None)
    if form.is_valid():
        try:
            made = services.put_in_boxes(ctx, chosen=chosen, **form.cleaned_data)
            said = ngettext("已装 %(n)d 盒。", "已装 %(n)d 盒。", len(made)) % {"n": len(made)}
            return pages.done(request, said, to=reverse("printing:fonds", args=[row.pk]))
        except Refusal as refusal:
            pages.refused(form, refusal)
    return pages.form(
        request,
        form,
        title=_("装盒"),
        submit=_("装盒"),
        intro=_("%(year)s 年度，%(kept)s %(group)s：还未装盒的文件按档号顺序装盒，盒号接着编。")
        % {
            "year": chosen.year,
            "kept": holdings.retention_label(chosen.retention),
            "group": chosen.class_code,
        },
        crumbs=[*crumbs(row), Crumb(_("装盒"))],
        cancel_url=reverse("printing:fonds", args=[row.pk]),
    )


@needs(P.BOX_READ)
@require_GET
def box(request: HttpRequest, box_id: int) -> HttpResponse:
    """One box with what lies in it."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_box(ctx, box_id)
    return pages.detail(
        request,
        title=_("第 %(n)d 盒") % {"n": row.number},
        kicker=str(row),
        acts=_acts(ctx, row),
        facts=_facts(row),
        moments=_moments(row),
        crumbs=[*crumbs(row.fonds), Crumb(_("第 %(n)d 盒") % {"n": row.number})],
        template="printing/box.html",
        items=queries.items_in(ctx, row)[:500],
    )


def _acts(ctx: Ctx, row: Box) -> list[Act]:
    acts = [
        Act(
            _("盒脊标签"), f"{reverse('printing:labels')}?box={row.pk}", Tone.PRIMARY, "printer", method="get"
        ),
        Act(_("备考表"), reverse("printing:box_note", args=[row.pk]), icon="printer", method="get"),
    ]
    if row.custodian_id in ctx.actor.orgs_with(P.BOX_MANAGE):
        acts.append(
            Act(_("填写备考表"), reverse("printing:describe_box", args=[row.pk]), icon="edit", method="get")
        )
        sure = _("撤销后这些文件回到未装盒，盒号可以重新使用。")
        acts.append(Act(_("撤销装盒"), reverse("printing:empty_box", args=[row.pk]), confirm=sure))
    return acts


def _facts(row: Box) -> list[Fact]:
    return [
        Fact(_("全宗"), str(row.fonds), url=reverse("printing:fonds", args=[row.fonds_id])),
        Fact(_("年度"), row.year),
        Fact(_("保管期限"), holdings.retention_said(row.retention)),
        Fact(_("机构或问题"), row.class_code),
        Fact(_("件数"), row.item_count, "number"),
        Fact(_("页数"), row.page_count, "number"),
        Fact(_("盒脊厚度"), row.get_spine_mm_display()),
        Fact(_("存放位置"), row.place),
        Fact(_("盒内文件情况说明"), row.situation),
        Fact(_("整理人"), row.arranged_by),
        Fact(_("整理日期"), row.arranged_on, "date"),
        Fact(_("检查人"), row.checked_by),
        Fact(_("检查日期"), row.checked_on, "date"),
    ]


def _moments(row: Box) -> list[Moment]:
    entries = ledger.entries_about(BOX, row.pk).reverse()[:100]
    return [
        Moment(e.at, f"{e.actor_name} · {e.org_name}", act_label(e.act), request_id=e.request_id)
        for e in entries
    ]


@needs(P.BOX_MANAGE)
@require_http_methods(["GET", "POST"])
def describe(request: HttpRequest, box_id: int) -> HttpResponse:
    """Write the note of a box."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_box(ctx, box_id)
    names = list(BoxForm.base_fields)
    form = BoxForm(request.POST or None, initial={name: getattr(row, name) for name in names})
    if form.is_valid():
        services.describe_box(ctx, box_id=row.pk, **form.cleaned_data)
        return pages.done(request, _("已保存。"), to=row)
    return pages.form(
        request,
        form,
        title=_("填写备考表"),
        submit=_("保存"),
        crumbs=[*crumbs(row.fonds), Crumb(str(row), row.get_absolute_url())],
        cancel_url=row.get_absolute_url(),
    )


@needs(P.BOX_MANAGE)
@require_POST
def empty(request: HttpRequest, box_id: int) -> HttpResponse:
    """Take the last box back."""
    row = services.empty_box(request.ctx, box_id=box_id)  # type: ignore[attr-defined]
    back = reverse("printing:fonds", args=[row.fonds_id])
    return pages.done(request, _("第 %(n)d 盒已撤销。") % {"n": row.number}, to=back)


@needs(P.BOX_READ)
@require_GET
def note(request: HttpRequest, box_id: int) -> HttpResponse:
    """备考表 of a box as PDF/A."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get_box(ctx, box_id)
    return pdf(rendering.box_note_pdf(ctx, row), f"box-{row.fonds.code}-{row.year}-{row.number}")


@needs(P.BOX_READ)
@require_GET
def labels(request: HttpRequest) -> HttpResponse:
    """Labels of the boxes named, or of all boxes of a group, as PDF/A."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    ids = [int(text) for text in request.GET.getlist("box") if is_number(text)][:LABELS]
    fonds_id = request.GET.get("fonds", "")
    if ids:
        rows = queries.visible_boxes(ctx).filter(pk__in=ids)
    else:
        known = int(fonds_id) if is_number(fonds_id) else 0
        chosen: Chosen = chosen_from(request.GET, known)
        rows = queries.boxes_of(ctx, chosen)
    return pdf(rendering.labels_pdf(ctx, list(rows.order_by("first_code", "pk")[:LABELS])), "labels")
