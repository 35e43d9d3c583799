"""State table of clearances: what no policy asks for any more is removed when a second person has said so."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.copies.permissions import P
from lantai.apps.copies.types import ClearanceState as S
from lantai.platform.workflow.machine import AUTOMATIC, Machine, Move, State

CLEARING = Machine(
    field="state",
    initial="draft",
    final=frozenset({"done", "refused", "withdrawn"}),
    states={
        S.DRAFT.value: State(S.DRAFT.label, "plain"),
        S.ASKED.value: State(S.ASKED.label, "warn"),
        S.CLEARING.value: State(S.CLEARING.label, "busy"),
        S.DONE.value: State(S.DONE.label, "good"),
        S.REFUSED.value: State(S.REFUSED.label, "bad"),
        S.WITHDRAWN.value: State(S.WITHDRAWN.label, "plain"),
    },
    moves=(
        Move(name="ask", source=frozenset({"draft"}), target="asked", label=_("提出撤除"), past="asked",
             permission=P.COPY_MOVE, waits=False),
        Move(name="approve", source=frozenset({"asked"}), target="clearing", label=_("批准撤除"), past="approved",
             permission=P.POLICY_MANAGE, is_primary=True, by_someone_else_than=("ask",)),
        Move(name="refuse", source=frozenset({"asked"}), target="refused", label=_("不批准"), past="refused",
             permission=P.POLICY_MANAGE, needs_reason=True, waits=False),
        Move(name="withdraw", source=frozenset({"asked"}), target="withdrawn", label=_("撤回"), past="withdrawn",
             permission=P.COPY_MOVE, needs_reason=True, waits=False),
        Move(name="finish", source=frozenset({"clearing"}), target="done", label=_("撤除完毕"), past="finished",
             permission=AUTOMATIC),
    ),
)  # fmt: skip
BY_HAND = frozenset({"approve", "refuse", "withdraw"})
