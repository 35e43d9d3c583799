"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConnectorsConfig(AppConfig):
    """Other systems hand over what they hold."""

    name = "lantai.apps.connectors"
    label = "connectors"

    def ready(self) -> None:
        from lantai.apps.connectors import events, queries
        from lantai.apps.connectors.states import DELIVERY_MACHINE
        from lantai.apps.connectors.types import DELIVERY
        from lantai.platform.blobs.registry import register_owner
        from lantai.platform.events.registry import subscribe
        from lantai.platform.jobs.registry import every
        from lantai.platform.workflow import registry as workflow

        here = "lantai.apps.connectors.subscribers"
        register_owner("connectors", queries.keys_in_use)
        subscribe(events.DeliveryFailed, f"{here}.on_delivery_failed")
        subscribe(events.ConnectorFellSilent, f"{here}.on_connector_fell_silent")
        subscribe(events.ConnectorFailed, f"{here}.on_connector_failed")
        every(10, "lantai.apps.connectors.services.keep_watch")
        workflow.register(
            DELIVERY_MACHINE,
            model="connectors.Delivery",
            object_type=DELIVERY,
            noun=_("递送"),
            title=lambda row: row.key,
            url=lambda row: row.get_absolute_url(),
        )
        _offer_pages()


def _offer_pages() -> None:
    from lantai.apps.connectors import queries
    from lantai.apps.connectors.permissions import P
    from lantai.platform.ui.registry import MenuItem, Section, register_menu

    register_menu(
        MenuItem(
            Section.TAKE,
            _("递送记录"),
            "connectors:deliveries",
            (P.DELIVERY_READ,),
            order=12,
            icon="cloud-upload",
            count=queries.count_failed,
        ),
        MenuItem(
            Section.SYSTEM, _("系统接入"), "connectors:connectors", (P.CONNECTOR_READ,), order=15, icon="plug"
        ),
    )
