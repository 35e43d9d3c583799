"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class BackupConfig(AppConfig):
    """Plans, runs, restore drills."""

    name = "lantai.apps.backup"
    label = "backup"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from lantai.apps.backup import queries
        from lantai.apps.backup.permissions import P
        from lantai.apps.backup.states import DRILL, SET
        from lantai.apps.backup.types import DRILL as DRILL_TYPE
        from lantai.apps.backup.types import SET as SET_TYPE
        from lantai.apps.custody import services as custody
        from lantai.apps.disposal import services as disposal
        from lantai.platform.jobs.registry import every
        from lantai.platform.ui.registry import MenuItem, Section, register_menu
        from lantai.platform.workflow import registry as workflow

        every(60, "lantai.apps.backup.services.keep_plans")
        custody.register_restores(queries.last_restored_on)
        disposal.register_backups(queries.kept_from_before)
        for machine, model, kind, noun in (
            (SET, "backup.BackupSet", SET_TYPE, _("备份集")),
            (DRILL, "backup.RestoreDrill", DRILL_TYPE, _("恢复演练")),
        ):
            workflow.register(
                machine, model=model, object_type=kind, noun=noun,
                title=lambda row: str(row), url=lambda row: row.get_absolute_url(),
            )  # fmt: skip
        register_menu(
            MenuItem(
                Section.SYSTEM, pgettext_lazy("many", "备份与恢复"), "backup:plans", (P.PLAN_READ,),
                order=40, icon="database", count=queries.count_alarms,
            )
        )  # fmt: skip
