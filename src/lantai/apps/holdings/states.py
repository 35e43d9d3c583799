"""State table of retention schedules."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.holdings.permissions import P
from lantai.platform.workflow.machine import AUTOMATIC, Machine, Move, State

# Order 8 (2012) art. 12: every organ draws up its own table; it is carried out once the archival
# authority of the same level has approved it.
SCHEDULE = Machine(
    field="state",
    initial="draft",
    final=frozenset({"superseded"}),
    states={
        "draft": State(_("草拟"), "plain"),
        "submitted": State(_("待审批"), "busy"),
        "approved": State(_("已批准"), "good"),
        "superseded": State(_("已被替代"), "plain"),
    },
    moves=(
        Move(
            name="submit",
            source=frozenset({"draft"}),
            target="submitted",
            label=_("报送审批"),
            past="submitted",
            permission=P.SCHEDULE_DRAFT,
            org_path="org_id",
            is_primary=True,
        ),
        Move(
            name="approve",
            source=frozenset({"submitted"}),
            target="approved",
            label=_("批准保管期限表"),
            past="approved",
            permission=P.SCHEDULE_APPROVE,
            org_path="org_id",
            by_someone_else_than=("submit",),
            is_primary=True,
        ),
        Move(
            name="send_back",
            source=frozenset({"submitted"}),
            target="draft",
            label=_("退回修改"),
            past="sent_back",
            permission=P.SCHEDULE_APPROVE,
            org_path="org_id",
            needs_reason=True,
        ),
        Move(
            name="supersede",
            source=frozenset({"approved"}),
            target="superseded",
            label=_("由新版替代"),
            past="superseded",
            permission=AUTOMATIC,
            org_path="org_id",
        ),
    ),
)
