"""What a person arranged for themselves, read."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import Q, QuerySet

from lantai.kit.errors import Missing
from lantai.platform.context import Ctx
from lantai.platform.ui.models import Density, SavedView, TablePreference


@dataclass(frozen=True, slots=True)
class Preference:
    """Columns ("" when never chosen) and density of a table."""

    columns: list[str] = field(default_factory=list)
    density: str = Density.DENSE.value


def preference(ctx: Ctx, table: str) -> Preference:
    """How the actor likes ``table``; the table's own way for a stranger."""
    if ctx.actor.id is None:
        return Preference()
    found = TablePreference.objects.filter(user_id=ctx.actor.id, table=table).first()
    return Preference(list(found.columns), found.density) if found else Preference()


def visible_views(ctx: Ctx) -> QuerySet[SavedView]:
    """The actor's own views and those shared in the organisation acted for."""
    shared = Q(is_shared=True, org_id=ctx.org_id) if ctx.org_id is not None else Q(pk__in=[])
    return SavedView.objects.filter(Q(owner_id=ctx.actor.id) | shared).select_related("owner")


def views_of(ctx: Ctx, table: str) -> list[SavedView]:
    """The views of one table, own ones first; none for a stranger."""
    if ctx.actor.id is None:
        return []
    found = visible_views(ctx).filter(table=table).order_by("name", "pk")[:100]
    return sorted(found, key=lambda view: view.owner_id != ctx.actor.id)


def view(ctx: Ctx, view_id: int) -> SavedView:
    """One view. Raises Missing when there is none or it is not the actor's to see."""
    found = visible_views(ctx).filter(pk=view_id).first()
    if found is None:
        raise Missing
    return found
