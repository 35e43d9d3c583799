"""State tables of this app (standards: DA/T 93-2022; states after 档发〔2012〕7号 practice)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.intake.permissions import P
from lantai.apps.intake.types import SubmissionState as S
from lantai.platform.workflow.machine import AUTOMATIC, Machine, Move, State

SUBMISSION = Machine(
    field="state",
    initial="submitted",
    final=frozenset({"accepted", "returned", "withdrawn"}),
    states={
        S.SUBMITTED.value: State(S.SUBMITTED.label, "busy"),
        S.CHECKING.value: State(S.CHECKING.label, "busy"),
        S.PASSED.value: State(S.PASSED.label, "busy"),
        S.FAILED.value: State(S.FAILED.label, "bad"),
        S.ACCEPTING.value: State(S.ACCEPTING.label, "busy"),
        S.ACCEPTED.value: State(S.ACCEPTED.label, "good"),
        S.RETURNED.value: State(S.RETURNED.label, "warn"),
        S.WITHDRAWN.value: State(S.WITHDRAWN.label, "plain"),
    },
    moves=(
        Move(
            name="start_checking",
            source=frozenset({"submitted", "checking"}),
            target="checking",
            label=_("开始检测"),
            past="checking_started",
            permission=AUTOMATIC,
            org_path="archives_id",
        ),
        Move(
            name="pass_check",
            source=frozenset({"checking"}),
            target="passed",
            label=_("检测合格"),
            past="passed",
            permission=AUTOMATIC,
            org_path="archives_id",
        ),
        Move(
            name="fail_check",
            source=frozenset({"checking"}),
            target="failed",
            label=_("检测不合格"),
            past="failed",
            permission=AUTOMATIC,
            org_path="archives_id",
        ),
        Move(
            name="check_again",
            source=frozenset({"passed", "failed"}),
            target="submitted",
            label=_("重新检测"),
            past="check_repeated",
            permission=P.SUBMISSION_TEST,
            org_path="archives_id",
            waits=False,
        ),
        Move(
            name="accept",
            source=frozenset({"passed"}),
            target="accepting",
            label=_("接收移交批次"),
            past="accepting_started",
            permission=P.SUBMISSION_DECIDE,
            org_path="archives_id",
            is_primary=True,
        ),
        Move(
            name="give_up_accepting",
            source=frozenset({"accepting"}),
            target="passed",
            label=_("接收中止"),
            past="accepting_given_up",
            permission=AUTOMATIC,
            org_path="archives_id",
        ),
        Move(
            name="finish_accepting",
            source=frozenset({"accepting"}),
            target="accepted",
            label=_("完成接收"),
            past="accepted",
            permission=AUTOMATIC,
            org_path="archives_id",
        ),
        Move(
            name="return",
            source=frozenset({"passed", "failed"}),
            target="returned",
            label=_("退回移交批次"),
            past="returned",
            permission=P.SUBMISSION_DECIDE,
            org_path="archives_id",
            needs_reason=True,
        ),
        Move(
            name="withdraw",
            source=frozenset({"submitted", "passed", "failed"}),
            target="withdrawn",
            label=_("撤回移交批次"),
            past="withdrawn",
            permission=P.SUBMISSION_SUBMIT,
            org_path="agency_id",
            needs_reason=True,
            waits=False,
        ),
    ),
)
