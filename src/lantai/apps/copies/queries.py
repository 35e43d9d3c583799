"""Every read of this app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from lantai.apps.copies.models import Clearance, Copy, CopyPolicy, Damage, JournalCopy, Move, Orphan, Reading
from lantai.apps.copies.permissions import P
from lantai.apps.copies.types import CopyOf, CopyState, MoveState, Surplus, SurplusAt
from lantai.apps.holdings import queries as holdings
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.orgs.models import Org
from lantai.platform.places.models import Place
from lantai.platform.places.types import PRIMARY, PlaceState

if TYPE_CHECKING:
    from lantai.apps.holdings.models import Fonds

BAD = (CopyState.DAMAGED, CopyState.MISSING)
MINE = policy.Granted(P.COPY_READ, "org")
OF_PACKAGE = policy.Granted(P.COPY_READ, "package__custodian")


def fonds_of(ctx: Ctx, org_id: int) -> QuerySet[Fonds]:
    """The fonds that an organisation keeps or has made, of those that the actor may see."""
    return holdings.visible_fonds(ctx).filter(Q(archives_id=org_id) | Q(creator_id=org_id))


def orgs_with(ctx: Ctx, permission: str) -> QuerySet[Org]:
    """The organisations for which the actor may do something here."""
    return Org.objects.filter(pk__in=ctx.actor.orgs_with(permission), is_active=True)


def visible_places(ctx: Ctx) -> QuerySet[Place]:
    """The places of organisations where the actor may see copies, and the storage root, where every copy begins."""
    rule: policy.Rule = policy.Granted(P.COPY_READ, "custodian")
    if ctx.actor.holds(P.COPY_READ):
        rule = rule | policy.RowIs({"slug": PRIMARY})
    return policy.visible(Place.objects.select_related("custodian"), rule, ctx.actor)


def get_place(ctx: Ctx, place_id: int) -> Place:
    """One place, or ``Missing``."""
    return policy.one(visible_places(ctx), pk=place_id)


def visible_policies(ctx: Ctx) -> QuerySet[CopyPolicy]:
    """Policies of organisations where the actor may see copies."""
    return policy.visible(CopyPolicy.objects.select_related("org", "fonds"), MINE, ctx.actor)


def visible_copies(ctx: Ctx) -> QuerySet[Copy]:
    """Copies of packages of organisations where the actor may see copies."""
    rows = Copy.objects.select_related("package__fonds", "package__custodian", "place")
    return policy.visible(rows, OF_PACKAGE, ctx.actor)


def visible_readings(ctx: Ctx) -> QuerySet[Reading]:
    """Rounds of reading."""
    return policy.visible(Reading.objects.select_related("org", "place", "fonds", "run"), MINE, ctx.actor)


def visible_damages(ctx: Ctx) -> QuerySet[Damage]:
    """What was found wrong."""
    rows = Damage.objects.select_related("copy__package", "copy__place", "repaired_from", "lying_place")
    return policy.visible(rows, policy.Granted(P.COPY_READ, "copy__package__custodian"), ctx.actor)


def visible_moves(ctx: Ctx) -> QuerySet[Move]:
    """Moves between places, and retirements of places."""
    return policy.visible(Move.objects.select_related("org", "source", "goal", "run"), MINE, ctx.actor)


def visible_orphans(ctx: Ctx) -> QuerySet[Orphan]:
    """What lies in a place unknown, or is known and does not lie there."""
    return policy.visible(Orphan.objects.select_related("org", "place"), MINE, ctx.actor)


def places_of(package_id: int) -> list[CopyOf]:
    """Where a package lies; the caller has checked that the actor may see the package."""
    rows = Copy.objects.filter(package_id=package_id).exclude(state=CopyState.RETIRED).select_related("place")
    return [
        CopyOf(row.pk, row.place_id, row.place.title, row.state, row.version, row.verified_at)
        for row in rows.order_by("place__read_order", "place_id")
    ]


def count_bad(ctx: Ctx) -> int:
    """Damaged or missing copies in the actor's sight."""
    orgs = ctx.actor.orgs_with(P.COPY_READ)
    return Copy.objects.filter(state__in=BAD, package__custodian__in=orgs).count()


