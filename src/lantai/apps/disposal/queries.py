"""Reading: lists, what is due, and what a legal hold forbids."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Substr

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.catalogue.types import Level
from lantai.apps.copies import queries as copies
from lantai.apps.custody import queries as custody
from lantai.apps.disposal.models import DisposalLine, DisposalList, LegalHold, Supervisor
from lantai.apps.disposal.permissions import P
from lantai.apps.disposal.types import DestroyList, LegalHoldActive, ListState, Verdict
from lantai.platform.accounts import policy
from lantai.platform.accounts import queries as accounts
from lantai.platform.accounts.models import User
from lantai.platform.context import Ctx
from lantai.platform.jobs import queries as jobs
from lantai.platform.orgs.models import Org

if TYPE_CHECKING:
    from lantai.apps.catalogue.models import Description

READ = policy.Granted(P.LIST_READ, "org")
READ_HOLD = policy.Granted(P.HOLD_READ, "org")
OVER = (ListState.WITHDRAWN,)
ON_A_LIST = Q(verdict=Verdict.DESTROY) & ~Q(disposal_list__state__in=OVER)


def visible(ctx: Ctx) -> QuerySet[DisposalList]:
    """Lists of organisations where the actor may see them, with their figures."""
    rows = DisposalList.objects.select_related("org").annotate(
        line_count=Count("lines", filter=Q(lines__verdict=Verdict.DESTROY)),
        byte_sum=Sum("lines__byte_count", filter=Q(lines__verdict=Verdict.DESTROY)),
    )
    return policy.visible(rows, READ, ctx.actor)


def get(ctx: Ctx, list_id: int) -> DisposalList:
    """One list, or ``Missing``."""
    return policy.one(visible(ctx), pk=list_id)


def lines(ctx: Ctx, list_id: int) -> QuerySet[DisposalLine]:
    """The lines of a list that the actor may see."""
    return DisposalLine.objects.filter(disposal_list__in=visible(ctx).filter(pk=list_id))


def visible_lines(ctx: Ctx) -> QuerySet[DisposalLine]:
    """All lines that the actor may see."""
    return DisposalLine.objects.filter(disposal_list__org__in=tuple(ctx.actor.orgs_with(P.LIST_READ)))


def due(ctx: Ctx, org_ids: Collection[int], today: date) -> QuerySet[Description]:
    """Items of organisations whose retention is over, that are on no list and under no hold.

    The clock starts on 1 January after the year of the document; what has no year, or is kept for ever, is
    never due.
    """
    rows = catalogue.visible(ctx).filter(custodian__in=org_ids, level=Level.ITEM, package__isnull=False)
    years = Case(
        When(retention__regex=r"^D\d{1,3}$", then=Cast(Substr("retention", 2), IntegerField())),
        default=Value(None),
        output_field=IntegerField(),
    )
    listed = DisposalLine.objects.filter(ON_A_LIST, description=OuterRef("pk"))
    rows = rows.annotate(last_year=F("year") + years).filter(last_year__lt=today.year)
    return rows.exclude(Exists(listed)).exclude(Exists(_holds_on(today)))


def due_counts(ctx: Ctx, orgs: QuerySet[Org], today: date) -> list[tuple[str, int]]:
    """Each of the organisations with how many of its items are due."""
    rows = due(ctx, list(orgs.values_list("pk", flat=True)), today)
    counts = dict(rows.order_by().values_list("custodian").annotate(Count("pk")))
    return [(org.name, counts.get(org.pk, 0)) for org in orgs]


def _holds_on(today: date, item: str = "") -> QuerySet[LegalHold]:
    """Holds in force on the description of the outer query, or on what `item` leads to from it."""
    covers = (
        Q(fonds_id=OuterRef(f"{item}fonds_id"))
        | Q(package_id=OuterRef(f"{item}package_id"))
        | Q(description_id=OuterRef(f"{item}pk"))
    )
    return LegalHold.objects.filter(covers, in_force(today))


def holds_over(rows: Collection[Description], today: date) -> list[LegalHold]:
    """Holds in force on any of these descriptions."""
    covers = (
        Q(fonds_id__in={row.fonds_id for row in rows})
        | Q(package_id__in={row.package_id for row in rows} - {None})
        | Q(description_id__in={row.pk for row in rows})
    )
    return list(LegalHold.objects.filter(covers, in_force(today)).order_by("pk"))


def in_force(today: date) -> Q:
    """Holds that were not lifted and have not ended."""
    return Q(lifted_at=None) & (Q(ends_on=None) | Q(ends_on__gte=today))


def held_lines(row: DisposalList, today: date) -> QuerySet[DisposalLine]:
    """What is to be destroyed by this list, is not yet, and is under a hold."""
    holds = _holds_on(today, "description__")
    waiting = row.lines.filter(verdict=Verdict.DESTROY, destroyed_at=None)
    return waiting.filter(Exists(holds)).annotate(why=Subquery(holds.values("reason")[:1]))


def refuse_held(row: DisposalList, today: date) -> None:
    """Raise ``LegalHoldActive`` where anything that is to be destroyed by this list is under a hold."""
    held = held_lines(row, today)
    if (first := held.first()) is not None:
        raise LegalHoldActive(count=held.count(), title=first.title, why=first.why)


def visible_holds(ctx: Ctx) -> QuerySet[LegalHold]:
    """Holds of organisations where the actor may see them."""
    return policy.visible(LegalHold.objects.select_related("org", "fonds"), READ_HOLD, ctx.actor)


def get_hold(ctx: Ctx, hold_id: int) -> LegalHold:
    """One hold, or ``Missing``."""
    return policy.one(visible_holds(ctx), pk=hold_id)


def orgs_with(ctx: Ctx, permission: str) -> QuerySet[Org]:
    """Organisations where the actor holds `permission`."""
    return Org.objects.filter(pk__in=ctx.actor.orgs_with(permission), is_active=True)


def may_supervise(org_id: int, today: date) -> QuerySet[User]:
    """Who may watch a destruction of that organisation."""
    return User.objects.filter(pk__in=accounts.holders(P.LIST_SUPERVISE, org_id, today), is_active=True)


def may_resume(ctx: Ctx, row: DisposalList) -> bool:
    """Whether the actor may go on with a destruction that nobody goes on with."""
    return row.org_id in ctx.actor.orgs_with(P.LIST_EXECUTE) and not jobs.is_under_way(DestroyList(row.pk))


def may_speak(ctx: Ctx, row: DisposalList) -> bool:
    """Whether the actor is of the group that appraises this list now, and has not spoken yet."""
    is_asked = row.state == ListState.APPRAISING and row.org_id in ctx.actor.orgs_with(P.LIST_APPRAISE)
    return is_asked and not row.opinions.filter(member_id=ctx.actor.id).exists()


def watching(ctx: Ctx, row: DisposalList) -> Supervisor | None:
    """The actor as one who watched an executed list and has not said so yet."""
    if row.state != ListState.DESTROYED or ctx.actor.id is None:
        return None
    return row.supervisors.filter(user_id=ctx.actor.id, confirmed_at=None).first()


def packages_of(list_id: int) -> list[int]:
    """The packages of which a list destroys something, in order."""
    rows = DisposalLine.objects.filter(disposal_list_id=list_id, verdict=Verdict.DESTROY)
    return list(rows.order_by("package_id").values_list("package_id", flat=True).distinct())


def sizes_of_items(package_id: int, item_keys: list[str]) -> dict[str, tuple[int, int]]:
    """Files and bytes of items of a package, as they lie there now."""
    rows = custody.content_files(package_id).filter(item_key__in=item_keys).order_by().values("item_key")
    found = rows.annotate(files=Count("pk"), octets=Sum("size_bytes"))
    return {row["item_key"]: (row["files"], row["octets"]) for row in found}


def copies_left(row: DisposalList) -> list[tuple[str, int]]:
    """Places whose copies have not followed the destruction yet, with how many packages; empty once all have."""
    done = row.lines.filter(version__isnull=False).order_by()
    newest = done.values("package_id").annotate(newest=Max("version")).values_list("package_id", "newest")
    waiting = Counter(
        copy.place_title
        for package_id, version in newest
        for copy in copies.places_of(package_id)
        if copy.version < version
    )
    return sorted(waiting.items())
