"""What has been done to the tree and may be: acts, former codes, where elements come from, further arrangements."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from lantai.apps.catalogue.models import (
    Arrangement,
    Description,
    DescriptionVersion,
    FormerCode,
    Placement,
    RearrangedRow,
    Rearrangement,
)
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries.reading import visible
from lantai.apps.catalogue.queries.tree import ancestors
from lantai.apps.catalogue.tree import Inherited, Origin, PlacementWindow, Rearranged
from lantai.apps.catalogue.types import Level
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx

OWN = policy.Granted(P.ITEM_READ, "custodian_id")
WINDOW = 100


def may_arrange(ctx: Ctx, row: Description) -> bool:
    """Whether the actor may move, merge, split and number where the row is kept."""
    return row.custodian_id in ctx.actor.orgs_with(P.ITEM_ARRANGE)


def may_arrange_somewhere(ctx: Ctx) -> bool:
    """Whether the actor may arrange anywhere."""
    return ctx.actor.holds(P.ITEM_ARRANGE)


def arrangeable(ctx: Ctx) -> QuerySet[Description]:
    """The rows that the actor may arrange."""
    return visible(ctx).filter(custodian_id__in=ctx.actor.orgs_with(P.ITEM_ARRANGE))


def of_code(ctx: Ctx, code: str) -> QuerySet[Description]:
    """The visible rows that have a code now; where none has, those that had it."""
    rows = visible(ctx).order_by("fonds_id", "level", "pk")
    now = rows.filter(reference_code=code)
    return now if now.exists() else rows.filter(former_codes__code=code).distinct()


def former_codes(row: Description) -> list[FormerCode]:
    """The codes a row had, the latest first; also those of what was merged into it."""
    return list(FormerCode.objects.filter(description=row))


def origins(ctx: Ctx, row: Description) -> list[Origin]:
    """For each element that a row has from above: from which unit, the nearest that says it."""
    if not row.inherits:
        return []
    above = list(reversed(ancestors(ctx, row)))
    return [_origin(above, name) for name in Inherited.values if name in row.inherits]


def _origin(above: list[Description], name: str) -> Origin:
    source = next((one for one in above if says(one, name)), None)
    if source is None:
        return Origin(name, None, "", "")
    return Origin(name, source.pk, str(Level(source.level).label), source.reference_code)


def says(row: Description, name: str) -> bool:
    """Whether a row says an element itself."""
    if name in row.inherits:
        return False
    return {"retention": row.retention != "", "openness": row.openness != "unreviewed"}.get(name, True)


def rearrangements(ctx: Ctx) -> QuerySet[Rearrangement]:
    """What was done to the tree where the actor may read, the latest first."""
    return policy.visible(Rearrangement.objects.select_related("fonds", "custodian"), OWN, ctx.actor)


def get_rearrangement(ctx: Ctx, rearrangement_id: int) -> Rearrangement:
    """One act, or ``Missing``."""
    return policy.one(rearrangements(ctx), pk=rearrangement_id)


def rearranged_lines(ctx: Ctx, act: Rearrangement, limit: int = 500) -> list[Rearranged]:
    """What an act did, row by row; at most ``limit`` of those that the actor may see or that were merged away."""
    mine = Q(description__custodian_id__in=ctx.actor.orgs_with(P.ITEM_READ))
    rows = list(act.rows.filter(mine).select_related("description").order_by("pk")[:limit])
    versions = DescriptionVersion.objects.filter(description_id__in=[row.description_id for row in rows])
    was = {(one.description_id, one.revision): one for one in versions}
    return [_rearranged(row, was.get((row.description_id, row.revision))) for row in rows]


def _rearranged(row: RearrangedRow, version: DescriptionVersion | None) -> Rearranged:
    before = version.before if version else {}
    after = version.after if version else {}
    code = after.get("reference_code", row.description.reference_code)
    return Rearranged(
        id=row.description_id,
        title=row.description.title,
        level=str(Level(row.description.level).label),
        code=code,
        former_code=before.get("reference_code", ""),
        is_moved="parent" in before,
        is_made=row.is_made,
    )


def arrangements(ctx: Ctx) -> QuerySet[Arrangement]:
    """Further arrangements of what the actor may read: their headings may be names of persons."""
    return policy.visible(Arrangement.objects.select_related("fonds", "custodian"), OWN, ctx.actor)


def get_arrangement(ctx: Ctx, arrangement_id: int) -> Arrangement:
    """One arrangement, or ``Missing``."""
    return policy.one(arrangements(ctx), pk=arrangement_id)


def get_placement(arrangement: Arrangement, placement_id: int) -> Placement:
    """One place of an arrangement, or ``Missing``."""
    return policy.one(arrangement.placements.select_related("parent"), pk=placement_id)


def placement_path(place: Placement) -> list[Placement]:
    """The headings above a place and itself, the highest first."""
    found = [place]
    while (above := found[0].parent) is not None:
        found.insert(0, above)
    return found


def placement_window(
    ctx: Ctx,
    arrangement: Arrangement,
    parent: Placement | None = None,
    *,
    after: int = 0,
    limit: int = WINDOW,
) -> PlacementWindow:
    """A window of the headings, or of the records that the actor may see, under a heading."""
    seen = Q(description=None) | Q(description__in=visible(ctx).values("pk"))
    rows = arrangement.placements.filter(seen, parent=parent).select_related("description")
    if at := Placement.objects.filter(pk=after).values_list("position", flat=True).first():
        rows = rows.filter(position__gte=at).filter(Q(position__gt=at) | Q(pk__gt=after))
    found = list(rows.order_by("position", "pk")[: limit + 1])
    inner = Placement.objects.filter(seen, parent__in=[one.pk for one in found])
    counts = dict(inner.values_list("parent_id").annotate(n=Count("pk")).order_by())
    more = found[limit - 1].pk if len(found) > limit else 0
    return PlacementWindow(tuple((one, counts.get(one.pk, 0)) for one in found[:limit]), more)
