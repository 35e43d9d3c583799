"""Keeping the register."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from lantai.apps.carriers import queries
from lantai.apps.carriers.models import Carrier, Inspection
from lantai.apps.carriers.permissions import P
from lantai.apps.carriers.states import CARRIER
from lantai.apps.carriers.types import (
    OBJECT,
    OPTICAL,
    OPTICAL_YEARS,
    OTHER_YEARS,
    CarrierState,
    CopyOfItself,
    CopyRole,
    InspectedInFuture,
    NothingMeasured,
    NumberTaken,
    Retired,
)
from lantai.kit.errors import N_, Missing
from lantai.platform.accounts import policy
from lantai.platform.context import Channel, Ctx, system_ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.notify import services as notify
from lantai.platform.workflow import services as workflow

BY_HAND = frozenset({"lend", "give_back", "put_right", "retire"})
REMIND_DAYS = 30
DUE = N_("%(count)d 个离线载体应在 %(on)s 以前检查读取，请安排检查。")


@transaction.atomic
def register(
    ctx: Ctx,
    *,
    org_id: int,
    number: str,
    label: str,
    kind: str,
    received_on: date,
    place: str,
    capacity_bytes: int | None = None,
    normal_bytes_per_s: int | None = None,
    content: str = "",
    came_from: str = "",
    role: str = CopyRole.RECEIVED,
    copy_of_id: int | None = None,
) -> Carrier:
    """Enter a carrier; raises ``NumberTaken``, ``Missing`` for an original that the actor may not see."""
    policy.require(ctx, P.CARRIER_MANAGE, org_id)
    original = policy.one(queries.visible(ctx), pk=copy_of_id, org_id=org_id) if copy_of_id else None
    row = Carrier(
        org_id=org_id,
        number=number.strip(),
        label=label,
        kind=kind,
        received_on=received_on,
        place=place,
        capacity_bytes=capacity_bytes,
        normal_bytes_per_s=normal_bytes_per_s,
        content=content,
        came_from=came_from,
        role=role,
        copy_of=original,
        inspect_by=_next(kind, received_on),
    )
    _keep(row)
    _record(ctx, "registered", row, {"kind": row.kind, "place": row.place})
    return row


@transaction.atomic
def revise(
    ctx: Ctx,
    *,
    carrier_id: int,
    label: str,
    place: str,
    content: str,
    role: str,
    copy_of_id: int | None = None,
) -> Carrier:
    """Change label, place, content, role and original; raises ``CopyOfItself``, ``Missing``."""
    row = _locked(ctx, carrier_id)
    if copy_of_id == row.pk:
        raise CopyOfItself(field="copy_of")
    row.copy_of = policy.one(queries.visible(ctx), pk=copy_of_id, org_id=row.org_id) if copy_of_id else None
    moved_from = row.place
    row.label, row.place, row.content, row.role = label, place, content, role
    row.save(update_fields=["label", "place", "content", "role", "copy_of"])
    _record(ctx, "revised", row, {"place": place, "place_before": moved_from})
    return row


@transaction.atomic
def inspect(
    ctx: Ctx,
    *,
    carrier_id: int,
    inspected_on: date,
    looks_good: bool,
    read_bytes_per_s: int | None = None,
    unreadable_count: int = 0,
    disc_is_within_limits: bool | None = None,
    note: str = "",
) -> Inspection:
    """Enter what an inspection found; a carrier with a fault waits for its treatment from then on.

    Raises ``Retired``, ``InspectedInFuture``, ``NothingMeasured``.
    """
    row = _locked(ctx, carrier_id)
    if row.state == CarrierState.RETIRED:
        raise Retired(number=row.number)
    if inspected_on > timezone.localdate(ctx.now):
        raise InspectedInFuture(day=inspected_on.isoformat(), field="inspected_on")
    if unreadable_count and read_bytes_per_s is None:
        raise NothingMeasured(field="read_bytes_per_s")
    seen = Inspection.objects.create(
        carrier=row,
        inspected_on=inspected_on,
        inspector=ctx.actor.name,
        looks_good=looks_good,
        read_bytes_per_s=read_bytes_per_s,
        unreadable_count=unreadable_count,
        disc_is_within_limits=disc_is_within_limits if row.kind in OPTICAL else None,
        note=note,
    )
    newest = queries.inspections_of(row.pk)[0]
    Carrier.objects.filter(pk=row.pk).update(
        inspect_by=_next(row.kind, newest.inspected_on), reminded_on=None
    )
    is_good = looks_good and not unreadable_count and seen.disc_is_within_limits is not False
    _record(ctx, "inspected", row, {"good": int(is_good), "unreadable": unreadable_count})
    if not is_good and newest == seen and row.state != CarrierState.FAULTY:
        workflow.move(ctx, row, CARRIER, "find_faulty")
    return seen


@transaction.atomic
def move(ctx: Ctx, *, carrier_id: int, name: str, reason: str) -> Carrier:
    """Lend, take back, put right or retire; raises ``Missing`` for other moves."""
    if name not in BY_HAND:
        raise Missing
    row = queries.get(ctx, carrier_id)
    workflow.move(ctx, row, CARRIER, name, reason=reason)
    return row


@transaction.atomic
def remind_of_inspections() -> int:
    """Tell each archives once of the carriers that are due for inspection; how many carriers."""
    ctx = system_ctx(Channel.JOB)
    today = timezone.localdate(ctx.now)
    until = today + timedelta(days=REMIND_DAYS)
    due = list(queries.due_for_inspection(until).select_for_update(of=("self",)))
    for org_id, count in Counter(row.org_id for row in due).items():
        said = {"count": count, "on": until.isoformat()}
        url = reverse("carriers:carriers")
        notify.tell(ctx, org_id=org_id, permission=P.CARRIER_MANAGE, text=DUE, params=said, url=url)
    Carrier.objects.filter(pk__in=[row.pk for row in due]).update(reminded_on=today)
    for row in due:
        _record(ctx, "inspection_reminded", row, {"inspect_by": row.inspect_by.isoformat()})
    return len(due)


def _next(kind: str, since: date) -> date:
    years = OPTICAL_YEARS if kind in OPTICAL else OTHER_YEARS
    try:
        return since.replace(year=since.year + years)
    except ValueError:  # 29 February
        return since.replace(year=since.year + years, day=28)


def _keep(row: Carrier) -> None:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise NumberTaken(number=row.number, field="number") from error


def _locked(ctx: Ctx, carrier_id: int) -> Carrier:
    row = policy.one(queries.visible(ctx).select_for_update(of=("self",)), pk=carrier_id)
    policy.require(ctx, P.CARRIER_MANAGE, row.org_id)
    return row


def _record(ctx: Ctx, past: str, row: Carrier, detail: dict[str, str | int]) -> None:
    ledger.record(
        ctx,
        f"carriers:carrier:{past}",
        object_type=OBJECT,
        object_id=row.pk,
        object_name=str(row),
        detail=detail,
    )
