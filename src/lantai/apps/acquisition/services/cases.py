"""From a lead to the register: negotiating, valuing, agreeing, receiving by two."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from lantai.apps.acquisition import queries
from lantai.apps.acquisition.models import Acquisition, Agreement, Valuation
from lantai.apps.acquisition.permissions import P
from lantai.apps.acquisition.states import ACQUISITION
from lantai.apps.acquisition.types import (
    CASE,
    IN_HAND,
    LISTING,
    CaseState,
    DepositTermsMissing,
    EndsTooSoon,
    FigureMissing,
    Means,
    NotADeposit,
    NotBeingAgreed,
    NotBeingReceived,
    NotBeingValued,
    ObjectState,
    RestrictionWithoutEnd,
    Use,
    ValuerTwice,
)
from lantai.kit.errors import N_, Missing
from lantai.kit.evidence.receipts import statement_digest
from lantai.platform.accounts import policy
from lantai.platform.context import Channel, Ctx, system_ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.notify import services as notify
from lantai.platform.orgs.models import Org
from lantai.platform.workflow import services as workflow

BY_HAND = frozenset({"take_up", "value", "conclude", "sign", "recount", "refuse", "give_back"})
CERTIFIED = {Means.GIFT: "捐", Means.DEPOSIT: "寄"}  # the word in the number; other means get no certificate
OF_SOURCE = ("source_name", "source_contact")
REMIND_DAYS = 60
DEPOSIT_ENDS = N_("寄存“%(title)s”（%(number)s）将于 %(on)s 到期，请与寄存方商定续存或归还。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Lead:
    """What is known of an offer."""

    title: str
    means: str
    source_kind: str
    source_name: str
    source_contact: str = ""
    topic: str = ""
    lead_from: str = ""
    description: str = ""


@transaction.atomic
def open_case(ctx: Ctx, *, org_id: int, lead: Lead) -> Acquisition:
    """Enter a lead under the next number of the year."""
    policy.require(ctx, P.CASE_HANDLE, org_id)
    Org.objects.select_for_update(no_key=True).get(pk=org_id)  # numbers are given out one at a time
    year = timezone.localdate(ctx.now).year
    taken = Acquisition.objects.filter(org_id=org_id, number__startswith=f"{year}-").count()
    row = Acquisition.objects.create(
        org_id=org_id, number=f"{year}-{taken + 1:04d}", opened_at=ctx.now, **_columns(lead)
    )
    record(ctx, "opened", row, {"means": row.means})
    return row


def _columns(lead: Lead) -> dict[str, str]:
    return {name: getattr(lead, name) for name in Lead.__slots__}


@transaction.atomic
def revise_case(ctx: Ctx, *, acquisition_id: int, lead: Lead) -> Acquisition:
    """Correct what is known of an offer until the agreement; raises ``NotBeingAgreed`` afterwards.

    Name and contact of the source stay as they are where the actor may not read them.
    """
    row = locked(ctx, acquisition_id)
    if row.state not in LISTING:
        raise NotBeingAgreed(title=row.title)
    columns = _columns(lead)
    if row.org_id not in ctx.actor.orgs_with(P.PERSON_READ):
        for name in OF_SOURCE:  # who may not read who offers does not write over it either
            del columns[name]
    Acquisition.objects.filter(pk=row.pk).update(**columns)
    record(ctx, "revised", row, {"means": lead.means})
    return row


@transaction.atomic
def move(ctx: Ctx, *, acquisition_id: int, name: str, reason: str) -> Acquisition:
    """Any move that needs nothing but its reason; raises ``Missing`` for others, and what the guard refuses."""
    if name not in BY_HAND:
        raise Missing
    row = locked(ctx, acquisition_id, permission=None)
    workflow.move(ctx, row, ACQUISITION, name, reason=reason)
    if name == "give_back":
        row.objects_listed.filter(state=ObjectState.RECEIVED).update(state=ObjectState.RETURNED)
    return row


@transaction.atomic
def enter_valuation(
    ctx: Ctx,
    *,
    acquisition_id: int,
    valuer: str,
    standing: str,
    valued_on: date,
    is_authentic: bool | None,
    recommends: bool,
    opinion: str,
    figure_yuan: Decimal | None,
) -> Valuation:
    """Enter one valuer's opinion; raises ``NotBeingValued``, ``ValuerTwice``, ``FigureMissing``."""
    row = locked(ctx, acquisition_id)
    if row.state != CaseState.VALUING:
        raise NotBeingValued(title=row.title)
    if row.valuations.filter(valuer=valuer).exists():
        raise ValuerTwice(name=valuer, field="valuer")
    if row.means == Means.PURCHASE and figure_yuan is None:
        raise FigureMissing(field="figure_yuan")
    said = row.valuations.create(
        valuer=valuer,
        standing=standing,
        valued_on=valued_on,
        is_authentic=is_authentic,
        recommends=recommends,
        opinion=opinion,
        figure_yuan=figure_yuan,
    )
    record(ctx, "valuation_entered", row, {"recommends": int(recommends)})
    return said


