"""What people decide of a transfer: accept, return, test again, withdraw."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from lantai.apps.intake import queries
from lantai.apps.intake.events import SubmissionReturned
from lantai.apps.intake.models import Submission, SubmissionItem
from lantai.apps.intake.permissions import P
from lantai.apps.intake.states import SUBMISSION
from lantai.apps.intake.types import (
    CLOCK,
    OBJECT,
    AcceptSubmission,
    CannotAccept,
    CheckSubmission,
    ItemVerdict,
    SubmissionState,
)
from lantai.kit.errors import N_
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.events import services as events
from lantai.platform.jobs import services as jobs
from lantai.platform.notify import services as notify
from lantai.platform.workflow import services as workflow


@transaction.atomic
def accept_submission(ctx: Ctx, *, submission_id: int) -> Submission:
    """Decide to take a transfer that passed, with what its test left to a person, and queue the run.

    Raises ``CannotAccept`` for one that failed, ``NotFromHere`` or ``MovedMeanwhile`` for a second click.
    """
    submission = queries.get(ctx, submission_id)
    if submission.state == SubmissionState.FAILED:
        policy.require(ctx, P.SUBMISSION_DECIDE, submission.archives_id)
        raise CannotAccept(number=submission.number, failed=submission.failed_item_count)
    workflow.move(
        ctx, submission, SUBMISSION, "accept", detail={"open_checks": queries.open_checks(submission)}
    )
    submission.decider_name, submission.decided_at = ctx.actor.name, ctx.now
    submission.save(update_fields=["decider_name", "decided_at"])
    jobs.start(
        ctx,
        AcceptSubmission(submission.pk),
        org_id=submission.archives_id,
        about=(OBJECT, submission.pk),
        total=submission.item_count,
    )
    return submission


@transaction.atomic
def return_submission(
    ctx: Ctx, *, submission_id: int, reason: str, item_reasons: Mapping[str, str] | None = None
) -> Submission:
    """Send a transfer back; ``item_reasons`` (item key → words) are added to what the test found."""
    submission = queries.get(ctx, submission_id)
    count = _return_items(submission, item_reasons or {})
    workflow.move(ctx, submission, SUBMISSION, "return", reason=reason, detail={"items": count})
    _end(ctx, submission, count)
    events.publish(ctx, SubmissionReturned(submission.pk))
    notify.tell(
        ctx,
        org_id=submission.agency_id,
        permission=P.SUBMISSION_SUBMIT,
        text=N_("移交批次“%(title)s”（%(number)s）已退回：%(reason)s"),
        params={"title": submission.title, "number": submission.number, "reason": reason},
        url=submission.get_absolute_url(),
    )
    return submission


def _return_items(submission: Submission, item_reasons: Mapping[str, str]) -> int:
    """Mark what goes back with its reasons; returns how many items."""
    items = SubmissionItem.objects.filter(submission=submission)
    named = list(items.filter(item_key__in=list(item_reasons)))
    for item in named:
        item.verdict = ItemVerdict.RETURNED
        item.reasons = [
            *item.reasons,
            {"code": "", "message": "%(said)s", "params": {"said": item_reasons[item.item_key]}},
        ]
    SubmissionItem.objects.bulk_update(named, ["verdict", "reasons"])
    items.filter(verdict=ItemVerdict.FAILED).update(verdict=ItemVerdict.RETURNED)
    return items.filter(verdict=ItemVerdict.RETURNED).count()


def _end(ctx: Ctx, submission: Submission, failed_item_count: int) -> None:
    submission.decider_name, submission.decided_at = ctx.actor.name, ctx.now
    submission.failed_item_count = failed_item_count
    submission.save(update_fields=["decider_name", "decided_at", "failed_item_count"])
    workflow.stop_clock(ctx, OBJECT, submission.pk, CLOCK)


@transaction.atomic
def withdraw_submission(ctx: Ctx, *, submission_id: int, reason: str) -> Submission:
    """Take a transfer back before it is decided; a test that is queued finds it gone."""
    submission = queries.get(ctx, submission_id)
    workflow.move(ctx, submission, SUBMISSION, "withdraw", reason=reason)
    _end(ctx, submission, submission.failed_item_count)
    return submission


@transaction.atomic
def check_again(ctx: Ctx, *, submission_id: int) -> Submission:
    """Test a transfer once more; the earlier reports stay."""
    submission = queries.get(ctx, submission_id)
    workflow.move(ctx, submission, SUBMISSION, "check_again")
    jobs.start(
        ctx, CheckSubmission(submission.pk), org_id=submission.archives_id, about=(OBJECT, submission.pk)
    )
    return submission
