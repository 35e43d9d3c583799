"""State table of uploads of files for records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.imports.permissions import P
from lantai.apps.imports.types import AttachmentState as S
from lantai.platform.workflow.machine import AUTOMATIC, Machine, Move, State

_TONES = {S.OPEN: "warn", S.REFUSED: "bad", S.TESTED: "good", S.SEALED: "good", S.CANCELLED: "plain"}


def _by_hand(
    name: str, source: set[str], target: str, label: str, past: str, *, primary: bool = False
) -> Move:
    return Move(
        name=name,
        source=frozenset(source),
        target=target,
        label=label,
        past=past,
        permission=P.FILES_ATTACH,
        waits=False,
        is_primary=primary,
    )


def _by_itself(name: str, source: str, target: str, label: str, past: str) -> Move:
    return Move(
        name=name, source=frozenset({source}), target=target, label=label, past=past, permission=AUTOMATIC
    )


ATTACHMENTS = Machine(
    field="state",
    initial="open",
    final=frozenset({"sealed", "cancelled"}),
    states={state.value: State(state.label, _TONES.get(state, "busy")) for state in S},
    moves=(
        _by_hand("read", {"open"}, "reading", _("开始检查"), "received"),
        _by_itself("test", "reading", "tested", _("检查完成"), "tested"),
        _by_itself("refuse", "reading", "refused", _("不能读取"), "refused"),
        _by_hand("check_again", {"tested"}, "reading", _("重新检查"), "test_repeated"),
        _by_hand("seal", {"tested"}, "sealing", _("挂接"), "seal_started", primary=True),
        _by_itself("finish", "sealing", "sealed", _("挂接完成"), "sealed"),
        _by_itself("fall_back", "sealing", "tested", _("挂接未成"), "not_sealed"),
        _by_hand("cancel", {"open", "tested", "refused"}, "cancelled", _("放弃"), "cancelled"),
    ),
)
