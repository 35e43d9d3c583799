"""The lists of major events and key projects: what is asked of whom, and how far it is."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.utils import timezone

from lantai.apps.acquisition import queries
from lantai.apps.acquisition.models import ListedEvent, Requirement
from lantai.apps.acquisition.permissions import P
from lantai.apps.acquisition.states import EVENT_LIST
from lantai.apps.acquisition.types import EVENT, AgencyNotServed, EventClosed, EventState, PeriodReversed
from lantai.kit.errors import N_
from lantai.platform.accounts import policy
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.context import Channel, Ctx, system_ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.notify import services as notify
from lantai.platform.orgs import queries as orgs
from lantai.platform.workflow import services as workflow

REMIND_DAYS = 30
_OPEN = frozenset({EventState.LISTED, EventState.COLLECTING})
DUE = N_("“%(event)s”的“%(title)s”应在 %(on)s 以前移交，已收 %(received)d 件，应收 %(expected)d 件。")
ASKED = N_("“%(event)s”列入清单：请在 %(on)s 以前移交“%(title)s” %(expected)d 件。")


@transaction.atomic
def list_event(
    ctx: Ctx,
    *,
    org_id: int,
    title: str,
    kind: str,
    began_on: date,
    ended_on: date | None = None,
    place: str = "",
    lead_id: int | None = None,
    plan: str = "",
) -> ListedEvent:
    """Put an event on the list; raises ``PeriodReversed``, ``AgencyNotServed``."""
    policy.require(ctx, P.EVENT_HANDLE, org_id)
    _check(org_id, began_on, ended_on, lead_id)
    row = ListedEvent.objects.create(
        org_id=org_id,
        title=title,
        kind=kind,
        began_on=began_on,
        ended_on=ended_on,
        place=place,
        lead_id=lead_id,
        plan=plan,
    )
    _record(ctx, "listed", row, {"kind": kind})
    return row


@transaction.atomic
def revise_event(
    ctx: Ctx,
    *,
    listed_event_id: int,
    title: str,
    began_on: date,
    ended_on: date | None,
    place: str,
    lead_id: int | None,
    plan: str,
) -> ListedEvent:
    """Correct an open list's head and plan; raises ``EventClosed``, ``PeriodReversed``, ``AgencyNotServed``."""
    row = _open(ctx, listed_event_id)
    _check(row.org_id, began_on, ended_on, lead_id)
    row.title, row.began_on, row.ended_on, row.place = title, began_on, ended_on, place
    row.lead_id, row.plan = lead_id, plan
    row.save(update_fields=["title", "began_on", "ended_on", "place", "lead", "plan"])
    _record(ctx, "revised", row, {})
    return row


def _check(org_id: int, began_on: date, ended_on: date | None, lead_id: int | None) -> None:
    if ended_on and ended_on < began_on:
        raise PeriodReversed(began=began_on.isoformat(), ended=ended_on.isoformat(), field="ended_on")
    if lead_id is not None:
        _served(org_id, lead_id, "lead")


def _served(org_id: int, agency_id: int, field: str) -> None:
    if not queries.agencies_of(org_id).filter(pk=agency_id).exists():
        name = orgs.get(agency_id).name
        raise AgencyNotServed(agency=name, field=field)


@transaction.atomic
def ask_for(
    ctx: Ctx,
    *,
    listed_event_id: int,
    agency_id: int,
    title: str,
    due_on: date,
    expected_count: int,
    note: str = "",
) -> Requirement:
    """Ask a unit for records by a day, and tell it; raises ``EventClosed``, ``AgencyNotServed``."""
    row = _open(ctx, listed_event_id)
    _served(row.org_id, agency_id, "agency")
    asked = row.requirements.create(
        agency_id=agency_id, title=title, due_on=due_on, expected_count=expected_count, note=note
    )
    said = {"event": row.title, "title": title, "on": due_on.isoformat(), "expected": expected_count}
    notify.tell(ctx, org_id=agency_id, permission=P.EVENT_REPORT, text=ASKED, params=said,
                url=row.get_absolute_url())  # fmt: skip
    _record(ctx, "asked", row, {"agency": agency_id, "expected": expected_count})
    return asked


@transaction.atomic
def report_progress(
    ctx: Ctx, *, requirement_id: int, received_count: int, submission_number: str, note: str
) -> Requirement:
    """Enter the transfer and how many are there, by the unit that is asked or by the archives.

    Raises ``EventClosed``, ``NotPermitted``.
    """
    seen = queries.get_requirement(ctx, requirement_id)
    may = seen.agency_id in ctx.actor.orgs_with(P.EVENT_REPORT)
    if not may and seen.event.org_id not in ctx.actor.orgs_with(P.EVENT_HANDLE):
        raise NotPermitted
    if seen.event.state not in _OPEN:
        raise EventClosed(title=seen.event.title)
    row = Requirement.objects.select_for_update().get(pk=seen.pk)
    row.received_count, row.submission_number, row.note = received_count, submission_number, note
    row.save(update_fields=["received_count", "submission_number", "note"])
    _record(ctx, "progress_reported", seen.event, {"requirement": row.pk, "received": received_count})
    return seen


@transaction.atomic
def move_event(ctx: Ctx, *, listed_event_id: int, name: str, reason: str) -> ListedEvent:
    """Start collecting, complete or end; raises what the guard refuses."""
    row = queries.get_event(ctx, listed_event_id)
    workflow.move(ctx, row, EVENT_LIST, name, reason=reason)
    return row


@transaction.atomic
def remind_of_requirements() -> int:
    """Tell each unit and the archives once of what is due soon and not all there; how many."""
    ctx = system_ctx(Channel.JOB)
    today = timezone.localdate(ctx.now)
    until = today + timedelta(days=REMIND_DAYS)
    due = list(queries.requirements_due(until).select_for_update(of=("self",)))
    for row in due:
        said = {
            "event": row.event.title,
            "title": row.title,
            "on": row.due_on.isoformat(),
            "received": row.received_count,
            "expected": row.expected_count,
        }
        told = ((row.agency_id, P.EVENT_REPORT), (row.event.org_id, P.EVENT_HANDLE))
        for org_id, permission in told:
            notify.tell(ctx, org_id=org_id, permission=permission, text=DUE, params=said,
                        url=row.event.get_absolute_url())  # fmt: skip
        Requirement.objects.filter(pk=row.pk).update(reminded_on=today)
        _record(ctx, "due_reminded", row.event, {"requirement": row.pk})
    return len(due)


def _open(ctx: Ctx, listed_event_id: int) -> ListedEvent:
    seen = queries.get_event(ctx, listed_event_id)
    policy.require(ctx, P.EVENT_HANDLE, seen.org_id)
    row = ListedEvent.objects.select_for_update().get(pk=seen.pk)
    if row.state not in _OPEN:
        raise EventClosed(title=row.title)
    return row


def _record(ctx: Ctx, past: str, row: ListedEvent, detail: dict[str, str | int]) -> None:
    ledger.record(
        ctx, f"{EVENT}:{past}", object_type=EVENT, object_id=row.pk, object_name=str(row), detail=detail
    )
