"""State table of batches."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.imports.permissions import P
from lantai.apps.imports.types import BatchState as S
from lantai.platform.workflow.machine import AUTOMATIC, Machine, Move, State

_TONES = {
    S.MAPPING: "warn",
    S.FAULTY: "bad",
    S.READY: "good",
    S.ENTERED: "good",
    S.CANCELLED: "plain",
    S.UNDONE: "plain",
}


def _by_hand(
    name: str, source: set[str], target: str, label: str, past: str, *, primary: bool = False
) -> Move:
    return Move(
        name=name,
        source=frozenset(source),
        target=target,
        label=label,
        past=past,
        permission=P.BATCH_ENTER,
        waits=False,
        is_primary=primary,
    )


def _by_itself(name: str, source: str, target: str, label: str, past: str) -> Move:
    return Move(
        name=name, source=frozenset({source}), target=target, label=label, past=past, permission=AUTOMATIC
    )


MACHINE = Machine(
    field="state",
    initial="received",
    final=frozenset({"undone", "cancelled"}),
    states={state.value: State(state.label, _TONES.get(state, "busy")) for state in S},
    moves=(
        _by_itself("survey", "received", "mapping", _("读出表头"), "surveyed"),
        _by_itself("refuse", "received", "faulty", _("读不出表头"), "refused"),
        _by_hand("check", {"mapping"}, "checking", _("开始检查"), "check_started", primary=True),
        _by_hand("remap", {"faulty", "ready"}, "mapping", _("重新对应栏目"), "reopened"),
        _by_itself("find_faults", "checking", "faulty", _("检查有错误"), "found_faulty"),
        _by_itself("pass_check", "checking", "ready", _("检查通过"), "found_sound"),
        _by_hand("enter", {"ready"}, "entering", _("导入"), "enter_started", primary=True),
        _by_itself("finish", "entering", "entered", _("导入完成"), "entered"),
        _by_itself("fall_back", "entering", "faulty", _("导入未成"), "not_entered"),
        _by_hand("undo", {"entered"}, "undoing", _("撤销导入"), "undo_started"),
        _by_itself("take_back", "undoing", "undone", _("撤销完成"), "undone"),
        _by_itself("keep", "undoing", "entered", _("撤销未成"), "not_undone"),
        _by_hand("cancel", {"mapping", "faulty", "ready"}, "cancelled", _("放弃"), "cancelled"),
    ),
)
