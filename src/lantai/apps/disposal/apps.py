"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class DisposalConfig(AppConfig):
    """Destruction lists and legal holds."""

    name = "lantai.apps.disposal"
    label = "disposal"

    def ready(self) -> None:
        from lantai.apps.catalogue.services import register_marker
        from lantai.apps.disposal.dossier import papers_of
        from lantai.apps.disposal.marking import marks_of
        from lantai.apps.disposal.permissions import P
        from lantai.apps.disposal.states import LIST
        from lantai.apps.disposal.types import OBJECT
        from lantai.apps.printing.services import register_source
        from lantai.apps.printing.types import Chapter
        from lantai.platform.ui.registry import MenuItem, Section, register_menu
        from lantai.platform.workflow import registry as workflow

        register_marker("disposal", marks_of)
        register_source("disposal:lists", Chapter.APPRAISING, papers_of)
        workflow.register(
            LIST,
            model="disposal.DisposalList",
            object_type=OBJECT,
            noun=_("销毁清册"),
            title=str,
            url=lambda row: row.get_absolute_url(),
        )
        register_menu(
            MenuItem(
                Section.KEEP,
                pgettext_lazy("many", "鉴定销毁"),
                "disposal:lists",
                (P.LIST_READ,),
                order=70,
                icon="trash",
            )
        )
        register_menu(
            MenuItem(
                Section.KEEP,
                pgettext_lazy("many", "法律保全"),
                "disposal:holds",
                (P.HOLD_READ,),
                order=72,
                icon="lock",
            )
        )
