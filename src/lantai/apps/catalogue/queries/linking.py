"""Access points: what a description is by and about, and the records of an authority."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from lantai.apps.authorities import queries as authorities
from lantai.apps.authorities.types import AuthorityKind, Held
from lantai.apps.catalogue.models import AccessPoint, Description
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries.reading import sees_persons, visible
from lantai.apps.catalogue.types import AccessRole, Point
from lantai.platform.context import Ctx


def points_of(ctx: Ctx, row: Description) -> list[Point]:
    """What a description is by and about; of a record about persons only to whom their names are shown."""
    if not sees_persons(ctx, row):
        return []
    points = row.access_points.select_related("authority").order_by("role", "authority__name", "pk")
    readable = authorities.visible(ctx).filter(pk__in=[one.authority_id for one in points])
    shown = set(readable.values_list("pk", flat=True))
    return [
        Point(
            one.pk,
            str(AccessRole(one.role).label),
            one.authority.name,
            str(one.authority.get_kind_display()),
            one.authority.get_absolute_url() if one.authority_id in shown else "",
        )
        for one in points
    ]


def tellable(ctx: Ctx) -> QuerySet[Description]:
    """Rows of which the actor may learn more than their own pages say: that they are of a person, or of a topic.

    A record about persons is told of to its custodian only: the list would tell a stranger what the page of the
    record does not.
    """
    own = Q(custodian_id__in=tuple(ctx.actor.orgs_with(P.ITEM_READ)))
    return visible(ctx).filter(Q(kind__is_personal=False) | own)


def records_of(ctx: Ctx, authority_id: int, role: str = "") -> QuerySet[Description]:
    """The records by or about an authority that the actor may be told of."""
    points = AccessPoint.objects.filter(authority=authority_id)
    if role:
        points = points.filter(role=role)
    return tellable(ctx).filter(pk__in=points.values("description"))


def held_of(ctx: Ctx, authority_id: int) -> list[Held]:
    """How many records the actor may see, by role; a role without any is left out."""
    url = reverse("catalogue:authority_records", args=[authority_id])
    points = AccessPoint.objects.filter(authority=authority_id, description__in=records_of(ctx, authority_id))
    counts = points.order_by("role").values_list("role").annotate(n=Count("description", distinct=True))
    return [Held(str(AccessRole(role).label), n, f"{url}?role={role}") for role, n in counts]


@dataclass(slots=True)
class Linked:
    """What the authorities of one row add to its document."""

    persons: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    topics: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)  # every other name: a former name finds the record


def found_by(ids: Collection[int]) -> dict[int, Linked]:
    """What the authorities of rows add to their documents, by row; two queries."""
    points = AccessPoint.objects.filter(description__in=ids).values_list(
        "description_id", "authority_id", "authority__kind"
    )
    linked = list(dict.fromkeys(points))
    names = authorities.index_names({authority for _row, authority, _kind in linked}) if linked else {}
    found: dict[int, Linked] = defaultdict(Linked)
    for row, authority, kind in linked:
        first, *others = names.get(authority) or ("",)
        one = found[row]
        if kind == AuthorityKind.PERSON:
            one.persons += [first, *others]
            continue
        if kind == AuthorityKind.PLACE:
            one.places.append(first)
        elif kind in {AuthorityKind.SUBJECT, AuthorityKind.EVENT}:
            one.topics.append(first)
        one.others += [first, *others]
    return dict(found)
