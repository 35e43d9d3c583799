"""State table of assessments: self-assessment by the agency, review by its archival authority,
approval by a second person there."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.singleset.permissions import P
from lantai.apps.singleset.types import AssessmentState as S
from lantai.platform.workflow.machine import AUTOMATIC, Machine, Move, State

ASSESSMENT = Machine(
    field="state",
    initial="draft",
    final=frozenset({"ended"}),
    states={
        S.DRAFT.value: State(S.DRAFT.label, "plain"),
        S.SUBMITTED.value: State(S.SUBMITTED.label, "busy"),
        S.REVIEWED.value: State(S.REVIEWED.label, "busy"),
        S.APPROVED.value: State(S.APPROVED.label, "good"),
        S.SUSPENDED.value: State(S.SUSPENDED.label, "warn"),
        S.ENDED.value: State(S.ENDED.label, "plain"),
    },
    moves=(
        Move(
            name="submit",
            source=frozenset({"draft"}),
            target="submitted",
            label=_("报送审核"),
            past="submitted",
            permission=P.ASSESSMENT_DRAFT,
            is_primary=True,
        ),
        Move(
            name="review",
            source=frozenset({"submitted"}),
            target="reviewed",
            label=_("提交批准"),
            past="reviewed",
            permission=P.ASSESSMENT_REVIEW,
            by_someone_else_than=("submit",),
            is_primary=True,
        ),
        Move(
            name="approve",
            source=frozenset({"reviewed"}),
            target="approved",
            label=_("批准单套管理"),
            past="approved",
            permission=P.ASSESSMENT_APPROVE,
            by_someone_else_than=("submit", "review"),
            is_primary=True,
        ),
        Move(
            name="send_back",
            source=frozenset({"submitted", "reviewed"}),
            target="draft",
            label=_("退回整改"),
            past="sent_back",
            permission=P.ASSESSMENT_REVIEW,
            needs_reason=True,
            waits=False,
        ),
        Move(
            name="suspend",
            source=frozenset({"approved"}),
            target="suspended",
            label=_("暂停单套管理"),
            past="suspended",
            permission=P.ASSESSMENT_APPROVE,
            needs_reason=True,
            waits=False,
        ),
        Move(
            name="resume",
            source=frozenset({"suspended"}),
            target="approved",
            label=_("恢复单套管理"),
            past="resumed",
            permission=P.ASSESSMENT_APPROVE,
            needs_reason=True,
            waits=False,
        ),
        Move(
            name="withdraw",
            source=frozenset({"draft"}),
            target="ended",
            label=_("放弃评估"),
            past="withdrawn",
            permission=P.ASSESSMENT_DRAFT,
            needs_reason=True,
            waits=False,
        ),
        Move(
            name="supersede",
            source=frozenset({"approved", "suspended"}),
            target="ended",
            label=_("由新一次评估替代"),
            past="superseded",
            permission=AUTOMATIC,
        ),
    ),
)
