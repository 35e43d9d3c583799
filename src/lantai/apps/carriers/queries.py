"""Reading: carriers, what they are due for, and their facts for the four-property test."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from lantai.apps.carriers.models import Carrier, Inspection
from lantai.apps.carriers.permissions import P
from lantai.apps.carriers.types import OPTICAL, CarrierState
from lantai.kit.fourprops.facts import CarrierFacts
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.orgs.models import Org

READ = policy.Granted(P.CARRIER_READ, "org_id")


def visible(ctx: Ctx) -> QuerySet[Carrier]:
    """Carriers of organisations where the actor may see them."""
    return policy.visible(Carrier.objects.select_related("org", "copy_of"), READ, ctx.actor)


def get(ctx: Ctx, carrier_id: int) -> Carrier:
    """One carrier, or ``Missing``."""
    return policy.one(visible(ctx), pk=carrier_id)


def carriers_to_read(ctx: Ctx, org_id: int) -> QuerySet[Carrier]:
    """The carriers of an archives from which a transfer may be taken in: kept ones the actor may see."""
    return visible(ctx).filter(org_id=org_id, state=CarrierState.KEPT)


def orgs_to_manage(ctx: Ctx) -> QuerySet[Org]:
    """The organisations whose register the actor keeps."""
    return Org.objects.filter(pk__in=ctx.actor.orgs_with(P.CARRIER_MANAGE), is_active=True)


def inspections_of(carrier_id: int) -> QuerySet[Inspection]:
    """Every look at a carrier, newest first."""
    return Inspection.objects.filter(carrier_id=carrier_id)


def carrier_facts(carrier_id: int) -> CarrierFacts | None:
    """What the register says of a carrier, for the checks 4-4 … 4-6; None where it knows no such carrier.

    The newest inspection counts; without one the facts that a person or a reader must find stay unknown, so
    that the checks are not run rather than passed. The caller has checked that the actor may see the carrier.
    """
    row = Carrier.objects.filter(pk=carrier_id).first()
    if row is None:
        return None
    seen = inspections_of(carrier_id).first()
    return CarrierFacts(
        identifier=row.number,
        kind=str(row.get_kind_display()),
        is_optical=row.kind in OPTICAL,
        normal_bytes_per_s=row.normal_bytes_per_s,
        read_bytes_per_s=seen.read_bytes_per_s if seen else None,
        disc_is_within_limits=seen.disc_is_within_limits if seen else None,
        looks_good=seen.looks_good if seen else None,
        looked_at_by=seen.inspector if seen else "",
    )


def due_for_inspection(until: date) -> QuerySet[Carrier]:
    """Carriers to be inspected by a day, of which nobody was reminded since their last inspection."""
    held = (CarrierState.KEPT, CarrierState.LENT)
    rows = Carrier.objects.select_related("org").filter(state__in=held, inspect_by__lte=until)
    return rows.filter(reminded_on__isnull=True).order_by("org_id", "inspect_by", "pk")


def count_overdue(ctx: Ctx, today: date) -> int:
    """How many of the actor's carriers are past their inspection."""
    mine = Carrier.objects.filter(org_id__in=ctx.actor.orgs_with(P.CARRIER_MANAGE))
    return mine.filter(inspect_by__lt=today).exclude(state=CarrierState.RETIRED).count()
