"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig


class InteropConfig(AppConfig):
    """Exchange of the catalogue with other systems."""

    name = "lantai.apps.interop"
    label = "interop"

    def ready(self) -> None:
        from lantai.platform.jobs.registry import every

        every(2, "lantai.apps.interop.services.follow_now")
