"""Long acts of this app; each of an agency's waits for the one before, so that nobody fills the worker."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.connectors import queries, services
from lantai.apps.connectors.models import Connector
from lantai.apps.connectors.types import PollConnector, SourceUnknown, SourceUnreachable, TakeDelivery
from lantai.kit.errors import Missing, Refusal
from lantai.platform.jobs.registry import handles
from lantai.platform.jobs.running import Running

OFFERS_A_LOOK = 50  # the rest waits for the next look, after others have had their turn
DOCUMENTS_A_TURN = 50  # of one delivery; the rest is a run of its own, behind whoever waits by then


@handles(TakeDelivery, label=_("收录递送的文件"), alone=True)
def take_delivery(run: Running, args: TakeDelivery) -> None:
    """Document by document, a turn's worth; one that is refused does not hold up the others."""
    services.begin(run.ctx, delivery_id=args.delivery_id)
    for item in queries.waiting_items(args.delivery_id, most=DOCUMENTS_A_TURN):
        try:
            with run.advance(to=str(item.pk)):
                services.take_item(run.ctx, item)
        except (Refusal, Missing) as why:
            with run.advance(to=str(item.pk)):
                services.refuse_item(item, why)
    with run.advance(to="concluded", done=0):
        services.conclude_or_go_on(run.ctx, delivery_id=args.delivery_id)


@handles(PollConnector, label=_("查看接入来源"), alone=True)
def look(run: Running, args: PollConnector) -> None:
    """Fetch what lies ready and write back what became of what was fetched before."""
    connector = Connector.objects.select_related("agency", "fonds", "kind").get(pk=args.connector_id)
    if not connector.is_enabled:
        return
    try:
        _look(run, connector)
    except (SourceUnreachable, SourceUnknown) as why:
        services.note_unreachable(run.ctx, connector, why)
        raise
    services.note_reachable(connector)


def _look(run: Running, connector: Connector) -> None:
    box = services.box_of(connector)
    services.answer_ended(connector, box)
    for count, name in enumerate(services.ready(connector, box)):
        if count == OFFERS_A_LOOK:
            return
        run.check()
        services.fetch(run.ctx, connector, box, name)
