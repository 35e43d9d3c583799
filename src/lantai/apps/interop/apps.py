"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InteropConfig(AppConfig):
    """Exchange of the catalogue with other systems."""

    name = "lantai.apps.interop"
    label = "interop"

    def ready(self) -> None:
        from lantai.apps.catalogue.queries.panels import register_panel
        from lantai.apps.interop import queries
        from lantai.apps.interop.permissions import P
        from lantai.apps.interop.queries.citing import panel
        from lantai.platform.jobs.registry import every
        from lantai.platform.search.registry import register_source
        from lantai.platform.ui.registry import MenuItem, Section, register_menu

        every(2, "lantai.apps.interop.services.follow_now")
        every(60, "lantai.apps.interop.services.start_due")
        register_source("foreign", queries.search_documents, queries.foreign_ids_after)
        register_panel(panel, order=80)
        register_menu(
            MenuItem(Section.USE, _("目录汇集"), "interop:sources", (P.SOURCE_READ,), order=70, icon="plug"),
            MenuItem(Section.USE, _("目录报送"), "interop:channels", (P.REPORT_READ,), order=71, icon="send"),
        )
