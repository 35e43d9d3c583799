"""The composition root as a Django app."""

from __future__ import annotations

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """Wires what the parts register."""

    name = "lantai.site"
    label = "site"

    def ready(self) -> None:
        from lantai.site import menu

        menu.register()
