"""State tables of batches of rows, and of files for records."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_lazy as _

from lantai.apps.imports.permissions import P
from lantai.apps.imports.types import AttachmentState, BatchState
from lantai.platform.workflow.machine import AUTOMATIC, Machine, Move, State

_TONES = {
    BatchState.MAPPING: "warn",
    BatchState.FAULTY: "bad",
    BatchState.READY: "good",
    BatchState.ENTERED: "good",
    BatchState.CANCELLED: "plain",
    BatchState.UNDONE: "plain",
}
_ATTACHMENT_TONES = {
    AttachmentState.OPEN: "warn",
    AttachmentState.REFUSED: "bad",
    AttachmentState.TESTED: "good",
    AttachmentState.SEALED: "good",
    AttachmentState.CANCELLED: "plain",
}


def _by_hand(
    name: str,
    source: set[str],
    target: str,
    label: str,
    past: str,
    *,
    permission: P = P.BATCH_ENTER,
    primary: bool = False,
) -> Move:
    return Move(
        name=name,
        source=frozenset(source),
        target=target,
        label=label,
        past=past,
        permission=permission,
        waits=False,
        is_primary=primary,
    )


def _by_itself(name: str, source: str, target: str, label: str, past: str) -> Move:
    return Move(
        name=name, source=frozenset({source}), target=target, label=label, past=past, permission=AUTOMATIC
    )


_attach = partial(_by_hand, permission=P.FILES_ATTACH)

MACHINE = Machine(
    field="state",
    initial="received",
    final=frozenset({"undone", "cancelled"}),
    states={state.value: State(state.label, _TONES.get(state, "busy")) for state in BatchState},
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

ATTACHMENTS = Machine(
    field="state",
    initial="open",
    final=frozenset({"sealed", "cancelled"}),
    states={
        state.value: State(state.label, _ATTACHMENT_TONES.get(state, "busy")) for state in AttachmentState
    },
    moves=(
        _attach("read", {"open"}, "reading", _("开始检查"), "received"),
        _by_itself("test", "reading", "tested", _("检查完成"), "tested"),
        _by_itself("refuse", "reading", "refused", _("不能读取"), "refused"),
        _attach("check_again", {"tested"}, "reading", _("重新检查"), "test_repeated"),
        _attach("seal", {"tested"}, "sealing", _("挂接"), "seal_started", primary=True),
        _by_itself("finish", "sealing", "sealed", _("挂接完成"), "sealed"),
        _by_itself("fall_back", "sealing", "tested", _("挂接未成"), "not_sealed"),
        _attach("cancel", {"open", "tested", "refused"}, "cancelled", _("放弃"), "cancelled"),
    ),
)
