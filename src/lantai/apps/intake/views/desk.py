"""The intake desk, in which a receiving archivist lives."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lantai.apps.intake import queries
from lantai.apps.intake.permissions import P
from lantai.apps.intake.states import ANNOUNCED, REGISTERED, RETURNED, SUBMISSION
from lantai.apps.intake.types import ANNOUNCEMENT, OBJECT, REGISTER, RETURN_LIST, DueStatus
from lantai.apps.intake.views.submissions import sending_acts
from lantai.platform.gates import needs
from lantai.platform.ui import pages
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.types import Empty

STATES = {
    OBJECT: pages.states_of(SUBMISSION.states),
    ANNOUNCEMENT: pages.states_of(ANNOUNCED.states),
    RETURN_LIST: pages.states_of(RETURNED.states),
    REGISTER: pages.states_of(REGISTERED.states),
}


@needs(P.SUBMISSION_READ)
@require_GET
def desk(request: HttpRequest) -> HttpResponse:
    """What is announced, arrived, under test, waits for me, waits for the other side."""
    ctx = ctx_of(request)
    receives = bool(ctx.actor.orgs_with(P.SUBMISSION_DECIDE) or ctx.actor.orgs_with(P.SUBMISSION_CONFIRM))
    titles = {
        "mine": _("等本馆办理") if receives else _("等本单位办理"),
        "theirs": _("等移交单位办理") if receives else _("等档案馆办理"),
        "announced": _("已约定，尚未到"),
        "arrived": _("已到，等待检测"),
        "testing": _("正在检测或接收"),
    }
    found = {lane.name: lane for lane in queries.lanes(ctx)}
    lanes = [
        (
            titles[name],
            found[name].total,
            [(line, STATES[line.object_type][line.state]) for line in found[name].lines],
        )
        for name in titles
    ]
    counts = queries.counts_by_status(ctx) if ctx.actor.holds(P.AGREEMENT_READ) else {}
    empty = Empty(
        _("现在没有在办的移交"),
        _("预告、到达、检测和等待办理的移交批次会列在这里。"),
    )
    page = {
        "title": _("移交接收"),
        "lanes": [lane for lane in lanes if lane[1]],
        "idle": [name for name, total, _lines in lanes if not total],
        "empty": empty,
        "acts": sending_acts(ctx),
        "figures": [
            (DueStatus(status).label, counts.get(status, 0), f"{reverse('intake:calendar')}?status={status}")
            for status in (DueStatus.OVERDUE, DueStatus.SOON)
        ],
    }
    return pages.show(request, "intake/desk.html", page)
