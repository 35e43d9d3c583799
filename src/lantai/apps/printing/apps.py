"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrintingConfig(AppConfig):
    """Official lists, covers, notes, labels and the file about a fonds."""

    name = "lantai.apps.printing"
    label = "printing"

    def ready(self) -> None:
        from lantai.apps.catalogue.queries.panels import register_panel
        from lantai.apps.printing.dossier import register_own
        from lantai.apps.printing.panels import panel
        from lantai.apps.printing.permissions import P
        from lantai.platform.ui.registry import MenuItem, PageTab, Section, register_menu, register_tab

        register_own()
        register_panel(panel, order=60)
        for order, (label, name) in enumerate(
            (
                (_("归档文件打印"), "printing:fonds"),
                (_("案卷打印"), "printing:files"),
                (_("全宗卷"), "printing:dossier"),
            )
        ):
            register_tab(PageTab("holdings:fonds", label, name, (P.PAPER_PRINT,), 60 + order))
        register_menu(
            MenuItem(
                Section.KEEP,
                _("目录打印"),
                "printing:list",
                (P.PAPER_PRINT,),
                order=45,
                icon="printer",
            )
        )
