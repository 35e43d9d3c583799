"""State tables of sets and drills."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.backup.types import DrillState as D
from lantai.apps.backup.types import SetState as S
from lantai.platform.workflow.machine import AUTOMATIC, Machine, Move, State


def _move(name: str, source: set[str], target: str, label: str, past: str) -> Move:
    return Move(
        name=name,
        source=frozenset(source),
        target=target,
        label=label,
        past=past,
        permission=AUTOMATIC,
        org_path="plan__org_id",
    )


SET = Machine(
    field="state",
    initial="making",
    final=frozenset({"failed", "expired"}),
    states={
        S.MAKING.value: State(S.MAKING.label, "busy"),
        S.GOOD.value: State(S.GOOD.label, "good"),
        S.FAILED.value: State(S.FAILED.label, "bad"),
        S.DAMAGED.value: State(S.DAMAGED.label, "bad"),
        S.EXPIRED.value: State(S.EXPIRED.label, "plain"),
    },
    moves=(
        _move("finish", {"making"}, "good", _("备份完成"), "finished"),
        _move("fail", {"making"}, "failed", _("备份没有完成"), "failed"),
        _move("find_damaged", {"good"}, "damaged", _("校验发现损坏"), "found_damaged"),
        _move("mend", {"damaged"}, "good", _("已修复"), "mended"),
        _move("expire", {"good", "damaged"}, "expired", _("到期清除"), "expired"),
    ),
)

DRILL = Machine(
    field="state",
    initial="running",
    final=frozenset({"passed", "failed"}),
    states={
        D.RUNNING.value: State(D.RUNNING.label, "busy"),
        D.PASSED.value: State(D.PASSED.label, "good"),
        D.FAILED.value: State(D.FAILED.label, "bad"),
    },
    moves=(
        _move("pass", {"running"}, "passed", _("演练通过"), "passed"),
        _move("fail", {"running"}, "failed", _("演练未通过"), "failed"),
    ),
)