def lagging(package_id: int) -> QuerySet[Copy]:
    """Copies that are not at the newest version yet: after a destruction, those that still hold the content."""
    rows = Copy.objects.filter(package_id=package_id, cleared_at=None).exclude(place__slug=PRIMARY)
    rows = rows.exclude(version=0, state=CopyState.WANTED)
    return rows.exclude(inventory_sha512=F("package__inventory_sha512")).select_related("place")


def get_policy(ctx: Ctx, policy_id: int) -> CopyPolicy:
    """One policy, or ``Missing``."""
    return policy.one(visible_policies(ctx), pk=policy_id)


def get_reading(ctx: Ctx, reading_id: int) -> Reading:
    """One round, or ``Missing``."""
    return policy.one(visible_readings(ctx), pk=reading_id)


def get_move(ctx: Ctx, move_id: int) -> Move:
    """One move, or ``Missing``."""
    return policy.one(visible_moves(ctx), pk=move_id)


def get_orphan(ctx: Ctx, orphan_id: int) -> Orphan:
    """One thing on which the two sides do not agree, or ``Missing``."""
    return policy.one(visible_orphans(ctx), pk=orphan_id)


def copies_of_package(ctx: Ctx, package_id: int) -> QuerySet[Copy]:
    """The copies of one package in the order of reading."""
    rows = visible_copies(ctx).filter(package_id=package_id)
    return rows.order_by("place__read_order", "place_id")


def names_of_fonds(ctx: Ctx) -> list[tuple[str, str]]:
    """The fonds that copies are kept of, for a filter."""
    held = visible_copies(ctx).order_by().values("package__fonds_id")
    return [(str(one.pk), str(one)) for one in holdings.visible_fonds(ctx).filter(pk__in=held)]


def visible_clearances(ctx: Ctx) -> QuerySet[Clearance]:
    """Removals of surplus copies, asked for and done."""
    return policy.visible(Clearance.objects.select_related("org", "place", "run"), MINE, ctx.actor)


def get_clearance(ctx: Ctx, clearance_id: int) -> Clearance:
    """One removal of surplus copies, or ``Missing``."""
    return policy.one(visible_clearances(ctx), pk=clearance_id)


def visible_journals(ctx: Ctx) -> QuerySet[JournalCopy]:
    """The journal in the places that the actor may see."""
    rows = JournalCopy.objects.filter(place__in=visible_places(ctx)).select_related("place")
    return rows.order_by("place__read_order", "place_id")


def surplus(org_id: int, place_id: int | None = None) -> QuerySet[Copy]:
    """Copies of an organisation's packages that no policy asks for; what a move takes care of is left to it.

    Those that a killed run was removing come as well.
    """
    moving = Move.objects.filter(state=MoveState.OPEN).values("source_id")
    rows = Copy.objects.filter(package__custodian_id=org_id, is_wanted=False, cleared_at=None)
    rows = rows.exclude(place__slug=PRIMARY).exclude(place__state=PlaceState.RETIRED)
    rows = rows.exclude(place_id__in=moving)
    if place_id is not None:
        rows = rows.filter(place_id=place_id)
    return rows.select_related("package", "place").order_by("pk")


def sum_of(rows: QuerySet[Copy]) -> Surplus:
    """How many copies, and how much."""
    found = rows.order_by().aggregate(copies=Count("pk"), size=Sum("byte_count"))
    return Surplus(found["copies"], found["size"] or 0)


def preview_of(org_id: int, place_id: int | None = None) -> list[SurplusAt]:
    """By place and fonds: what would go, and how much of it can go now because the others are whole."""
    wanted = Copy.objects.filter(package_id=OuterRef("package_id"), is_wanted=True)
    good = Q(
        state=CopyState.WHOLE,
        is_due=False,
        inventory_sha512=OuterRef("package__inventory_sha512"),
        verified_at__isnull=False,
    )
    may_go = Exists(wanted.filter(good)) & ~Exists(wanted.exclude(good))
    groups = surplus(org_id, place_id).order_by().values("place__title", "package__fonds__name")
    found = groups.annotate(copies=Count("pk"), size=Sum("byte_count"), ready=Count("pk", filter=Q(may_go)))
    return [
        SurplusAt(
            one["place__title"], one["package__fonds__name"], one["copies"], one["size"] or 0, one["ready"]
        )
        for one in found.order_by("place__title", "package__fonds__name")
    ]
