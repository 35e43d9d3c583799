"""Arranging many documents, correcting one, setting aside and taking back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from lantai.apps.filing import composition, queries, services
from lantai.apps.filing.forms import ArrangeForm, DescribeForm
from lantai.apps.filing.models import Document
from lantai.apps.filing.permissions import P
from lantai.apps.filing.views.choosing import carried, chosen_ids
from lantai.apps.filing.views.documents import may_describe
from lantai.apps.holdings import queries as holdings
from lantai.kit.errors import Missing, Refusal
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.types import Crumb, Tone


@needs(P.DOCUMENT_ARRANGE)
@require_POST
def arrange(request: HttpRequest) -> HttpResponse:
    """Class, year and retention for the chosen documents: first the form, then the act."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    waiting = queries.visible(ctx).filter(pk__in=chosen_ids(request), state__in=("captured", "arranged"))
    rows = list(waiting.order_by("pk"))
    if not rows:
        message = _("所选文件已经编号、归档或列为不归档，没有可以整理的。")
        return pages.done(request, message, to="filing:documents", tone=Tone.WARN)
    fonds_ids = sorted({row.fonds_id for row in rows})
    if "chosen" not in request.POST:
        form = ArrangeForm(initial={"chosen": carried([row.pk for row in rows])}, fonds_ids=fonds_ids)
        return _arrange_page(request, form, rows)
    form = ArrangeForm(request.POST, fonds_ids=fonds_ids)
    if form.is_valid():
        try:
            done = services.arrange(
                ctx, document_ids=form.cleaned_data["chosen"], arrangement=form.arrangement()
            )
            message = ngettext("已整理 %(n)d 件文件。", "已整理 %(n)d 件文件。", done) % {"n": done}
            return pages.done(request, message, to="filing:to_compose")
        except Refusal as refusal:
            pages.refused(form, refusal)
    return _arrange_page(request, form, rows)


def _arrange_page(request: HttpRequest, form: ArrangeForm, rows: list[Document]) -> HttpResponse:
    count = len(rows)
    intro = ngettext(
        "为所选的 %(n)d 件文件确定年度、类目和保管期限；保持不变的项目不会改动。",
        "为所选的 %(n)d 件文件确定年度、类目和保管期限；保持不变的项目不会改动。",
        count,
    )
    return pages.form(
        request,
        form,
        title=_("整理文件"),
        submit=_("完成整理"),
        template="filing/arrange.html",
        intro=intro % {"n": count},
        crumbs=[Crumb(_("文件归档"), reverse("filing:documents")), Crumb(_("整理文件"))],
        cancel_url=reverse("filing:documents"),
        rows=rows[:20],
        schedules=_schedules(rows),
    )


def _schedules(rows: list[Document]) -> list[tuple[object, list[tuple[str, str, str]]]]:
    """The retention schedule in force of each agency, with its lines."""
    found = [holdings.schedule_in_force(agency_id) for agency_id in sorted({row.agency_id for row in rows})]
    return [
        (
            schedule,
            [
                (line.number, line.scope, holdings.retention_said(line.retention))
                for line in holdings.lines_of(schedule.pk)
            ],
        )
        for schedule in found
        if schedule is not None
    ]


@needs(P.DOCUMENT_ARRANGE)
@require_POST
def discard(request: HttpRequest) -> HttpResponse:
    """Set the chosen documents aside, with the reason."""
    reason = request.POST.get("reason", "")
    done = services.discard(request.ctx, document_ids=chosen_ids(request), reason=reason)  # type: ignore[attr-defined]
    message = ngettext("已将 %(n)d 件文件列为不归档。", "已将 %(n)d 件文件列为不归档。", done) % {"n": done}
    return pages.done(request, message, to="filing:documents", tone=Tone.GOOD if done else Tone.WARN)


@needs(P.DOCUMENT_ARRANGE)
@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    """Arrange documents after all that were set aside."""
    done = services.take_back(request.ctx, document_ids=chosen_ids(request))  # type: ignore[attr-defined]
    message = ngettext("已恢复 %(n)d 件文件，可以重新整理。", "已恢复 %(n)d 件文件，可以重新整理。", done)
    tone = Tone.GOOD if done else Tone.WARN
    return pages.done(request, message % {"n": done}, to="filing:documents", tone=tone)


@needs(P.DOCUMENT_ARRANGE)
@require_http_methods(["GET", "POST"])
def describe(request: HttpRequest, document_id: int) -> HttpResponse:
    """Correct the description of one document."""
    ctx: Ctx = request.ctx  # type: ignore[attr-defined]
    row = queries.get(ctx, document_id)
    if row.agency_id not in ctx.actor.orgs_with(P.DOCUMENT_ARRANGE):
        raise Missing
    if not may_describe(ctx, row):
        message = _("“%(title)s”现在不能修改著录。") % {"title": row.title}
        return pages.done(request, message, to=row, tone=Tone.WARN)
    form = DescribeForm(request.POST or None, document=row)
    if form.is_valid():
        try:
            services.describe_document(ctx, document_id=row.pk, correction=form.correction())
            return pages.done(request, _("著录已保存。"), to=row)
        except Refusal as refusal:
            pages.refused(form, refusal)
    frozen = _("档号已编，年度、机构或问题、保管期限不能改；如需修改，请先解散批次。")
    return pages.form(
        request,
        form,
        title=_("修改著录"),
        submit=_("保存著录"),
        template="filing/describe.html",
        row=row,
        is_composed=composition.rule_of(row) is not None,
        intro=frozen if row.batch_id else "",
        crumbs=[Crumb(_("文件归档"), reverse("filing:documents")), Crumb(row.title, row.get_absolute_url())],
        cancel_url=row.get_absolute_url(),
    )
