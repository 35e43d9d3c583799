"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ImportsConfig(AppConfig):
    """Catalogues in by the sheet and out in every format."""

    name = "lantai.apps.imports"
    label = "imports"

    def ready(self) -> None:
        from lantai.apps.imports import queries
        from lantai.apps.imports.permissions import P
        from lantai.apps.imports.states import ATTACHMENTS, MACHINE
        from lantai.apps.imports.types import ATTACHMENT, BATCH
        from lantai.platform.blobs.registry import register_owner
        from lantai.platform.ui.registry import MenuItem, Section, register_menu
        from lantai.platform.workflow import registry as workflow

        register_owner("imports", queries.keys_in_use)
        workflow.register(
            MACHINE,
            model="imports.Batch",
            object_type=BATCH,
            noun=_("导入批次"),
            title=lambda row: str(row),
            url=lambda row: row.get_absolute_url(),
        )
        workflow.register(
            ATTACHMENTS,
            model="imports.Attachment",
            object_type=ATTACHMENT,
            noun=_("挂接批次"),
            title=lambda row: str(row),
            url=lambda row: row.get_absolute_url(),
        )
        register_menu(
            MenuItem(
                Section.KEEP, _("原文挂接"), "imports:attachments", (P.FILES_READ,), order=25, icon="link"
            )
        )
        register_menu(
            MenuItem(Section.KEEP, _("目录导入"), "imports:batches", (P.BATCH_READ,), order=24, icon="upload")
        )
