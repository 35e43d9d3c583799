"""State table of migration plans: a sample first, then another person, then the run, which can be taken back."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.migration.permissions import P
from lantai.apps.migration.types import PlanState as S
from lantai.platform.workflow.machine import AUTOMATIC, Machine, Move, State

PLAN = Machine(
    field="state",
    initial="draft",
    final=frozenset({"undone", "withdrawn"}),
    states={
        S.DRAFT.value: State(S.DRAFT.label, "plain"),
        S.PREVIEWING.value: State(S.PREVIEWING.label, "busy"),
        S.PREVIEWED.value: State(S.PREVIEWED.label, "warn"),
        S.APPROVED.value: State(S.APPROVED.label, "warn"),
        S.RUNNING.value: State(S.RUNNING.label, "busy"),
        S.DONE.value: State(S.DONE.label, "good"),
        S.UNDOING.value: State(S.UNDOING.label, "busy"),
        S.UNDONE.value: State(S.UNDONE.label, "plain"),
        S.WITHDRAWN.value: State(S.WITHDRAWN.label, "plain"),
    },
    moves=(
        Move(name="preview", source=frozenset({"draft", "previewed"}), target="previewing", label=_("试转抽样"),
             past="preview_started", permission=AUTOMATIC),
        Move(name="shown", source=frozenset({"previewing"}), target="previewed", label=_("试转完成"),
             past="previewed", permission=AUTOMATIC),
        Move(name="not_shown", source=frozenset({"previewing"}), target="draft", label=_("试转没有成功"),
             past="preview_failed", permission=AUTOMATIC),
        Move(name="approve", source=frozenset({"previewed"}), target="approved", label=_("批准方案"),
             past="approved", permission=P.PLAN_APPROVE, is_primary=True, by_someone_else_than=("preview",)),
        Move(name="send_back", source=frozenset({"previewed", "approved"}), target="draft", label=_("退回"),
             past="sent_back", permission=P.PLAN_APPROVE, needs_reason=True, waits=False),
        Move(name="withdraw", source=frozenset({"draft", "previewed", "approved"}), target="withdrawn",
             label=_("撤回方案"), past="withdrawn", permission=P.PLAN_DRAFT, needs_reason=True, waits=False),
        Move(name="start", source=frozenset({"approved"}), target="running", label=_("开始转换"),
             past="started", permission=AUTOMATIC),
        Move(name="finish", source=frozenset({"running"}), target="done", label=_("转换完成"),
             past="finished", permission=AUTOMATIC),
        Move(name="retry", source=frozenset({"done"}), target="running", label=_("重试未转换的文件"),
             past="retried", permission=AUTOMATIC),
        Move(name="undo", source=frozenset({"done"}), target="undoing", label=_("撤销迁移"),
             past="undo_started", permission=AUTOMATIC),
        Move(name="taken_back", source=frozenset({"undoing"}), target="undone", label=_("撤销完成"),
             past="undone", permission=AUTOMATIC),
    ),
)  # fmt: skip
