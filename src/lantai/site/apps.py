"""The composition root as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Wires what the parts register."""

    name = "lantai.site"
    label = "site"

    def ready(self) -> None:
        from lantai.apps.backup.registry import register_programs
        from lantai.site import menu
        from lantai.site.postgres import Programs

        register_programs(Programs())
        menu.register()
