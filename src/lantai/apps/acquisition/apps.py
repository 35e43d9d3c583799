"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AcquisitionConfig(AppConfig):
    """What an archives acquires itself."""

    name = "lantai.apps.acquisition"
    label = "acquisition"

    def ready(self) -> None:
        from lantai.apps.acquisition import queries
        from lantai.apps.custody.events import ContentDestroyed
        from lantai.platform.blobs.registry import register_owner
        from lantai.platform.events.registry import subscribe
        from lantai.platform.jobs.registry import every

        subscribe(ContentDestroyed, "lantai.apps.acquisition.subscribers.on_content_destroyed")
        register_owner("acquisition", queries.keys_in_use)
        every(86_400, "lantai.apps.acquisition.services.remind_of_deposits")
        every(86_400, "lantai.apps.acquisition.services.remind_of_requirements")
        _register_machines()
        _register_menu()


def _register_machines() -> None:
    from lantai.apps.acquisition.states import ACQUISITION, EVENT_LIST, SESSION
    from lantai.apps.acquisition.types import CASE, EVENT, VOICE_SESSION
    from lantai.platform.workflow import registry as workflow

    machines = (
        (ACQUISITION, "acquisition.Acquisition", CASE, _("征集")),
        (SESSION, "acquisition.VoiceSession", VOICE_SESSION, _("录制")),
        (EVENT_LIST, "acquisition.ListedEvent", EVENT, _("重大活动和重点项目")),
    )
    for machine, model, object_type, noun in machines:
        workflow.register(
            machine,
            model=model,
            object_type=object_type,
            noun=noun,
            title=str,
            url=lambda row: row.get_absolute_url(),
        )


def _register_menu() -> None:
    from lantai.apps.acquisition.permissions import P
    from lantai.platform.ui.registry import MenuItem, Section, register_menu

    items = (
        (_("征集"), "acquisition:cases", P.CASE_READ, 60, "heart"),
        (_("口述和方言"), "acquisition:projects", P.VOICE_READ, 62, "microphone"),
        (pgettext_lazy("many", "重大活动"), "acquisition:events", P.EVENT_READ, 64, "calendar"),
    )
    for label, url_name, permission, order, icon in items:
        register_menu(MenuItem(Section.TAKE, label, url_name, (permission,), order=order, icon=icon))
