"""Entries, as they are read."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Count, Max, QuerySet
from django.db.models.functions import TruncDate

from lantai.platform.context import Ctx
from lantai.platform.ledger.models import Entry
from lantai.platform.ledger.permissions import P


def entries_about(object_type: str, object_id: object) -> QuerySet[Entry]:
    """What was done to one object, oldest first; the caller has checked that it may be seen."""
    return Entry.objects.filter(object_type=object_type, object_id=str(object_id)).order_by("id")


def days_about(object_type: str, object_id: object, acts: Collection[str]) -> list[tuple[Entry, int]]:
    """For these acts the last entry of each person, act and day, and how many there are of it; two queries."""
    found = entries_about(object_type, object_id).filter(act__in=acts).order_by()
    same = found.annotate(day=TruncDate("at")).values("act", "actor_id", "actor_name", "org_name", "day")
    counts = dict(same.annotate(last=Max("pk"), n=Count("pk")).values_list("last", "n"))
    return [(entry, counts[pk]) for pk, entry in Entry.objects.in_bulk(counts).items()]


def visible(ctx: Ctx) -> QuerySet[Entry]:
    """Entries of the organisations whose ledger the actor may read, newest first."""
    return Entry.objects.filter(org_id__in=ctx.actor.orgs_with(P.ENTRY_READ)).order_by("-id")
