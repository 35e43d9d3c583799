"""退回清单: what of a transfer went back, and the transfer that brings these items again."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction

from lantai.apps.intake import queries
from lantai.apps.intake.models import ReturnEntry, ReturnList, Submission, SubmissionItem
from lantai.apps.intake.permissions import P
from lantai.apps.intake.services.calendar import settle_due
from lantai.apps.intake.states import RETURNED
from lantai.apps.intake.types import CLOCK, RETURN_LIST, EntrySettled, ItemVerdict
from lantai.kit.errors import N_
from lantai.kit.fourprops.facts import PackageProblem
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.notify import services as notify
from lantai.platform.workflow import services as workflow

NOT_ON_LIST = N_("“%(code)s”不在退回清单“%(list)s”中；补正的批次只能包含清单所列的件。")
ROWS_AT_ONCE = 1_000


def make_return_list(ctx: Ctx, submission: Submission) -> ReturnList:
    """The list of the items that failed, which the agency answers within its clock; in the run's own step."""
    items = SubmissionItem.objects.filter(submission=submission, verdict=ItemVerdict.FAILED)
    made = ReturnList.objects.create(
        number=f"TH-{submission.number}",
        submission=submission,
        agency_id=submission.agency_id,
        archives_id=submission.archives_id,
        made_at=ctx.now,
    )
    ReturnEntry.objects.bulk_create(
        (ReturnEntry(return_list=made, item=item) for item in items.order_by("item_key").iterator()),
        batch_size=ROWS_AT_ONCE,
    )
    ledger.record(
        ctx,
        "intake:returnlist:made",
        object_type=RETURN_LIST,
        object_id=made.pk,
        object_name=made.number,
        detail={"items": made.entries.count(), "submission": submission.number},
    )
    days = queries.working_days(ctx, "answer_working_days")
    workflow.start_clock(ctx, RETURN_LIST, made.pk, CLOCK, working_days=days)
    return made


def problems_of(submission: Submission) -> Iterator[tuple[PackageProblem, str]]:
    """Items of an answer that the list does not ask for.

    Where an item went back for want of a readable 档号, the answer may bring one with a new code in its place.
    """
    asked = queries.open_list_answered_by(submission)
    if asked is None:
        return
    codes = [entry.item.reference_code for entry in queries.open_entries(asked)]
    without_code = sum(not code for code in codes)
    for item in queries.items_of(submission.pk).exclude(reference_code__in=codes):
        if without_code:
            without_code -= 1
            continue
        params = {"code": item.reference_code or item.item_key, "list": asked.number}
        yield PackageProblem(NOT_ON_LIST, params, item.reference_code), item.item_key


def answer_returns(ctx: Ctx, submission: Submission) -> None:
    """Note which entries an accepted transfer answers; with the last of them the list is answered.

    In the run's own step.
    """
    asked = queries.open_list_answered_by(submission)
    if asked is None:
        return
    brought = SubmissionItem.objects.filter(submission=submission, verdict=ItemVerdict.ACCEPTED)
    by_code = {item.reference_code: item for item in brought.order_by("item_key")}
    entries = list(queries.open_entries(asked))
    for entry in entries:
        entry.answered_by = by_code.pop(entry.item.reference_code, None)
    left = iter(by_code.values())
    for entry in entries:
        if entry.answered_by is None and not entry.item.reference_code:
            entry.answered_by = next(left, None)
    ReturnEntry.objects.bulk_update(entries, ["answered_by"], batch_size=ROWS_AT_ONCE)
    _conclude(ctx, asked)


def _conclude(ctx: Ctx, asked: ReturnList) -> None:
    if queries.open_entries(asked).exists():
        return
    workflow.move(ctx, asked, RETURNED, "answer")
    workflow.stop_clock(ctx, RETURN_LIST, asked.pk, CLOCK)
    settle_due(ctx, asked.submission)


@transaction.atomic
def drop_entry(ctx: Ctx, *, entry_id: int, reason: str) -> ReturnEntry:
    """Agree that one item will not be transferred after all, and why. Raises ``EntrySettled``."""
    lists = queries.return_lists(ctx)
    rows = ReturnEntry.objects.select_related("item", "return_list__submission").select_for_update(
        of=("self",)
    )
    entry = policy.one(rows.filter(return_list__in=lists), pk=entry_id)
    policy.require(ctx, P.SUBMISSION_DECIDE, entry.return_list.archives_id)
    if entry.answered_by_id or entry.dropped_at:
        raise EntrySettled(code=entry.item.reference_code)
    entry.dropped_at, entry.dropped_reason = ctx.now, reason
    entry.save(update_fields=["dropped_at", "dropped_reason"])
    ledger.record(
        ctx,
        "intake:returnlist:entry_dropped",
        object_type=RETURN_LIST,
        object_id=entry.return_list_id,
        object_name=entry.return_list.number,
        detail={"item": entry.item.reference_code},
    )
    _conclude(ctx, entry.return_list)
    return entry


@transaction.atomic
def close_return_list(ctx: Ctx, *, submission_id: int, reason: str) -> ReturnList:
    """Close a list although items are still out; they are not transferred any more."""
    asked = policy.one(queries.return_lists(ctx), submission_id=submission_id)
    workflow.move(ctx, asked, RETURNED, "close", reason=reason)
    asked.entries.filter(answered_by=None, dropped_at=None).update(
        dropped_at=ctx.now, dropped_reason=reason[:300]
    )
    workflow.stop_clock(ctx, RETURN_LIST, asked.pk, CLOCK)
    settle_due(ctx, asked.submission)
    notify.tell(
        ctx,
        org_id=asked.agency_id,
        permission=P.SUBMISSION_SUBMIT,
        text=N_("退回清单“%(number)s”已结案：%(reason)s"),
        params={"number": asked.number, "reason": reason},
        url=asked.get_absolute_url(),
    )
    return asked
