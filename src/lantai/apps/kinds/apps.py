"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class KindsConfig(AppConfig):
    """Kinds of record as data."""

    name = "lantai.apps.kinds"
    label = "kinds"

    def ready(self) -> None:
        from lantai.apps.kinds.permissions import P
        from lantai.apps.kinds.states import VERSION
        from lantai.apps.kinds.types import OBJECT
        from lantai.platform.ui.registry import MenuItem, Section, register_menu
        from lantai.platform.workflow import registry as workflow

        workflow.register(
            VERSION,
            model="kinds.KindVersion",
            object_type=OBJECT,
            noun=_("档案种类"),
            title=lambda row: str(row),
            url=lambda row: row.get_absolute_url(),
        )
        register_menu(
            MenuItem(
                Section.KEEP, pgettext_lazy("many", "档案种类"), "kinds:kinds", (P.KIND_READ,), 46, "settings"
            )
        )
