"""State table of peers."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.platform.witness.permissions import P
from lantai.platform.witness.types import PeerState as S
from lantai.platform.workflow.machine import Machine, Move, State


def _move(name: str, source: set[str], target: str, label: str, past: str, *, reason: bool) -> Move:
    return Move(
        name=name,
        source=frozenset(source),
        target=target,
        label=label,
        past=past,
        permission=P.PEER_MANAGE,
        needs_reason=reason,
        waits=False,
    )


MACHINE = Machine(
    field="state",
    initial="active",
    final=frozenset({"retired"}),
    states={
        S.ACTIVE.value: State(S.ACTIVE.label, "good"),
        S.PAUSED.value: State(S.PAUSED.label, "warn"),
        S.RETIRED.value: State(S.RETIRED.label, "plain"),
    },
    moves=(
        _move("pause", {"active"}, "paused", _("暂停"), "paused", reason=True),
        _move("resume", {"paused"}, "active", _("恢复使用"), "resumed", reason=False),
        _move("retire", {"active", "paused"}, "retired", _("停用伙伴"), "retired", reason=True),
    ),
)