@transaction.atomic
def write_agreement(ctx: Ctx, *, acquisition_id: int, terms: Mapping[str, object]) -> Agreement:
    """Write the agreement while it is waited for; ``terms`` are the columns of ``Agreement``.

    Raises ``NotBeingAgreed``, ``FigureMissing``, ``DepositTermsMissing``, ``RestrictionWithoutEnd``.
    """
    row = locked(ctx, acquisition_id)
    if row.state != CaseState.AGREEING:
        raise NotBeingAgreed(title=row.title)
    if row.means == Means.PURCHASE and terms.get("price_yuan") is None:
        raise FigureMissing(field="price_yuan")
    if row.means == Means.DEPOSIT and not (terms.get("deposit_until") and terms.get("return_terms")):
        raise DepositTermsMissing(field="deposit_until")
    if terms["use"] == Use.CLOSED and not terms.get("restricted_until"):
        raise RestrictionWithoutEnd(field="restricted_until")
    agreement, _made = Agreement.objects.update_or_create(acquisition=row, defaults=dict(terms))
    record(ctx, "agreement_written", row, {"number": agreement.number})
    return agreement


@transaction.atomic
def extend_deposit(ctx: Ctx, *, acquisition_id: int, until: date) -> Agreement:
    """Extend a deposit in hand; raises ``NotADeposit``, ``EndsTooSoon``."""
    row = locked(ctx, acquisition_id, permission=P.CASE_APPROVE)
    agreement = queries.agreement_of(row.pk)
    if agreement is None or row.means != Means.DEPOSIT or row.state not in IN_HAND:
        raise NotADeposit(title=row.title)
    before = agreement.deposit_until
    if before and until <= before:
        raise EndsTooSoon(day=until.isoformat(), field="until")
    Agreement.objects.filter(pk=agreement.pk).update(deposit_until=until)
    Acquisition.objects.filter(pk=row.pk).update(reminded_on=None)
    record(ctx, "deposit_extended", row, {"until": until.isoformat()})
    return agreement


@transaction.atomic
def count_objects(ctx: Ctx, *, acquisition_id: int, found: Mapping[int, tuple[str, str, str]]) -> Acquisition:
    """Enter at the hand-over what of the list is there (id → state, condition, place); raises ``NotBeingReceived``."""
    row = locked(ctx, acquisition_id)
    if row.state != CaseState.AGREED:
        raise NotBeingReceived(title=row.title)
    lines = list(row.objects_listed.filter(pk__in=found))
    for one in lines:
        state, one.condition, one.place = found[one.pk]
        one.state = ObjectState(state)
    row.objects_listed.bulk_update(lines, ["state", "condition", "place"])
    record(ctx, "objects_counted", row, {"objects": len(found)})
    return row


