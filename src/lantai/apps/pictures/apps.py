"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig


class PicturesConfig(AppConfig):
    """Pages of records as pictures."""

    name = "lantai.apps.pictures"
    label = "pictures"

    def ready(self) -> None:
        from lantai.apps.catalogue.queries.panels import register_panel
        from lantai.apps.pictures.queries.pages import panel
        from lantai.platform.jobs.registry import every

        every(600, "lantai.apps.pictures.services.trim_now")
        register_panel(panel, order=20)
