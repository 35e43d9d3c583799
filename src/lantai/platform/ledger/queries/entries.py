"""Entries, as they are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from lantai.platform.context import Ctx
from lantai.platform.ledger.models import Entry, Leaf
from lantai.platform.ledger.permissions import P


def entries_about(object_type: str, object_id: object) -> QuerySet[Entry]:
    """What was done to one object, oldest first; the caller has checked that it may be seen."""
    return Entry.objects.filter(object_type=object_type, object_id=str(object_id)).order_by("id")


def visible(ctx: Ctx) -> QuerySet[Entry]:
    """Entries of the organisations whose ledger the actor may read, newest first."""
    return Entry.objects.filter(org_id__in=ctx.actor.orgs_with(P.ENTRY_READ)).order_by("-id")


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One line of the audit list."""

    entry: Entry
    log_index: int | None

    @property
    def is_logged(self) -> bool:
        return self.log_index is not None


@dataclass(frozen=True, slots=True)
class EntryPage:
    """A part of the list; `next_before` leads to the older part, when there is one."""

    rows: Sequence[EntryRow]
    next_before: int | None


def entry_page(
    ctx: Ctx,
    *,
    size: int,
    act: str = "",
    actor: str = "",
    object_type: str = "",
    object_id: str = "",
    before: int | None = None,
) -> EntryPage:
    """Visible entries, newest first, narrowed by the beginning of an act, part of a name, or the object."""
    asked: dict[str, object] = {
        "act__startswith": act,
        "actor_name__icontains": actor,
        "object_type": object_type,
        "object_id": object_id,
        "id__lt": before,
    }
    rows = list(visible(ctx).filter(**{name: value for name, value in asked.items() if value})[: size + 1])
    shown = rows[:size]
    leaves = Leaf.objects.filter(entry_id__in=[entry.id for entry in shown])
    places = dict(leaves.values_list("entry_id", "index"))
    next_before = shown[-1].id if len(rows) > size else None
    return EntryPage([EntryRow(entry, places.get(entry.id)) for entry in shown], next_before)
