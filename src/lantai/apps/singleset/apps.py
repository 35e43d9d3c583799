"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SinglesetConfig(AppConfig):
    """Readiness for single-set management, its approval and what it demands."""

    name = "lantai.apps.singleset"
    label = "singleset"

    def ready(self) -> None:
        from lantai.apps.singleset import queries
        from lantai.apps.singleset.permissions import P
        from lantai.apps.singleset.states import ASSESSMENT
        from lantai.apps.singleset.types import OBJECT
        from lantai.platform.blobs.registry import register_owner
        from lantai.platform.jobs.registry import every
        from lantai.platform.ui.registry import MenuItem, Section, register_menu
        from lantai.platform.workflow import registry as workflow

        register_owner("singleset", queries.keys_in_use)
        every(86_400, "lantai.apps.singleset.services.remind_of_rechecks")
        workflow.register(
            ASSESSMENT,
            model="singleset.Assessment",
            object_type=OBJECT,
            noun=_("单套管理评估"),
            title=lambda row: str(row),
            url=lambda row: row.get_absolute_url(),
        )
        reads = (P.ASSESSMENT_READ,)
        register_menu(
            MenuItem(
                Section.GOVERN, _("单套管理"), "singleset:assessments", reads, order=35, icon="clipboard-list"
            )
        )
