"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrintingConfig(AppConfig):
    """Official lists, covers, notes, labels and the file about a fonds."""

    name = "lantai.apps.printing"
    label = "printing"

    def ready(self) -> None:
        from lantai.apps.printing.dossier import register_own
        from lantai.apps.printing.permissions import P
        from lantai.platform.ui.registry import MenuItem, Section, register_menu

        register_own()
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
