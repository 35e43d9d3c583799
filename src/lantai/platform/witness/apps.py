"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class WitnessConfig(AppConfig):
    """Witnesses of the log, time stamps and what they found."""

    name = "lantai.platform.witness"
    label = "witness"

    def ready(self) -> None:
        from lantai.platform.jobs.registry import every
        from lantai.platform.ledger.registry import register_cosignatures, register_witness_keys
        from lantai.platform.witness import queries
        from lantai.platform.witness.states import MACHINE
        from lantai.platform.witness.types import PEER
        from lantai.platform.workflow import registry as workflow

        workflow.register(
            MACHINE,
            model="witness.Peer",
            object_type=PEER,
            noun=_("见证伙伴"),
            title=lambda row: str(row),
            url=lambda row: row.get_absolute_url(),
        )
        register_cosignatures(queries.lines_of)
        register_witness_keys(queries.believed_keys)
        every(30, "lantai.platform.witness.services.attend")
        every(3600, "lantai.platform.witness.services.check_log_daily")
        every(3600, "lantai.platform.witness.services.tidy")
        every(3600, "lantai.platform.witness.services.log_issued")
        _menu()


def _menu() -> None:
    from lantai.platform.ui.registry import MenuItem, Section, register_menu
    from lantai.platform.witness import queries
    from lantai.platform.witness.permissions import P

    reads = (P.LOG_READ,)
    register_menu(
        MenuItem(
            Section.SYSTEM,
            pgettext_lazy("many", "日志检查点"),
            "witness:checkpoints",
            reads,
            40,
            "fingerprint",
        ),
        MenuItem(
            Section.SYSTEM,
            pgettext_lazy("many", "见证伙伴"),
            "witness:peers",
            (P.PEER_READ,),
            41,
            "users",
        ),
        MenuItem(Section.SYSTEM, _("为他馆见证"), "witness:seen", reads, 42, "eye"),
        MenuItem(Section.SYSTEM, pgettext_lazy("many", "时间戳"), "witness:stamps", reads, 43, "clock"),
        MenuItem(Section.SYSTEM, pgettext_lazy("many", "链上登记"), "witness:anchors", reads, 44, "link"),
        MenuItem(Section.SYSTEM, pgettext_lazy("many", "馆际普查"), "witness:polls", reads, 45, "share"),
        MenuItem(
            Section.SYSTEM,
            pgettext_lazy("many", "存证告警"),
            "witness:alarms",
            reads,
            46,
            "alert-triangle",
            count=lambda ctx: queries.count_open_alarms(),
        ),
    )
