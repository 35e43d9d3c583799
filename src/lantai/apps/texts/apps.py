"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig


class TextsConfig(AppConfig):
    """What stands on each page of what is kept, read behind walls, for searching."""

    name = "lantai.apps.texts"
    label = "texts"

    def ready(self) -> None:
        from lantai.platform.jobs.registry import every

        every(30, "lantai.apps.texts.services.read_now")
