"""Agreements: drafted by either side, confirmed by both, in force one at a time, ended or followed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date

from django.db import transaction
from django.utils import timezone

from lantai.apps.intake import queries
from lantai.apps.intake.models import AgreedKind, Agreement
from lantai.apps.intake.permissions import P
from lantai.apps.intake.services.calendar import plan_dues
from lantai.apps.intake.services.turns import wait_for_turn
from lantai.apps.intake.states import AGREED
from lantai.apps.intake.types import (
    AGREEMENT,
    AgreementNotDraft,
    AgreementRunsBackwards,
    AgreementState,
    KindsMissing,
    NotItsAgency,
    Terms,
    VersionUnderWay,
)
from lantai.kit.errors import N_
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.notify import services as notify
from lantai.platform.orgs import queries as orgs
from lantai.platform.workflow import services as workflow


@transaction.atomic
def draft_agreement(ctx: Ctx, *, agency_id: int, terms: Terms) -> Agreement:
    """Draft an agreement between an agency and the archives that takes its records; either side may.

    Raises ``NotItsAgency``, ``KindsMissing``, ``AgreementRunsBackwards``.
    """
    agency = orgs.get(agency_id)
    if agency.archives is None:
        raise NotItsAgency(agency=agency.name, archives="—", field="agency")
    _require_side(ctx, agency.pk, agency.archives.pk)
    _check(terms)
    wait_for_turn(ctx, agency.pk)
    count = Agreement.objects.filter(agency=agency, version=1).count()
    agreement = Agreement.objects.create(
        number=f"XY{agency.code}-{timezone.localdate(ctx.now).year}-{count + 1:02d}",
        agency=agency,
        archives=agency.archives,
        drafter_name=ctx.actor.name,
        drafted_at=ctx.now,
        **_columns(terms),
    )
    _set_kinds(agreement, terms.kinds)
    _note(ctx, agreement, "intake:agreement:drafted")
    return agreement


@transaction.atomic
def revise_agreement(ctx: Ctx, *, agreement_id: int, terms: Terms) -> Agreement:
    """Change a draft; raises ``AgreementNotDraft`` once a side has confirmed it."""
    agreement = policy.one(queries.agreements(ctx).select_for_update(of=("self",)), pk=agreement_id)
    _require_side(ctx, agreement.agency_id, agreement.archives_id)
    if agreement.state != AgreementState.DRAFT:
        raise AgreementNotDraft(title=agreement.title)
    _check(terms)
    for name, value in _columns(terms).items():
        setattr(agreement, name, value)
    agreement.save(update_fields=list(_columns(terms)))
    _set_kinds(agreement, terms.kinds)
    _note(ctx, agreement, "intake:agreement:revised")
    return agreement


@transaction.atomic
def follow_agreement(ctx: Ctx, *, agreement_id: int) -> Agreement:
    """Draft the next version of an agreement in force; it replaces this one when both sides have confirmed.

    Raises ``VersionUnderWay`` while another version is being settled.
    """
    former = policy.one(queries.agreements(ctx).select_for_update(of=("self",)), pk=agreement_id)
    _require_side(ctx, former.agency_id, former.archives_id)
    under_way = Agreement.objects.filter(number=former.number, version__gt=former.version)
    if former.state != AgreementState.IN_FORCE or under_way.exists():
        raise VersionUnderWay(title=former.title)
    terms = queries.terms_of(former)
    agreement = Agreement.objects.create(
        number=former.number,
        version=former.version + 1,
        agency_id=former.agency_id,
        archives_id=former.archives_id,
        follows=former,
        drafter_name=ctx.actor.name,
        drafted_at=ctx.now,
        **_columns(terms) | {"valid_from": timezone.localdate(ctx.now)},
    )
    _set_kinds(agreement, terms.kinds)
    _note(ctx, agreement, "intake:agreement:drafted")
    return agreement


def _require_side(ctx: Ctx, agency_id: int, archives_id: int) -> None:
    """The right to draft at the archives or at the agency."""
    if archives_id not in ctx.actor.orgs_with(P.AGREEMENT_DRAFT):
        policy.require(ctx, P.AGREEMENT_DRAFT, agency_id)


def _check(terms: Terms) -> None:
    if not terms.kinds:
        raise KindsMissing(field="kinds")
    if terms.valid_until and terms.valid_until < terms.valid_from:
        raise AgreementRunsBackwards(until=terms.valid_until, since=terms.valid_from, field="valid_until")


def _columns(terms: Terms) -> dict[str, object]:
    values = asdict(terms)
    del values["kinds"]
    return values | {
        "layouts": list(terms.layouts),
        "formats": sorted({one.strip().lstrip(".").lower() for one in terms.formats if one.strip()}),
    }


def _set_kinds(agreement: Agreement, kinds: Mapping[int, str]) -> None:
    AgreedKind.objects.filter(agreement=agreement).delete()
    AgreedKind.objects.bulk_create(
        AgreedKind(agreement=agreement, kind_id=kind_id, scheme=scheme)
        for kind_id, scheme in sorted(kinds.items())
    )


def _note(ctx: Ctx, agreement: Agreement, act: str) -> None:
    ledger.record(
        ctx,
        act,
        object_type=AGREEMENT,
        object_id=agreement.pk,
        object_name=agreement.title,
        detail={"number": agreement.number, "version": agreement.version},
    )


@transaction.atomic
def sign_agreement(ctx: Ctx, *, agreement_id: int, side: str) -> Agreement:
    """Confirm an agreement for one side (“agency” or “archives”); with the second it is settled.

    A settled agreement whose day has come is in force at once, in place of its former version.
    """
    agreement = queries.agreement(ctx, agreement_id)
    is_second = agreement.state != AgreementState.DRAFT
    workflow.move(ctx, agreement, AGREED, f"{side}_second" if is_second else f"{side}_first")
    setattr(agreement, f"{side}_signed_by", ctx.actor.name)
    setattr(agreement, f"{side}_signed_at", ctx.now)
    agreement.save(update_fields=[f"{side}_signed_by", f"{side}_signed_at"])
    _tell_other_side(ctx, agreement, side)
    if agreement.state == AgreementState.AGREED:
        enforce(ctx, agreement, timezone.localdate(ctx.now))
    return agreement


def _tell_other_side(ctx: Ctx, agreement: Agreement, side: str) -> None:
    other = agreement.agency_id if side == "archives" else agreement.archives_id
    is_settled = agreement.state == AgreementState.AGREED
    notify.tell(
        ctx,
        org_id=other,
        permission=P.AGREEMENT_SIGN,
        text=N_("移交协议“%(title)s”已由双方确认。") if is_settled
        else N_("移交协议“%(title)s”已由对方确认，等待本单位确认。"),
        params={"title": agreement.title},
        url=agreement.get_absolute_url(),
    )  # fmt: skip


@transaction.atomic
def reject_agreement(ctx: Ctx, *, agreement_id: int, side: str, reason: str) -> Agreement:
    """Send an agreement back to its draft; what was confirmed is confirmed no longer."""
    agreement = queries.agreement(ctx, agreement_id)
    workflow.move(ctx, agreement, AGREED, f"{side}_rejects", reason=reason)
    for name in ("agency", "archives"):
        setattr(agreement, f"{name}_signed_by", "")
        setattr(agreement, f"{name}_signed_at", None)
    agreement.save(
        update_fields=["agency_signed_by", "agency_signed_at", "archives_signed_by", "archives_signed_at"]
    )
    notify.tell(
        ctx,
        org_id=agreement.agency_id if side == "archives" else agreement.archives_id,
        permission=P.AGREEMENT_DRAFT,
        text=N_("移交协议“%(title)s”退回修改：%(reason)s"),
        params={"title": agreement.title, "reason": reason},
        url=agreement.get_absolute_url(),
    )
    return agreement


@transaction.atomic
def end_agreement(ctx: Ctx, *, agreement_id: int, reason: str) -> Agreement:
    """End an agreement in force; transfers under way keep to it."""
    agreement = queries.agreement(ctx, agreement_id)
    workflow.move(ctx, agreement, AGREED, "end", reason=reason)
    return agreement


def enforce(ctx: Ctx, agreement: Agreement, today: date) -> bool:
    """Put a settled agreement in force when its day has come, with its calendar; True when it is."""
    if agreement.state != AgreementState.AGREED or agreement.valid_from > today:
        return False
    in_force = Agreement.objects.filter(
        agency=agreement.agency_id, archives=agreement.archives_id, state=AgreementState.IN_FORCE
    )
    for former in in_force:
        workflow.move(ctx, former, AGREED, "expire")
    workflow.move(ctx, agreement, AGREED, "enforce")
    plan_dues(ctx, agreement=agreement, today=today)
    return True


def expire(ctx: Ctx, agreement: Agreement, today: date) -> bool:
    """End an agreement in force whose last day has passed; True when it did."""
    if agreement.state != AgreementState.IN_FORCE or not agreement.valid_until:
        return False
    if agreement.valid_until >= today:
        return False
    workflow.move(ctx, agreement, AGREED, "expire")
    return True
