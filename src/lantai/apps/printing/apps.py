"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrintingConfig(AppConfig):
    """Official lists, covers, notes, labels and the file about a fonds."""

    name = "lantai.apps.printing"
    label = "printing"

    def ready(self) -> None:
        from lantai.apps.holdings.permissions import P as HOLDINGS
        from lantai.apps.printing.dossier import register_own
        from lantai.platform.ui.registry import MenuItem, Section, register_menu

        register_own()
        register_menu(
            MenuItem(
                Section.KEEP,
                _("目录打印"),
                "printing:list",
                (HOLDINGS.FONDS_READ,),
                order=45,
                icon="printer",
            )
        )
