"""Entries, as they are read."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Count, F, Max, Q, QuerySet, Window
from django.db.models.functions import TruncDate

from lantai.platform.context import Ctx
from lantai.platform.ledger.models import Entry
from lantai.platform.ledger.permissions import P


def entries_about(object_type: str, object_id: object) -> QuerySet[Entry]:
    """What was done to one object, oldest first; the caller has checked that it may be seen."""
    return Entry.objects.filter(object_type=object_type, object_id=str(object_id)).order_by("id")


def entries_at(act: str, at: datetime) -> QuerySet[Entry]:
    """Acts of one kind at one instant, for what tells only when it was made: an act on very many has one entry."""
    return Entry.objects.filter(act=act, at=at).order_by("id")


def days_about(object_type: str, object_id: object, acts: Collection[str]) -> QuerySet[Entry]:
    """The same, of these acts only the last of each person and day; ``times`` is how often it was that day."""
    same = [*map(F, ("act", "actor_id", "actor_name", "org_name")), TruncDate("at")]
    last, times = (Window(what, partition_by=same) for what in (Max("pk"), Count("pk")))
    entries = entries_about(object_type, object_id).annotate(last=last, times=times)
    return entries.filter(~Q(act__in=acts) | Q(pk=F("last")))


def visible(ctx: Ctx) -> QuerySet[Entry]:
    """Entries of the organisations whose ledger the actor may read, newest first."""
    return Entry.objects.filter(org_id__in=ctx.actor.orgs_with(P.ENTRY_READ)).order_by("-id")
