"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class IntakeConfig(AppConfig):
    """Transfer from agencies to archives: test, accept or return, receipt."""

    name = "lantai.apps.intake"
    label = "intake"

    def ready(self) -> None:
        from lantai.apps.custody.events import CheckConcluded, ContentDestroyed
        from lantai.apps.custody.services.fixers import register_fixer
        from lantai.apps.intake import queries
        from lantai.apps.intake.dossier import papers_of
        from lantai.apps.intake.fixing import TransferPages
        from lantai.apps.intake.trials import QuarantineShelf
        from lantai.apps.intake.types import OBJECT
        from lantai.apps.printing.services import register_source
        from lantai.apps.printing.types import Chapter
        from lantai.apps.schemes.services import register_subjects
        from lantai.platform.blobs.registry import register_owner
        from lantai.platform.events.registry import subscribe
        from lantai.platform.jobs.registry import every

        register_source("intake:registers", Chapter.TAKING, papers_of)
        register_fixer(OBJECT, TransferPages())
        register_subjects(OBJECT, QuarantineShelf())
        subscribe(CheckConcluded, "lantai.apps.intake.subscribers.on_check_concluded")
        subscribe(ContentDestroyed, "lantai.apps.intake.subscribers.on_content_destroyed")
        register_owner("intake", queries.keys_in_use)
        every(3600, "lantai.apps.intake.services.start_reminding")
        every(300, "lantai.apps.intake.services.start_waiting_checks")
        _register_machines()
        _register_menu()


def _register_machines() -> None:
    from lantai.apps.intake import states
    from lantai.apps.intake.types import AGREEMENT, ANNOUNCEMENT, OBJECT, REGISTER, RETURN_LIST
    from lantai.platform.workflow import registry as workflow

    for machine, model, object_type, noun in (
        (states.SUBMISSION, "intake.Submission", OBJECT, _("移交批次")),
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


def _register_menu() -> None:
    from lantai.apps.intake import queries
    from lantai.apps.intake.permissions import P
    from lantai.platform.ui.registry import MenuItem, Section, Tile, register_menu, register_tile

    reads, agreed = (P.SUBMISSION_READ,), (P.AGREEMENT_READ,)
    register_menu(
        MenuItem(
            Section.TAKE,
            _("移交接收"),
            "intake:desk",
            reads,
            order=20,
            icon="inbox",
            count=queries.count_to_decide,
        ),
        MenuItem(Section.TAKE, _("移交日历"), "intake:calendar", agreed, order=22, icon="calendar"),
        MenuItem(
            Section.TAKE,
            pgettext_lazy("many", "移交协议"),
            "intake:agreements",
            agreed,
            order=23,
            icon="gavel",
        ),
    )
    register_tile(
        Tile(
            "intake.to_decide",
            _("待办理移交批次"),
            queries.count_to_decide,
            "intake:desk",
            permissions=(P.SUBMISSION_DECIDE,),
            order=30,
            unit=_("批"),
        )
    )
