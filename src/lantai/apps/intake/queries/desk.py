"""The intake desk: what is announced, arrived, under test, waits for me, waits for the other side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from lantai.apps.intake.models import Announcement, Register, ReturnList, Submission
from lantai.apps.intake.permissions import P
from lantai.apps.intake.queries.agreements import ANNOUNCED, announcements
from lantai.apps.intake.queries.handover import registers, return_lists
from lantai.apps.intake.queries.submissions import visible
from lantai.apps.intake.types import (
    ANNOUNCEMENT,
    OBJECT,
    REGISTER,
    RETURN_LIST,
    AnnouncementState,
    RegisterState,
    ReturnListState,
    SubmissionState,
)
from lantai.platform.context import Ctx
from lantai.platform.workflow import queries as workflow
from lantai.platform.workflow.models import Clock

MOST_IN_A_LANE = 100
UNDER_TEST = (SubmissionState.SUBMITTED, SubmissionState.CHECKING)
AT_ARCHIVES = (SubmissionState.PASSED, SubmissionState.FAILED, SubmissionState.TO_CONFIRM)


@dataclass(frozen=True, slots=True)
class DeskLine:
    """One thing on the desk; ``days_left`` counts working days, None without a clock."""

    number: str
    title: str
    url: str
    party: str
    state: str
    item_count: int
    failed_count: int
    since: datetime
    planned_on: date | None
    due_on: date | None
    days_left: int | None
    object_type: str


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane of the desk; ``total`` may be more than the lines that are shown."""

    name: str
    lines: tuple[DeskLine, ...]
    total: int


def lanes(ctx: Ctx) -> list[Lane]:
    """The lanes, each line with its clock; a handful of queries however much there is."""
    receives = bool(ctx.actor.orgs_with(P.SUBMISSION_DECIDE) or ctx.actor.orgs_with(P.SUBMISSION_CONFIRM))
    announced = announcements(ctx).filter(state__in=ANNOUNCED).order_by("planned_on", "pk")
    sent = visible(ctx)
    returned = return_lists(ctx).filter(state=ReturnListState.OPEN).order_by("pk")
    open_registers = registers(ctx).exclude(state=RegisterState.CONFIRMED).order_by("pk")
    agency_turn = announced.filter(state=AnnouncementState.PROPOSED)
    archives_turn = announced.filter(state=AnnouncementState.SENT)
    by_agency = open_registers.exclude(state=RegisterState.BY_AGENCY)
    by_archives = open_registers.exclude(state=RegisterState.BY_ARCHIVES)
    at_archives = [sent.filter(state__in=AT_ARCHIVES).order_by("pk"), archives_turn, by_archives]
    at_agency = [returned, agency_turn, by_agency]
    return [
        _lane("announced", [announced.filter(state=AnnouncementState.CONFIRMED)]),
        _lane("arrived", [sent.filter(state=SubmissionState.SUBMITTED).order_by("pk")]),
        _lane(
            "testing",
            [sent.filter(state__in=(SubmissionState.CHECKING, SubmissionState.ACCEPTING)).order_by("pk")],
        ),
        _lane("mine", at_archives if receives else at_agency),
        _lane("theirs", at_agency if receives else at_archives),
    ]


def _lane(name: str, parts: Iterable[QuerySet]) -> Lane:
    lines: list[DeskLine] = []
    total = 0
    for rows in parts:
        found = list(rows[:MOST_IN_A_LANE])
        total += len(found) if len(found) < MOST_IN_A_LANE else rows.count()
        lines += _with_clocks(found)
    lines.sort(key=lambda line: (line.due_on or line.planned_on or date.max, line.since))
    return Lane(name, tuple(lines[:MOST_IN_A_LANE]), total)


def _with_clocks(rows: list) -> list[DeskLine]:
    if not rows:
        return []
    object_type = _TYPES[type(rows[0])]
    ids = [str(row.pk) for row in rows]
    running = Clock.objects.filter(object_type=object_type, object_id__in=ids, stopped_on=None)
    due = dict(running.order_by("-due_on").values_list("object_id", "due_on"))
    return [_line(row, object_type, due) for row in rows]


def _line(row: object, object_type: str, due: Mapping[str, date]) -> DeskLine:
    due_on = due.get(str(row.pk))  # type: ignore[attr-defined]
    left = workflow.days_left(due_on, timezone.localdate()) if due_on else None
    match row:
        case Submission():
            return DeskLine(row.number, row.title, row.get_absolute_url(), row.agency.name, row.state,
                            row.item_count, row.failed_item_count, row.submitted_at, None, due_on, left,
                            object_type)  # fmt: skip
        case Announcement():
            planned = row.proposed_on or row.planned_on
            return DeskLine(row.number, row.title, row.get_absolute_url(), row.agency.name, row.state,
                            row.item_count, 0, row.announced_at, planned, due_on, left, object_type)  # fmt: skip
        case ReturnList():
            sent = row.submission
            return DeskLine(row.number, sent.title, row.get_absolute_url(), row.agency.name, row.state,
                            sent.returned_item_count, 0, row.made_at, None, due_on, left, object_type)  # fmt: skip
        case Register():
            sent = row.submission
            return DeskLine(sent.number, sent.title, row.get_absolute_url(), row.agency.name, row.state,
                            sent.accepted_item_count, 0, row.issued_at, None, due_on, left, object_type)  # fmt: skip
    raise TypeError(type(row))


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way of a transfer; tones are those of states."""

    name: str
    tone: str
    at: datetime | None = None


_AFTER_TEST = {"passed", "failed", "to_confirm", "accepting", "accepted", "partly", "returned"}


def steps_of(submission: Submission) -> list[Step]:
    """The way of a transfer from its announcement to its register, with how far it has come."""
    state = submission.state
    register = Register.objects.filter(submission=submission).first()
    taken = state in (SubmissionState.ACCEPTED, SubmissionState.PARTLY)
    is_over = state in (SubmissionState.RETURNED, SubmissionState.WITHDRAWN)
    two = bool(submission.agreement and submission.agreement.needs_two_people)
    steps = [Step("submitted", "good", submission.submitted_at)]
    if submission.announcement:
        steps.insert(0, Step("announced", "good", submission.announcement.announced_at))
    tested = submission.check_run.finished_at if submission.check_run else None
    tone = "good" if state in _AFTER_TEST else "busy" if state == SubmissionState.CHECKING else "plain"
    if tested and submission.failed_item_count:
        tone = "warn"
    steps.append(Step("tested", tone, tested))
    decided = "good" if taken or submission.decided_at else "plain"
    steps.append(Step("decided", "warn" if is_over else decided, submission.decided_at))
    if two and not is_over:
        waits = "busy" if state == SubmissionState.TO_CONFIRM else "plain"
        steps.append(Step("confirmed", "good" if submission.confirmed_at else waits, submission.confirmed_at))
    if not is_over:
        busy = "busy" if state == SubmissionState.ACCEPTING else "plain"
        steps.append(Step("sealed", "good" if taken else busy, register.issued_at if register else None))
        steps.append(_registered(register))
    return steps


def _registered(register: Register | None) -> Step:
    if register is None:
        return Step("registered", "plain")
    if register.state != RegisterState.CONFIRMED:
        return Step("registered", "busy")
    both = (register.agency_confirmed_at, register.archives_confirmed_at)
    return Step("registered", "good", max(filter(None, both)))


_TYPES = {Submission: OBJECT, Announcement: ANNOUNCEMENT, ReturnList: RETURN_LIST, Register: REGISTER}
