"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class SchemesConfig(AppConfig):
    """Schemes of the four-property test that an archives sets for itself."""

    name = "lantai.apps.schemes"
    label = "schemes"

    def ready(self) -> None:
        from lantai.apps.schemes import queries
        from lantai.apps.schemes.permissions import P
        from lantai.apps.schemes.states import SCHEME
        from lantai.apps.schemes.types import OBJECT
        from lantai.platform.jobs.registry import every
        from lantai.platform.ui.registry import MenuItem, Section, register_menu
        from lantai.platform.workflow import registry as workflow

        every(86_400, "lantai.apps.schemes.services.turn_over")
        workflow.register(
            SCHEME,
            model="schemes.SchemeVersion",
            object_type=OBJECT,
            noun=_("检测方案"),
            title=lambda row: str(row),
            url=lambda row: row.get_absolute_url(),
        )
        register_menu(
            MenuItem(
                Section.KEEP,
                pgettext_lazy("many", "检测方案"),
                "schemes:schemes",
                (P.SCHEME_READ,),
                45,
                "settings",
                queries.count_behind,
            )
        )
