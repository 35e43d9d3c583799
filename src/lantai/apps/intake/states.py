"""State tables of this app (standards: DA/T 93-2022; states after 档发〔2012〕7号 practice)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.intake.permissions import P
from lantai.platform.workflow.machine import AUTOMATIC, Machine, Move, State

SUBMISSION = Machine(
    field="state",
    initial="submitted",
    final=frozenset({"accepted", "returned", "withdrawn"}),
    states={
        "submitted": State(_("已提交"), "busy"),
        "checking": State(_("检测中"), "busy"),
        "passed": State(_("检测合格"), "busy"),
        "failed": State(_("检测不合格"), "bad"),
        "accepting": State(_("接收中"), "busy"),
        "accepted": State(_("已接收"), "good"),
        "returned": State(_("已退回"), "warn"),
        "withdrawn": State(_("已撤回"), "plain"),
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
