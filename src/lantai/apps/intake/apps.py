"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IntakeConfig(AppConfig):
    """Transfer from agencies to archives: test, accept or return, receipt."""

    name = "lantai.apps.intake"
    label = "intake"

    def ready(self) -> None:
        from lantai.apps.intake import queries, states
        from lantai.apps.intake.permissions import P
        from lantai.apps.intake.types import AGREEMENT, ANNOUNCEMENT, OBJECT, REGISTER, RETURN_LIST
        from lantai.platform.blobs.registry import register_owner
        from lantai.platform.jobs.registry import every
        from lantai.platform.ui.registry import MenuItem, Section, Tile, register_menu, register_tile
        from lantai.platform.workflow import registry as workflow

        register_owner("intake", queries.keys_in_use)
        workflow.register(
            states.SUBMISSION,
            model="intake.Submission",
            object_type=OBJECT,
            noun=_("移交批次"),
            title=lambda row: row.title,
            url=lambda row: row.get_absolute_url(),
        )
        for machine, model, object_type, noun in (
            (states.AGREED, "intake.Agreement", AGREEMENT, _("移交协议")),
            (states.ANNOUNCED, "intake.Announcement", ANNOUNCEMENT, _("移交预告")),
            (states.RETURNED, "intake.ReturnList", RETURN_LIST, _("退回清单")),
            (states.REGISTERED, "intake.Register", REGISTER, _("移交与接收登记表")),
        ):
            workflow.register(
                machine,
                model=model,
                object_type=object_type,
                noun=noun,
                title=str,
                url=lambda row: row.get_absolute_url(),
            )
        every(3600, "lantai.apps.intake.services.start_reminding")
        reads, agreed = (P.SUBMISSION_READ,), (P.AGREEMENT_READ,)
        register_menu(
            MenuItem(Section.TAKE, _("移交日历"), "intake:calendar", agreed, order=22, icon="calendar"),
            MenuItem(Section.TAKE, _("移交协议"), "intake:agreements", agreed, order=23, icon="gavel"),
            MenuItem(
                Section.TAKE,
                _("移交接收"),
                "intake:desk",
                reads,
                order=20,
                icon="inbox",
                count=queries.count_to_decide,
            ),
        )
        register_tile(
            Tile(
                "intake.to_decide",
                _("待办理移交批次"),
                queries.count_to_decide,
                "intake:submissions",
                permissions=(P.SUBMISSION_DECIDE,),
                order=30,
                unit=_("批"),
            )
        )
