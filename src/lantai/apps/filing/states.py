"""State tables of this app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.filing.permissions import P
from lantai.platform.workflow.machine import AUTOMATIC, Machine, Move, State

DOCUMENT = Machine(
    field="state",
    initial="captured",
    final=frozenset({"sealed", "discarded"}),
    states={
        "captured": State(_("待整理"), "busy"),
        "arranged": State(_("已整理"), "plain"),
        "numbered": State(_("已编号"), "plain"),
        "sealed": State(_("已归档"), "good"),
        "discarded": State(_("不归档"), "plain"),
    },
    moves=(
        Move(
            name="arrange",
            source=frozenset({"captured", "arranged"}),
            target="arranged",
            label=_("整理"),
            past="arranged",
            permission=P.DOCUMENT_ARRANGE,
            org_path="agency_id",
            waits=False,
        ),
        Move(
            name="discard",
            source=frozenset({"captured", "arranged"}),
            target="discarded",
            label=_("列为不归档"),
            past="discarded",
            permission=P.DOCUMENT_ARRANGE,
            org_path="agency_id",
            needs_reason=True,
            waits=False,
        ),
        Move(
            name="number",
            source=frozenset({"arranged"}),
            target="numbered",
            label=_("编号"),
            past="numbered",
            permission=P.BATCH_COMPOSE,
            org_path="agency_id",
            waits=False,
        ),
        Move(
            name="release",
            source=frozenset({"numbered"}),
            target="arranged",
            label=_("退出批次"),
            past="released",
            permission=P.BATCH_COMPOSE,
            org_path="agency_id",
            waits=False,
        ),
        Move(
            name="seal",
            source=frozenset({"numbered"}),
            target="sealed",
            label=_("封存"),
            past="sealed",
            permission=AUTOMATIC,
            org_path="agency_id",
            waits=False,
        ),
    ),
)

BATCH = Machine(
    field="state",
    initial="draft",
    final=frozenset({"sealed", "dissolved"}),
    states={
        "draft": State(_("待检测"), "busy"),
        "failed": State(_("检测未通过"), "bad"),
        "passed": State(_("待封存"), "busy"),
        "sealing": State(_("封存中"), "busy"),
        "sealed": State(_("已封存"), "good"),
        "dissolved": State(_("已解散"), "plain"),
    },
    moves=(
        Move(
            name="pass_test",
            source=frozenset({"draft", "failed", "passed"}),
            target="passed",
            label=_("检测通过"),
            past="passed",
            permission=AUTOMATIC,
            org_path="agency_id",
        ),
        Move(
            name="fail_test",
            source=frozenset({"draft", "failed", "passed"}),
            target="failed",
            label=_("检测未通过"),
            past="failed",
            permission=AUTOMATIC,
            org_path="agency_id",
        ),
        Move(
            name="start_sealing",
            source=frozenset({"passed"}),
            target="sealing",
            label=_("封存批次"),
            past="sealing_started",
            permission=P.BATCH_SEAL,
            org_path="agency_id",
            is_primary=True,
        ),
        Move(
            name="give_up_sealing",
            source=frozenset({"sealing"}),
            target="passed",
            label=_("封存中止"),
            past="sealing_given_up",
            permission=AUTOMATIC,
            org_path="agency_id",
        ),
        Move(
            name="finish_sealing",
            source=frozenset({"sealing"}),
            target="sealed",
            label=_("完成封存"),
            past="sealed",
            permission=AUTOMATIC,
            org_path="agency_id",
        ),
        Move(
            name="dissolve",
            source=frozenset({"draft", "failed", "passed"}),
            target="dissolved",
            label=_("解散批次"),
            past="dissolved",
            permission=P.BATCH_COMPOSE,
            org_path="agency_id",
            needs_reason=True,
            waits=False,
        ),
    ),
)
