"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class QualityConfig(AppConfig):
    """The quality of the catalogue."""

    name = "lantai.apps.quality"
    label = "quality"

    def ready(self) -> None:
        from lantai.apps.quality import jobs as jobs  # declares its kind of run
        from lantai.apps.quality.permissions import P
        from lantai.platform.jobs.registry import every
        from lantai.platform.ui.registry import MenuItem, Section, register_menu

        every(86_400, "lantai.apps.quality.services.count_due_now")
        register_menu(
            MenuItem(
                Section.KEEP, _("目录质量"), "quality:overview", (P.QUALITY_READ,), order=26, icon="chart-bar"
            )
        )
