"""State tables of this app (standards §11.4)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.readingroom.models import Request
from lantai.apps.readingroom.permissions import P
from lantai.apps.readingroom.types import CLOSED, NothingFound, StatementMissing
from lantai.platform.workflow.machine import AUTOMATIC, Machine, Move, State


def _says_something(row: Request) -> None:
    """A certificate needs records, and what each of them says."""
    findings = list(row.findings.select_related("description"))
    if not findings:
        raise NothingFound
    for finding in findings:
        if not finding.statement.strip():
            raise StatementMissing(code=finding.description.reference_code)


REQUEST = Machine(
    field="state",
    initial="submitted",
    final=CLOSED,
    states={
        "submitted": State(_("已提交"), "busy"),
        "accepted": State(_("查找中"), "busy"),
        "proposed": State(_("待审核"), "busy"),
        "issuing": State(_("出证中"), "busy"),
        "delivered": State(_("已出证"), "good"),
        "not_found": State(_("未查到"), "plain"),
        "refused": State(_("不予受理"), "warn"),
        "withdrawn": State(_("已撤回"), "plain"),
    },
    moves=(
        Move(
            name="accept",
            source=frozenset({"submitted"}),
            target="accepted",
            label=_("受理查档申请"),
            past="accepted",
            permission=P.REQUEST_HANDLE,
            org_path="archives_id",
            is_primary=True,
        ),
        Move(
            name="refuse",
            source=frozenset({"submitted"}),
            target="refused",
            label=_("不予受理"),
            past="refused",
            permission=P.REQUEST_HANDLE,
            org_path="archives_id",
            needs_reason=True,
        ),
        Move(
            name="withdraw",
            source=frozenset({"submitted", "accepted"}),
            target="withdrawn",
            label=_("撤回申请"),
            past="withdrawn",
            permission=AUTOMATIC,
            org_path="archives_id",
        ),
        Move(
            name="propose",
            source=frozenset({"accepted"}),
            target="proposed",
            label=_("提交审核"),
            past="proposed",
            permission=P.REQUEST_HANDLE,
            org_path="archives_id",
            guard=_says_something,
            is_primary=True,
        ),
        Move(
            name="answer_not_found",
            source=frozenset({"accepted"}),
            target="not_found",
            label=_("答复未查到"),
            past="answered_not_found",
            permission=P.REQUEST_HANDLE,
            org_path="archives_id",
            needs_reason=True,
        ),
        Move(
            name="send_back",
            source=frozenset({"proposed"}),
            target="accepted",
            label=_("退回重查"),
            past="sent_back",
            permission=P.CERTIFICATE_APPROVE,
            org_path="archives_id",
            needs_reason=True,
        ),
        Move(
            name="approve",
            source=frozenset({"proposed"}),
            target="issuing",
            label=_("同意出证"),
            past="approved",
            permission=P.CERTIFICATE_APPROVE,
            org_path="archives_id",
            by_someone_else_than=("propose",),
            is_primary=True,
        ),
        Move(
            name="give_up_issuing",
            source=frozenset({"issuing"}),
            target="proposed",
            label=_("出证中止"),
            past="issuing_given_up",
            permission=AUTOMATIC,
            org_path="archives_id",
        ),
        Move(
            name="deliver",
            source=frozenset({"issuing"}),
            target="delivered",
            label=_("出具证明"),
            past="delivered",
            permission=AUTOMATIC,
            org_path="archives_id",
        ),
    ),
)

CERTIFICATE = Machine(
    field="state",
    initial="valid",
    final=frozenset({"revoked"}),
    states={"valid": State(_("有效"), "good"), "revoked": State(_("已撤销"), "bad")},
    moves=(
        Move(
            name="revoke",
            source=frozenset({"valid"}),
            target="revoked",
            label=_("撤销证明"),
            past="revoked",
            permission=P.CERTIFICATE_REVOKE,
            org_path="request__archives_id",
            needs_reason=True,
            waits=False,
        ),
    ),
)
