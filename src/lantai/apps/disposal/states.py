"""State table of destruction lists: opinions, then two approvals by people who had no part before."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.disposal.models import DisposalList
from lantai.apps.disposal.permissions import P
from lantai.apps.disposal.types import FEWEST_OPINIONS, NothingToDestroy, TooFewOpinions, Verdict
from lantai.apps.disposal.types import ListState as S
from lantai.platform.workflow.machine import AUTOMATIC, Machine, Move, State


def _has_lines(row: DisposalList) -> None:
    if not row.lines.filter(verdict=Verdict.DESTROY).exists():
        raise NothingToDestroy


def _has_opinions(row: DisposalList) -> None:
    have = row.opinions.count()
    if have < FEWEST_OPINIONS:
        raise TooFewOpinions(fewest=FEWEST_OPINIONS, have=have)
    _has_lines(row)


LIST = Machine(
    field="state",
    initial="drafting",
    final=frozenset({"destroyed", "withdrawn"}),
    states={
        S.DRAFTING.value: State(S.DRAFTING.label, "plain"),
        S.APPRAISING.value: State(S.APPRAISING.label, "busy"),
        S.APPRAISED.value: State(S.APPRAISED.label, "busy"),
        S.APPROVED_ONCE.value: State(S.APPROVED_ONCE.label, "busy"),
        S.APPROVED.value: State(S.APPROVED.label, "warn"),
        S.DESTROYING.value: State(S.DESTROYING.label, "bad"),
        S.DESTROYED.value: State(S.DESTROYED.label, "good"),
        S.WITHDRAWN.value: State(S.WITHDRAWN.label, "plain"),
    },
    moves=(
        Move(name="submit", source=frozenset({"drafting"}), target="appraising", label=_("提交鉴定"),
             past="submitted", permission=P.LIST_DRAFT, guard=_has_lines, is_primary=True),
        Move(name="conclude", source=frozenset({"appraising"}), target="appraised", label=_("结束鉴定，报请审批"),
             past="concluded", permission=P.LIST_DRAFT, guard=_has_opinions, is_primary=True, waits=False),
        Move(name="approve_first", source=frozenset({"appraised"}), target="approved_once", label=_("批准销毁"),
             past="approved_first", permission=P.LIST_APPROVE, guard=_has_lines, is_primary=True,
             by_someone_else_than=("submit", "conclude")),
        Move(name="approve_second", source=frozenset({"approved_once"}), target="approved", label=_("复审批准"),
             past="approved_second", permission=P.LIST_APPROVE, guard=_has_lines, is_primary=True,
             by_someone_else_than=("submit", "conclude", "approve_first")),
        Move(name="send_back", source=frozenset({"appraising", "appraised", "approved_once", "approved"}),
             target="drafting", label=_("退回"), past="sent_back", permission=P.LIST_APPROVE, needs_reason=True,
             waits=False),
        Move(name="withdraw", source=frozenset({"drafting"}), target="withdrawn", label=_("撤回清册"),
             past="withdrawn", permission=P.LIST_DRAFT, needs_reason=True, waits=False),
        Move(name="execute", source=frozenset({"approved"}), target="destroying", label=_("执行销毁"),
             past="execution_started", permission=AUTOMATIC, guard=_has_lines),
        Move(name="finish", source=frozenset({"destroying"}), target="destroyed", label=_("执行完毕"),
             past="executed", permission=AUTOMATIC),
    ),
)  # fmt: skip