@transaction.atomic
def receive(ctx: Ctx, *, acquisition_id: int, handed_by: str) -> Acquisition:
    """Take over what was counted, for a second person to check; raises ``NotCounted``, ``NothingReceived``."""
    row = locked(ctx, acquisition_id)
    workflow.move(ctx, row, ACQUISITION, "receive", detail={"objects": row.objects_listed.count()})
    _set(row, handed_by=handed_by, receiver_name=ctx.actor.name, received_at=ctx.now)
    return row


@transaction.atomic
def confirm(ctx: Ctx, *, acquisition_id: int) -> Acquisition:
    """Confirm as the second person and enter it in the register; a gift or a deposit gets its certificate.

    The ledger line commits to the certificate's statement, which names no person. Raises ``SamePerson``.
    """
    row = locked(ctx, acquisition_id)
    number = f"{row.org.code}{CERTIFIED[Means(row.means)]}{row.number}" if row.means in CERTIFIED else ""
    got = row.objects_listed.filter(state=ObjectState.RECEIVED)
    statement: dict[str, str | int] = {
        "kind": "acquisition-certificate",
        "number": number or row.number,
        "means": row.means,
        "archives": row.org.name,
        "archives_code": row.org.code,
        "objects": got.count(),
        "registered_at": ctx.now.isoformat(),
    }
    detail = {"statement_sha256": statement_digest(statement), "number": statement["number"]}
    moved = workflow.move(ctx, row, ACQUISITION, "confirm", detail=detail)
    _set(
        row,
        checker_name=ctx.actor.name,
        registered_at=ctx.now,
        certificate_number=number,
        check_code=secrets.token_hex(8).upper() if number else "",
        statement=statement,
        entry_id=moved.entry_id,
    )
    return row


@transaction.atomic
def remind_of_deposits() -> int:
    """Tell the archives once of each deposit that ends soon; how many."""
    ctx = system_ctx(Channel.JOB)
    today = timezone.localdate(ctx.now)
    due = list(queries.deposits_ending(today + timedelta(days=REMIND_DAYS)).select_for_update(of=("self",)))
    for row in due:
        said = {
            "title": row.title,
            "number": row.number,
            "on": row.agreement.deposit_until.isoformat() if row.agreement.deposit_until else "",
        }
        for permission in (P.CASE_HANDLE, P.CASE_APPROVE):
            notify.tell(ctx, org_id=row.org_id, permission=permission, text=DEPOSIT_ENDS, params=said,
                        url=row.get_absolute_url())  # fmt: skip
        Acquisition.objects.filter(pk=row.pk).update(reminded_on=today)
        record(ctx, "deposit_end_reminded", row, {"on": said["on"]})
    return len(due)


def _set(row: Acquisition, **columns: object) -> None:
    for name, value in columns.items():
        setattr(row, name, value)
    row.save(update_fields=list(columns))


def locked(ctx: Ctx, acquisition_id: int, *, permission: P | None = P.CASE_HANDLE) -> Acquisition:
    """The case for a writer who holds ``permission`` there; ``Missing`` for who may not see it."""
    seen = queries.get_case(ctx, acquisition_id)
    if permission is not None:
        policy.require(ctx, permission, seen.org_id)
    return Acquisition.objects.select_for_update(of=("self",)).select_related("org").get(pk=seen.pk)


def record(ctx: Ctx, past: str, row: Acquisition, detail: dict[str, str | int]) -> None:
    """One line about a case, which is named by number and content, never by its source."""
    ledger.record(
        ctx,
        f"{CASE}:{past}",
        object_type=CASE,
        object_id=row.pk,
        object_name=str(row),
        detail=detail,
    )


def source_shown(ctx: Ctx, row: Acquisition) -> tuple[str, str]:
    """Name and contact of the source for who may read them, else the name's first character alone."""
    if row.org_id in ctx.actor.orgs_with(P.PERSON_READ):
        return row.source_name, row.source_contact
    return row.source_name[:1] + "＊＊", ""
