"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AcquisitionConfig(AppConfig):
    """What an archives acquires itself."""

    name = "lantai.apps.acquisition"
    label = "acquisition"

    def ready(self) -> None:
        from lantai.apps.acquisition import queries
        from lantai.apps.acquisition.permissions import P
        from lantai.apps.acquisition.states import ACQUISITION, EVENT_LIST, SESSION
        from lantai.apps.acquisition.types import CASE, EVENT, VOICE_SESSION
        from lantai.platform.blobs.registry import register_owner
        from lantai.platform.jobs.registry import every
        from lantai.platform.ui.registry import MenuItem, Section, register_menu
        from lantai.platform.workflow import registry as workflow

        register_owner("acquisition", queries.keys_in_use)
        every(86_400, "lantai.apps.acquisition.services.remind_of_deposits")
        every(86_400, "lantai.apps.acquisition.services.remind_of_requirements")
        workflow.register(
            ACQUISITION,
            model="acquisition.Acquisition",
            object_type=CASE,
            noun=_("征集"),
            title=lambda row: str(row),
            url=lambda row: row.get_absolute_url(),
        )
        register_menu(
            MenuItem(Section.TAKE, _("征集"), "acquisition:cases", (P.CASE_READ,), order=60, icon="heart")
        )
        workflow.register(
            SESSION,
            model="acquisition.VoiceSession",
            object_type=VOICE_SESSION,
            noun=_("录制"),
            title=lambda row: str(row),
            url=lambda row: row.get_absolute_url(),
        )
        register_menu(
            MenuItem(
                Section.TAKE,
                _("口述和方言"),
                "acquisition:projects",
                (P.VOICE_READ,),
                order=62,
                icon="microphone",
            )
        )
        workflow.register(
            EVENT_LIST,
            model="acquisition.ListedEvent",
            object_type=EVENT,
            noun=_("重大活动和重点项目"),
            title=lambda row: str(row),
            url=lambda row: row.get_absolute_url(),
        )
        register_menu(
            MenuItem(
                Section.TAKE,
                _("重大活动和重点项目"),
                "acquisition:events",
                (P.EVENT_READ,),
                order=64,
                icon="calendar",
            )
        )
