"""The calendar of what is due when: planned by the agreement's term, extended, waived, settled, reminded of.

The term is that of 档发〔2012〕7号 (five years), as the agreement says it: counted from the year of formation,
or from the year of filing, which is the one after.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from lantai.apps.intake import queries
from lantai.apps.intake.models import AgreedKind, Agreement, Due, ReturnEntry, Submission
from lantai.apps.intake.permissions import P
from lantai.apps.intake.types import (
    DUE,
    REMIND_AGAIN_DAYS,
    REMIND_BEFORE_DAYS,
    REMIND_SOON_DAYS,
    AlreadySettled,
    CountsFrom,
    ExtensionNotLater,
    Reminder,
    RemindOfDues,
)
from lantai.kit.errors import N_
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx, system_ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.jobs.registry import kind_of
from lantai.platform.ledger import services as ledger
from lantai.platform.notify import services as notify
from lantai.platform.workflow.types import ReasonMissing

YEARS_PLANNED = 10  # how far back the calendar reaches when an agreement comes into force

TEXTS = {
    Reminder.EARLY: N_("%(what)s应在 %(day)s 前移交，请安排移交预告。"),
    Reminder.SOON: N_("%(what)s应在 %(day)s 前移交，期限将到。"),
    Reminder.OVERDUE: N_("%(what)s应在 %(day)s 前移交，已逾期。"),
}


def due_on(agreement: Agreement, year: int) -> date:
    """The last day by which records of ``year`` are handed over."""
    filed_later = 1 if agreement.counts_from == CountsFrom.FILED else 0
    return date(year + filed_later + agreement.due_within_years, 12, 31)


def plan_dues(ctx: Ctx, *, agreement: Agreement, today: date, years: Iterable[int] = ()) -> int:
    """Enter what the agreement makes due, for each kind and year where no line stands; returns how many.

    Without ``years``: of the last ten, those whose term ends this year or later. In the caller's transaction.
    """
    wanted = list(years) or [
        year
        for year in range(today.year - YEARS_PLANNED, today.year)
        if due_on(agreement, year).year >= today.year
    ]
    kinds = AgreedKind.objects.filter(agreement=agreement).values_list("kind_id", flat=True)
    lines = [
        Due(
            agency_id=agreement.agency_id,
            archives_id=agreement.archives_id,
            kind_id=kind_id,
            year=year,
            due_on=due_on(agreement, year),
        )
        for kind_id in kinds
        for year in wanted
    ]
    there = Due.objects.filter(agency_id=agreement.agency_id, archives_id=agreement.archives_id)
    before = there.count()
    Due.objects.bulk_create(lines, ignore_conflicts=True)
    made = there.count() - before
    if made:
        ledger.record(
            ctx,
            "intake:dues:planned",
            object_type="intake:agreement",
            object_id=agreement.pk,
            object_name=agreement.title,
            detail={"lines": made, "within_years": agreement.due_within_years},
        )
    return made


@transaction.atomic
def add_due(ctx: Ctx, *, agreement_id: int, year: int) -> int:
    """Plan one more year of everything that an agreement covers; returns how many lines are new."""
    agreement = queries.agreement(ctx, agreement_id)
    policy.require(ctx, P.SUBMISSION_DECIDE, agreement.archives_id)
    return plan_dues(ctx, agreement=agreement, today=timezone.localdate(ctx.now), years=[year])


@transaction.atomic
def extend_due(ctx: Ctx, *, due_id: int, to: date, basis: str) -> Due:
    """Allow a later day, with the authority's approval named (档发〔2012〕7号 asks for it).

    Raises ``ExtensionNotLater``, ``AlreadySettled``.
    """
    due = _open(ctx, due_id)
    if to <= due.due_on:
        raise ExtensionNotLater(to=to, due=due.due_on, field="to")
    due.extended_to, due.extension_basis, due.reminded, due.reminded_on = to, basis, "", None
    due.save(update_fields=["extended_to", "extension_basis", "reminded", "reminded_on"])
    _note(ctx, due, "intake:due:extended", {"to": to.isoformat()})
    _tell(ctx, due, N_("%(what)s的移交期限延至 %(day)s。"))
    return due


@transaction.atomic
def waive_due(ctx: Ctx, *, due_id: int, reason: str) -> Due:
    """Say that nothing has to be handed over for this line, and why."""
    due = _open(ctx, due_id)
    due.waived_at, due.waived_reason = ctx.now, reason
    due.save(update_fields=["waived_at", "waived_reason"])
    _note(ctx, due, "intake:due:waived", {})
    return due


@transaction.atomic
def waive_dues(ctx: Ctx, *, due_ids: Collection[int], reason: str) -> int:
    """The same for the open ones of many lines; returns how many. Raises ``ReasonMissing``."""
    if not reason.strip():
        raise ReasonMissing(move=_("免予移交"), field="reason")
    rows = queries.dues(ctx).filter(pk__in=list(due_ids), settled_at=None, waived_at=None)
    wanted = list(rows.order_by("pk").values_list("pk", flat=True))
    for due_id in wanted:
        waive_due(ctx, due_id=due_id, reason=reason.strip()[:300])
    return len(wanted)


def _open(ctx: Ctx, due_id: int) -> Due:
    due = policy.one(queries.dues(ctx).select_for_update(of=("self",)), pk=due_id)
    policy.require(ctx, P.SUBMISSION_DECIDE, due.archives_id)
    if due.settled_at or due.waived_at:
        raise AlreadySettled(title=str(due))
    return due


def _note(ctx: Ctx, due: Due, act: str, detail: dict[str, str | int]) -> None:
    ledger.record(ctx, act, object_type=DUE, object_id=due.pk, object_name=str(due), detail=detail)


def settle_due(ctx: Ctx, submission: Submission) -> None:
    """Close the line of the calendar that a transfer was for, once nothing of it is still to come.

    In the caller's transaction; the acceptance's ledger line stands for it.
    """
    if submission.due_id is None:
        return
    waiting = ReturnEntry.objects.filter(
        return_list__submission__due=submission.due_id, answered_by=None, dropped_at=None
    )
    if not waiting.exists():
        Due.objects.filter(pk=submission.due_id, settled_at=None).update(
            settled_at=ctx.now, settled_by=submission
        )


@transaction.atomic
def close_due(ctx: Ctx, *, due_id: int) -> Due:
    """Say that everything of this line has been handed over, in whatever transfers it came."""
    due = _open(ctx, due_id)
    due.settled_at = ctx.now
    due.save(update_fields=["settled_at"])
    _note(ctx, due, "intake:due:settled", {})
    return due


@transaction.atomic
def remind_of(ctx: Ctx, *, due_id: int, today: date) -> bool:
    """Tell both sides of a line whose day comes near or has passed; True when a reminder went out.

    The row is held: the same reminder never goes out twice.
    """
    due = Due.objects.select_for_update(of=("self",)).select_related("kind").get(pk=due_id)
    stage = _stage(due, today)
    if not stage:
        return False
    due.reminded, due.reminded_on = stage, today
    due.save(update_fields=["reminded", "reminded_on"])
    _tell(ctx, due, TEXTS[Reminder(stage)])
    return True


def start_reminding() -> bool:
    """Queue today's run of the calendar, once a day; for the worker's pulse."""
    ctx = system_ctx()
    today = timezone.localdate(ctx.now)
    kind = kind_of(RemindOfDues(today.isoformat())).name
    if Run.objects.filter(kind=kind, args={"on": today.isoformat()}).exists():
        return False
    jobs.start(ctx, RemindOfDues(today.isoformat()), is_quiet=True)
    return True


def _stage(due: Due, today: date) -> str:
    """Which reminder is due today; overdue ones come again every month."""
    day = due.extended_to or due.due_on
    left = (day - today).days
    if due.settled_at or due.waived_at or left > REMIND_BEFORE_DAYS:
        return ""
    stage = Reminder.OVERDUE if left < 0 else Reminder.SOON if left <= REMIND_SOON_DAYS else Reminder.EARLY
    if due.reminded != stage:
        return stage
    again = due.reminded_on is None or today - due.reminded_on >= timedelta(days=REMIND_AGAIN_DAYS)
    return stage if stage is Reminder.OVERDUE and again else ""


def _tell(ctx: Ctx, due: Due, text: str) -> None:
    day = due.extended_to or due.due_on
    params = {"what": str(due), "day": day.isoformat()}
    for org_id, permission in (
        (due.agency_id, P.SUBMISSION_SUBMIT),
        (due.archives_id, P.SUBMISSION_DECIDE),
    ):
        notify.tell(
            ctx, org_id=org_id, permission=permission, text=text, params=params, url=due.get_absolute_url()
        )
