"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FilingConfig(AppConfig):
    """An agency's desk: capture, arrangement, numbering, sealing."""

    name = "lantai.apps.filing"
    label = "filing"

    def ready(self) -> None:
        from lantai.apps.custody.events import CheckConcluded, ContentDestroyed
        from lantai.apps.custody.services.fixers import register_fixer
        from lantai.apps.filing import queries, states
        from lantai.apps.filing.fixing import DeskPages
        from lantai.platform.blobs.registry import register_owner
        from lantai.platform.events.registry import subscribe
        from lantai.platform.jobs.registry import every
        from lantai.platform.workflow import registry as workflow

        subscribe(CheckConcluded, "lantai.apps.filing.subscribers.on_check_concluded")
        subscribe(ContentDestroyed, "lantai.apps.filing.subscribers.on_content_destroyed")
        register_owner("filing", queries.keys_in_use)
        register_fixer(queries.SUBJECT, DeskPages("batch_id"))
        register_fixer("filing:document", DeskPages("pk"))
        every(300, "lantai.apps.filing.services.start_scans")
        workflow.register(
            states.DOCUMENT,
            model="filing.Document",
            object_type="filing:document",
            noun=_("电子文件"),
            title=lambda row: row.title,
            url=lambda row: row.get_absolute_url(),
        )
        workflow.register(
            states.BATCH,
            model="filing.Batch",
            object_type=queries.SUBJECT,
            noun=_("归档批次"),
            title=lambda row: row.title,
            url=lambda row: row.get_absolute_url(),
        )
        _offer_pages()


def _offer_pages() -> None:
    from lantai.apps.filing import queries
    from lantai.apps.filing.permissions import P
    from lantai.platform.ui.registry import MenuItem, Section, Tile, register_menu, register_tile

    reads, arranges = (P.DOCUMENT_READ,), (P.DOCUMENT_ARRANGE,)
    register_menu(
        MenuItem(
            Section.TAKE,
            _("文件归档"),
            "filing:documents",
            reads,
            order=10,
            icon="files",
            count=queries.count_to_arrange,
        ),
        MenuItem(Section.TAKE, _("归档批次"), "filing:batches", (P.BATCH_READ,), order=11, icon="package"),
    )
    register_tile(
        Tile(
            "filing.captured",
            _("待整理文件"),
            queries.count_to_arrange,
            "filing:to_arrange",
            permissions=arranges,
            order=20,
            unit=_("件"),
        )
    )
    register_tile(
        Tile(
            "filing.arranged",
            _("已整理待组批"),
            queries.count_arranged,
            "filing:to_compose",
            permissions=reads,
            order=21,
            unit=_("件"),
        )
    )
