"""Who is told what."""

from __future__ import annotations

from lantai.apps.connectors.events import ConnectorFailed, ConnectorFellSilent, DeliveryFailed
from lantai.apps.connectors.models import Connector, Delivery
from lantai.apps.connectors.permissions import P
from lantai.kit.errors import N_
from lantai.platform.context import Ctx
from lantai.platform.notify import services as notify


def on_delivery_failed(ctx: Ctx, event: DeliveryFailed) -> None:
    """The agency's people, who can mend and try again."""
    row = Delivery.objects.select_related("connector").get(pk=event.delivery_id)
    notify.tell(
        ctx,
        org_id=row.agency_id,
        permission=P.DELIVERY_HANDLE,
        text=N_("“%(name)s”的递送 %(key)s 有文件未收录，请查看原因后重新处理或作废。"),
        params={"name": row.connector.name, "key": row.key},
        url=row.get_absolute_url(),
    )


def on_connector_fell_silent(ctx: Ctx, event: ConnectorFellSilent) -> None:
    """The agency's people and the system officers."""
    row = Connector.objects.get(pk=event.connector_id)
    text = N_("“%(name)s”已超过 %(hours)d 小时没有递送，请核对对方系统是否正常。")
    _tell_both(ctx, row, text, {"name": row.name, "hours": row.silent_after_hours or 0})


def on_connector_failed(ctx: Ctx, event: ConnectorFailed) -> None:
    """The agency's people and the system officers."""
    row = Connector.objects.get(pk=event.connector_id)
    text = N_("“%(name)s”的来源不能读取，暂时收不到文件。原因见该接入的页面。")
    _tell_both(ctx, row, text, {"name": row.name})


def _tell_both(ctx: Ctx, row: Connector, text: str, params: dict[str, object]) -> None:
    for permission in (P.DELIVERY_HANDLE, P.CONNECTOR_MANAGE):
        notify.tell(
            ctx,
            org_id=row.agency_id,
            permission=permission,
            text=text,
            params=params,
            url=row.get_absolute_url(),
        )
