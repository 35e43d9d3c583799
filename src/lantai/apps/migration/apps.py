"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class MigrationConfig(AppConfig):
    """Formats at risk, and plans that make them anew."""

    name = "lantai.apps.migration"
    label = "migration"

    def ready(self) -> None:
        from lantai.apps.custody.events import ContentDestroyed
        from lantai.apps.migration import queries
        from lantai.apps.migration.converters import confined, programs
        from lantai.apps.migration.permissions import P
        from lantai.apps.migration.registry import register_converter
        from lantai.apps.migration.states import PLAN
        from lantai.apps.migration.types import OBJECT
        from lantai.platform.blobs.registry import register_owner
        from lantai.platform.events.registry import subscribe
        from lantai.platform.jobs.registry import every
        from lantai.platform.ui.registry import MenuItem, Section, register_menu
        from lantai.platform.workflow import registry as workflow

        for converter in (
            confined.PDF_PDFA, confined.OFD_PDFA, confined.IMAGE_PDFA, confined.JP2, confined.JPEG,
            programs.REDRAWN_PDFA, programs.OFFICE_PDFA, programs.FLAC, programs.WAV, programs.MP3, programs.FFV1,
            programs.H264,
        ):  # fmt: skip
            register_converter(converter)
        subscribe(ContentDestroyed, "lantai.apps.migration.subscribers.on_content_destroyed")
        every(3600, "lantai.apps.migration.services.keep_counts")
        register_owner("migration", queries.keys_in_use)
        workflow.register(
            PLAN,
            model="migration.MigrationPlan",
            object_type=OBJECT,
            noun=_("迁移方案"),
            title=str,
            url=lambda row: row.get_absolute_url(),
        )
        register_menu(
            MenuItem(
                Section.KEEP,
                pgettext_lazy("many", "格式迁移"),
                "migration:formats",
                (P.FORMAT_READ, P.PLAN_READ),
                order=60,
                icon="refresh",
            )
        )
