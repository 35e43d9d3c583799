"""Pages on which a transfer is decided."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lantai.apps.intake import queries, services
from lantai.apps.intake.forms import MOST_ITEMS, PartForm, ReasonForm, ReturnForm
from lantai.apps.intake.permissions import P
from lantai.apps.intake.views.submissions import Row, home
from lantai.kit.errors import LantaiError, Missing
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.types import Crumb


@needs(P.SUBMISSION_DECIDE)
@require_http_methods(["GET", "POST"])
def return_submission(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Say why, as a whole and item by item, and send the transfer back."""
    ctx = ctx_of(request)
    row = queries.get(ctx, submission_id)
    form = ReturnForm(request.POST or None, items=queries.items_to_return(row.pk, MOST_ITEMS))
    if form.is_valid():
        services.return_submission(
            ctx, submission_id=row.pk, reason=form.cleaned_data["reason"], item_reasons=form.item_reasons
        )
        message = _("移交批次 %(number)s 已退回，移交单位可以看到原因和不合格清单。") % {"number": row.number}
        return pages.done(request, message, to=row)
    return pages.form(
        request,
        form,
        title=_("退回移交批次"),
        submit=_("退回"),
        cancel_url=row.get_absolute_url(),
        crumbs=_crumbs(row, _("退回")),
        intro=_("退回后这一批不再办理，没有收录其中任何内容；移交单位补正后作为新的批次重新移交。"),
    )


def _crumbs(row: Row, last: str) -> list[Crumb]:
    return [home(), Crumb(row.number, row.get_absolute_url()), Crumb(last)]


@needs(P.SUBMISSION_DECIDE)
@require_http_methods(["GET", "POST"])
def accept_part(request: HttpRequest, submission_id: int) -> HttpResponse:
    """Take what passes and send the rest back."""
    ctx = ctx_of(request)
    row = queries.get(ctx, submission_id)
    posted = request.POST if request.method == "POST" else None
    form = PartForm(posted, items=queries.items_to_return(row.pk, MOST_ITEMS))
    if form.is_valid():
        try:
            row = services.accept_part(
                ctx, submission_id=row.pk, item_reasons=form.item_reasons, said=form.cleaned_data["said"]
            )
        except LantaiError as refusal:
            pages.refused(form, refusal)
        else:
            return pages.done(request, _now(row), to=row)
    return pages.form(
        request,
        form,
        title=_("部分接收移交批次"),
        submit=_("部分接收移交批次"),
        cancel_url=row.get_absolute_url(),
        crumbs=_crumbs(row, _("部分接收移交批次")),
        intro=_(
            "合格的件由本馆封存保管；不合格的件列入退回清单，由移交单位补正后以新的批次重新移交。"
            "移交的原包按原样保留。"
        ),
    )


@needs(P.SUBMISSION_CONFIRM)
@require_http_methods(["GET", "POST"])
def object_to_acceptance(request: HttpRequest, submission_id: int) -> HttpResponse:
    """As the second person, say why not."""
    ctx = ctx_of(request)
    row = queries.get(ctx, submission_id)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        row = services.object_to_acceptance(ctx, submission_id=row.pk, reason=form.cleaned_data["reason"])
        return pages.done(request, _now(row), to=row)
    return pages.form(
        request,
        form,
        title=_("复核不同意"),
        submit=_("退回重新办理"),
        cancel_url=row.get_absolute_url(),
        crumbs=_crumbs(row, _("复核不同意")),
    )


@needs(P.SUBMISSION_DECIDE, P.SUBMISSION_TEST, P.SUBMISSION_SUBMIT, P.SUBMISSION_CONFIRM)
@require_POST
def move_submission(request: HttpRequest, submission_id: int, move: str) -> HttpResponse:
    """One of the moves that need no page of their own."""
    ctx = ctx_of(request)
    acts: dict[str, Callable[[], Row]] = {
        "accept": lambda: services.accept_submission(ctx, submission_id=submission_id),
        "confirm": lambda: services.confirm_acceptance(ctx, submission_id=submission_id),
        "check_again": lambda: services.check_again(ctx, submission_id=submission_id),
        "withdraw": lambda: services.withdraw_submission(
            ctx, submission_id=submission_id, reason=request.POST.get("reason", "")
        ),
    }
    if move not in acts:
        raise Missing
    row = acts[move]()
    return pages.done(request, _now(row), to=row)


def _now(row: Row) -> str:
    return _("移交批次 %(number)s 现在是：%(state)s。") % {
        "number": row.number,
        "state": row.get_state_display(),
    }
