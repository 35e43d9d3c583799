"""What people decide of a transfer: accept, accept in part, confirm, return, test again, withdraw.

交接双人: where the agreement asks for it, whoever decides proposes, and a second person confirms or objects.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from lantai.apps.intake import queries
from lantai.apps.intake.events import SubmissionReturned
from lantai.apps.intake.models import Submission, SubmissionItem
from lantai.apps.intake.permissions import P
from lantai.apps.intake.services import verdicts
from lantai.apps.intake.states import SUBMISSION
from lantai.apps.intake.types import (
    CLOCK,
    CONFIRM_CLOCK,
    OBJECT,
    AcceptSubmission,
    CannotAccept,
    CheckSubmission,
    ItemVerdict,
    NothingToAccept,
    NothingToReturn,
    PackageItselfFails,
    ReasonForOverruling,
    SubmissionState,
)
from lantai.kit.errors import N_
from lantai.kit.fourprops.vocabulary import Property
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.events import services as events
from lantai.platform.jobs import services as jobs
from lantai.platform.notify import services as notify
from lantai.platform.workflow import services as workflow

Reasons = Mapping[str, str]


@transaction.atomic
def accept_submission(ctx: Ctx, *, submission_id: int) -> Submission:
    """Decide to take a transfer that passed, with what its test left to a person.

    The run is queued, or a second person is asked where two must agree. Raises ``CannotAccept`` for one that
    failed, ``NotFromHere`` or ``MovedMeanwhile`` for a second click.
    """
    submission = queries.get(ctx, submission_id)
    if submission.state == SubmissionState.FAILED or submission.failed_item_count:
        policy.require(ctx, P.SUBMISSION_DECIDE, submission.archives_id)
        raise CannotAccept(number=submission.number, failed=submission.failed_item_count)
    detail = {"open_checks": queries.open_checks(submission)}
    _decide(ctx, submission, {"is_part": False, "from": submission.state}, detail)
    return submission


@transaction.atomic
def accept_part(
    ctx: Ctx, *, submission_id: int, item_reasons: Reasons | None = None, said: str = ""
) -> Submission:
    """Take the items that pass and send the others back; ``item_reasons`` (item key → words) add to these.

    What failed for the package as a whole and is no matter of safety may be overruled, with ``said`` as the
    reason. Raises ``NothingToAccept``, ``NothingToReturn``, ``PackageItselfFails``,
    ``ReasonForOverruling``.
    """
    submission = queries.get(ctx, submission_id)
    policy.require(ctx, P.SUBMISSION_DECIDE, submission.archives_id)
    overruled = _overruled(submission, said)
    origin = submission.state
    if origin in (SubmissionState.PASSED, SubmissionState.FAILED):
        _fail_items(submission, item_reasons or {})
    decision = {"is_part": True, "from": str(origin), "overruled": overruled, "said": said}
    detail = {
        "accepted": submission.item_count - submission.failed_item_count,
        "returned": submission.failed_item_count,
        "overruled": ",".join(overruled),
        "open_checks": queries.open_checks(submission),
    }
    _decide(ctx, submission, decision, detail)
    return submission


def _overruled(submission: Submission, said: str) -> list[str]:
    """Codes of what failed for the whole package, when a person may set them aside."""
    codes = list(submission.package_failures)
    grave = [
        code for code, prop in queries.properties_of(submission, codes).items() if prop == Property.SAFETY
    ]
    if grave:
        raise PackageItselfFails(number=submission.number, codes="、".join(sorted(grave)))
    if codes and not said.strip():
        raise ReasonForOverruling(codes="、".join(codes), field="said")
    return codes


def _fail_items(submission: Submission, item_reasons: Reasons) -> None:
    _add_reasons(submission, item_reasons, ItemVerdict.FAILED)
    items = SubmissionItem.objects.filter(submission=submission)
    failed = items.filter(verdict=ItemVerdict.FAILED).count()
    if not failed:
        raise NothingToReturn(number=submission.number)
    if not items.filter(verdict=ItemVerdict.PASSED).exists():
        raise NothingToAccept(number=submission.number)
    submission.failed_item_count = failed
    submission.save(update_fields=["failed_item_count"])


def _decide(ctx: Ctx, submission: Submission, decision: dict[str, object], detail: dict[str, object]) -> None:
    needs_second = bool(submission.agreement and submission.agreement.needs_two_people)
    name = "propose" if needs_second else "accept"
    if decision["is_part"]:
        name = f"{name}_part"
    workflow.move(ctx, submission, SUBMISSION, name, reason=str(decision.get("said", "")), detail=detail)
    submission.decision = decision
    submission.decider_name, submission.decided_at = ctx.actor.name, ctx.now
    submission.save(update_fields=["decision", "decider_name", "decided_at"])
    if needs_second:
        _ask_second(ctx, submission)
    else:
        _start(ctx, submission)


def _ask_second(ctx: Ctx, submission: Submission) -> None:
    days = queries.working_days(ctx, "confirm_working_days")
    workflow.start_clock(ctx, OBJECT, submission.pk, CONFIRM_CLOCK, working_days=days)
    notify.tell(
        ctx,
        org_id=submission.archives_id,
        permission=P.SUBMISSION_CONFIRM,
        text=N_("移交批次“%(title)s”（%(number)s）由%(who)s提请复核，请由另一人确认。"),
        params={"title": submission.title, "number": submission.number, "who": ctx.actor.name},
        url=submission.get_absolute_url(),
    )


def _start(ctx: Ctx, submission: Submission) -> None:
    jobs.start(
        ctx,
        AcceptSubmission(submission.pk),
        org_id=submission.archives_id,
        about=(OBJECT, submission.pk),
        total=submission.item_count,
    )


@transaction.atomic
def confirm_acceptance(ctx: Ctx, *, submission_id: int) -> Submission:
    """As the second person, agree to what was proposed, and queue the run. Raises ``SamePerson``."""
    submission = queries.get(ctx, submission_id)
    workflow.move(ctx, submission, SUBMISSION, "confirm", detail={"decided_by": submission.decider_name})
    workflow.stop_clock(ctx, OBJECT, submission.pk, CONFIRM_CLOCK)
    submission.confirmer_name, submission.confirmed_at = ctx.actor.name, ctx.now
    submission.save(update_fields=["confirmer_name", "confirmed_at"])
    _start(ctx, submission)
    return submission


@transaction.atomic
def object_to_acceptance(ctx: Ctx, *, submission_id: int, reason: str) -> Submission:
    """As the second person, send the decision back to where it was made. Raises ``SamePerson``."""
    submission = queries.get(ctx, submission_id)
    back_to_failed = bool(submission.decision.get("is_part"))
    workflow.move(
        ctx, submission, SUBMISSION, "object_failed" if back_to_failed else "object_passed", reason=reason
    )
    workflow.stop_clock(ctx, OBJECT, submission.pk, CONFIRM_CLOCK)
    submission.decision, submission.decider_name, submission.decided_at = {}, "", None
    submission.save(update_fields=["decision", "decider_name", "decided_at"])
    notify.tell(
        ctx,
        org_id=submission.archives_id,
        permission=P.SUBMISSION_DECIDE,
        text=N_("移交批次“%(title)s”（%(number)s）复核不同意：%(reason)s"),
        params={"title": submission.title, "number": submission.number, "reason": reason},
        url=submission.get_absolute_url(),
    )
    if verdicts.reconsider(ctx, submission_id=submission.pk):  # what was let count while it waited
        submission.refresh_from_db()
    return submission


@transaction.atomic
def return_submission(
    ctx: Ctx, *, submission_id: int, reason: str, item_reasons: Reasons | None = None
) -> Submission:
    """Send a transfer back; ``item_reasons`` (item key → words) are added to what the test found."""
    submission = queries.get(ctx, submission_id)
    count = _return_items(submission, item_reasons or {})
    workflow.move(ctx, submission, SUBMISSION, "return", reason=reason, detail={"items": count})
    submission.returned_item_count = count
    submission.save(update_fields=["returned_item_count"])
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


def _return_items(submission: Submission, item_reasons: Reasons) -> int:
    """Mark what goes back with its reasons; returns how many items."""
    _add_reasons(submission, item_reasons, ItemVerdict.RETURNED)
    items = SubmissionItem.objects.filter(submission=submission)
    items.filter(verdict=ItemVerdict.FAILED).update(verdict=ItemVerdict.RETURNED)
    return items.filter(verdict=ItemVerdict.RETURNED).count()


def _add_reasons(submission: Submission, item_reasons: Reasons, verdict: ItemVerdict) -> None:
    items = SubmissionItem.objects.filter(submission=submission)
    named = list(items.filter(item_key__in=list(item_reasons)))
    for item in named:
        item.verdict = verdict
        item.reasons = [
            *item.reasons,
            {"code": "", "message": "%(said)s", "params": {"said": item_reasons[item.item_key]}},
        ]
    SubmissionItem.objects.bulk_update(named, ["verdict", "reasons"])


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
