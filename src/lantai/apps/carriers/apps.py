"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CarriersConfig(AppConfig):
    """The register of offline carriers."""

    name = "lantai.apps.carriers"
    label = "carriers"

    def ready(self) -> None:
        from lantai.apps.carriers import queries
        from lantai.apps.carriers.permissions import P
        from lantai.apps.carriers.states import CARRIER
        from lantai.apps.carriers.types import OBJECT
        from lantai.platform.jobs.registry import every
        from lantai.platform.ui.registry import MenuItem, Section, register_menu
        from lantai.platform.workflow import registry as workflow

        every(86_400, "lantai.apps.carriers.services.remind_of_inspections")
        workflow.register(
            CARRIER,
            model="carriers.Carrier",
            object_type=OBJECT,
            noun=_("载体"),
            title=lambda row: str(row),
            url=lambda row: row.get_absolute_url(),
        )
        register_menu(
            MenuItem(
                Section.KEEP,
                pgettext_lazy("many", "离线载体"),
                "carriers:carriers",
                (P.CARRIER_READ,),
                order=60,
                icon="database",
                count=lambda ctx: queries.count_overdue(ctx, timezone.localdate(ctx.now)),
            )
        )
