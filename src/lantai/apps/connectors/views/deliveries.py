"""What came through connectors: lists, one delivery, trying again, giving up, looking at what was sent."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from lantai.apps.connectors import queries, services
from lantai.apps.connectors.models import Delivery, DeliveryItem
from lantai.apps.connectors.permissions import P
from lantai.apps.connectors.states import DELIVERY_MACHINE
from lantai.apps.connectors.tables import STATES, DeliveryTable
from lantai.apps.connectors.types import DELIVERY, Outcome
from lantai.platform.context import Ctx
from lantai.platform.desk.progress import progress_of
from lantai.platform.gates import needs
from lantai.platform.jobs import queries as runs
from lantai.platform.ui import pages
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.downloads import saved
from lantai.platform.ui.tables import respond
from lantai.platform.ui.types import Act, Crumb, Empty, Fact, State, Tone
from lantai.platform.workflow import queries as workflow

OUTCOMES = {
    Outcome.WAITING: State(Outcome.WAITING.label, Tone.BUSY),
    Outcome.TAKEN: State(Outcome.TAKEN.label, Tone.GOOD),
    Outcome.KNOWN: State(Outcome.KNOWN.label, Tone.GOOD),
    Outcome.REFUSED: State(Outcome.REFUSED.label, Tone.BAD),
}


@needs(P.DELIVERY_READ)
@require_GET
def deliveries(request: HttpRequest) -> HttpResponseBase:
    """Deliveries that I may see."""
    ctx = ctx_of(request)
    found = [(str(row.pk), row.name) for row in queries.visible_connectors(ctx)]
    act = Act(_("查看系统接入"), reverse("connectors:connectors"), method="get", icon="plug")
    text = _("登记的业务系统递送文件后，在这里查看每次递送的处理结果。")
    empty = Empty(_("还没有收到递送"), text, act if ctx.actor.holds(P.CONNECTOR_READ) else None)
    return respond(request, DeliveryTable(queries.visible(ctx), found), title=_("递送记录"), empty=empty)


@needs(P.DELIVERY_READ)
@require_GET
def delivery(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """One delivery with what became of each document."""
    ctx = ctx_of(request)
    row = queries.get(ctx, delivery_id)
    items = list(queries.items_of(row.pk))
    run = runs.visible(ctx).filter(about_type=DELIVERY, about_id=str(row.pk)).order_by("-id").first()
    return pages.detail(
        request,
        title=row.place or row.key,
        kicker=row.connector.name,
        state=STATES[row.state],
        acts=_acts(ctx, row),
        facts=_facts(row, items),
        moments=pages.moments_of(workflow.timeline(DELIVERY, row.pk)),
        crumbs=[Crumb(_("递送记录"), reverse("connectors:deliveries")), Crumb(row.key)],
        template="connectors/delivery.html",
        row=row,
        items=[(item, OUTCOMES[Outcome(item.outcome)], _said(item)) for item in items],
        progress=progress_of(run) if run else None,
    )


def _said(item: DeliveryItem) -> str:
    return _(item.message) % item.params if item.message else ""


def _acts(ctx: Ctx, row: Delivery) -> tuple[Act, ...]:
    moves = [
        move
        for move in workflow.possible_moves(ctx, row, DELIVERY_MACHINE)
        if move.name != "retry" or not queries.is_being_worked_on(row.pk)
    ]
    made = pages.acts_of(moves, lambda name: reverse("connectors:move", args=[row.pk, name]), primary="retry")
    url = reverse("connectors:manifest", args=[row.pk])
    return (*made, Act(_("下载说明和回执"), url, icon="download", method="get"))


def _facts(row: Delivery, items: list[DeliveryItem]) -> list[Fact]:
    taken = sum(item.outcome in {Outcome.TAKEN, Outcome.KNOWN} for item in items)
    facts = [
        Fact(_("立档单位"), row.agency.name),
        Fact(_("系统接入"), row.connector.name, url=row.connector.get_absolute_url()),
        Fact(_("流水号"), row.key, "code"),
        Fact(_("内容"), row.get_content_display()),
        Fact(_("收到时间"), row.received_at, "moment"),
        Fact(_("处理完成时间"), row.ended_at, "moment"),
        Fact(_("份数"), row.item_count, "number"),
        Fact(_("已收录"), taken, "number"),
        Fact(_("大小"), row.byte_count, "size"),
        Fact(_("请求摘要（SHA-256）"), row.request_sha256, "code"),
    ]
    if row.submission:
        facts.append(
            Fact(_("移交批次"), row.submission.number, "code", url=row.submission.get_absolute_url())
        )
    return facts


@needs(P.DELIVERY_HANDLE)
@require_POST
def move(request: HttpRequest, delivery_id: int, move: str) -> HttpResponse:
    """Try again or give up; the state table asks for the permission and the reason."""
    reason = request.POST.get("reason", "")
    row = services.move(ctx_of(request), delivery_id=delivery_id, name=move, reason=reason)
    said = {"key": row.key, "state": STATES[row.state].label}
    return pages.done(request, _("递送“%(key)s”现在是：%(state)s。") % said, to=row)


@needs(P.DELIVERY_READ)
@require_GET
def manifest(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """What was said of the documents, the receipt, and what became of them, as JSON."""
    row = queries.get(ctx_of(request), delivery_id)
    body = {
        "key": row.key,
        "state": row.state,
        "receipt": row.receipt,
        "sent": [item.said for item in queries.items_of(row.pk)],
        "documents": list(services.outcomes(row.pk)),
    }
    answer = HttpResponse(json.dumps(body, ensure_ascii=False, indent=1), content_type="application/json")
    answer["Content-Disposition"] = f'attachment; filename="delivery-{row.pk}.json"'
    return answer


@needs(P.DELIVERY_READ)
@require_GET
def file(request: HttpRequest, deliveryfile_id: int) -> HttpResponseBase:
    """A file as it was sent, while it lies in quarantine; never shown, only saved."""
    opened = services.open_file(ctx_of(request), file_id=deliveryfile_id)
    return saved(opened.stream, name=opened.name, size_bytes=opened.size_bytes)
