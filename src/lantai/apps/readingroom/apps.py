"""Django wiring."""

from __future__ import annotations

from operator import attrgetter

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReadingroomConfig(AppConfig):
    """Citizens' requests, certificates and their verification."""

    name = "lantai.apps.readingroom"
    label = "readingroom"

    def ready(self) -> None:
        from lantai.apps.printing.services import register_source
        from lantai.apps.printing.types import Chapter
        from lantai.apps.readingroom import queries
        from lantai.apps.readingroom.dossier import papers_of
        from lantai.apps.readingroom.permissions import P
        from lantai.apps.readingroom.states import CERTIFICATE, REQUEST
        from lantai.platform.blobs.registry import register_owner
        from lantai.platform.jobs.registry import every
        from lantai.platform.ui.registry import MenuItem, Section, Tile, register_menu, register_tile
        from lantai.platform.workflow import registry as workflow

        for machine, model, noun, name in (
            (REQUEST, "Request", _("查档申请"), "desk_name"),
            (CERTIFICATE, "Certificate", _("档案证明"), "number"),
        ):
            workflow.register(
                machine,
                model=f"readingroom.{model}",
                object_type=f"readingroom:{model.lower()}",
                noun=noun,
                title=attrgetter(name),
                url=lambda row: row.get_absolute_url(),
            )
        register_source("readingroom:certificates", Chapter.USING, papers_of)
        reads = (P.REQUEST_READ,)
        register_menu(
            MenuItem(Section.USE, _("查档申请"), "readingroom:requests", reads, 20, "id-badge"),
            MenuItem(Section.USE, _("档案证明"), "readingroom:certificates", reads, 30, "certificate"),
            MenuItem(Section.USE, _("查档窗口"), "readingroom:hall", (P.REQUEST_HANDLE,), 40, "clock"),
        )
        register_tile(
            Tile(
                "readingroom.open",
                _("未办结的查档申请"),
                number=queries.count_open,
                url_name="readingroom:requests",
                permissions=reads,
                order=40,
                unit=_("件"),
            )
        )
        register_owner("readingroom", queries.keys_in_use)
        every(3600, "lantai.apps.readingroom.services.forget_attempts")
