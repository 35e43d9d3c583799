"""The audit list and my messages."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lantai.platform.desk.tables import EntryTable, NoticeTable
from lantai.platform.gates import needs, signed_in
from lantai.platform.ledger import queries as ledger
from lantai.platform.ledger.permissions import P as LEDGER
from lantai.platform.notify import queries as notify
from lantai.platform.notify import services as notify_services
from lantai.platform.ui import pages
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Empty


@needs(LEDGER.ENTRY_READ)
@require_GET
def entries(request: HttpRequest) -> HttpResponse:
    """What was done in the organisations whose ledger I may read."""
    rows = ledger.visible(request.ctx)  # type: ignore[attr-defined]
    return respond(request, EntryTable(rows), title=_("操作日志"))


@signed_in
@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """Messages to me."""
    rows = notify.notices(request.ctx)  # type: ignore[attr-defined]
    empty = Empty(_("还没有消息"), _("与您有关的办理结果、退回和到期提醒会出现在这里。"))
    acts = [Act(_("全部标为已读"), reverse("desk:read_notices"), icon="check")]
    return respond(request, NoticeTable(rows), title=_("消息"), empty=empty, acts=acts)


@signed_in
@require_POST
def read_notices(request: HttpRequest) -> HttpResponse:
    """Mark all my messages as read."""
    notify_services.mark_read(request.ctx)  # type: ignore[attr-defined]
    return pages.done(request, _("消息已全部标为已读。"), to="desk:notices")
