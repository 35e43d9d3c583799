"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuthoritiesConfig(AppConfig):
    """Records of authority and controlled lists."""

    name = "lantai.apps.authorities"
    label = "authorities"

    def ready(self) -> None:
        from lantai.apps.authorities.permissions import P
        from lantai.platform.ui.registry import MenuItem, PageTab, Section, register_menu, register_tab

        register_menu(
            MenuItem(
                Section.KEEP,
                _("规范记录"),
                "authorities:authorities",
                (P.AUTHORITY_READ,),
                order=24,
                icon="users",
            ),
            MenuItem(
                Section.KEEP,
                _("受控词表"),
                "authorities:vocabularies",
                (P.AUTHORITY_READ,),
                order=25,
                icon="list",
            ),
        )
        register_tab(
            PageTab(
                "authorities:authority", _("规范记录"), "authorities:authority", (P.AUTHORITY_READ,), order=1
            )
        )
