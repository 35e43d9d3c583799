"""Entries, as they are read."""

from __future__ import annotations

from django.db.models import QuerySet

from lantai.platform.context import Ctx
from lantai.platform.ledger.models import Entry
from lantai.platform.ledger.permissions import P


def entries_about(object_type: str, object_id: object) -> QuerySet[Entry]:
    """What was done to one object, oldest first; the caller has checked that it may be seen."""
    return Entry.objects.filter(object_type=object_type, object_id=str(object_id)).order_by("id")


def visible(ctx: Ctx) -> QuerySet[Entry]:
    """Entries of the organisations whose ledger the actor may read, newest first."""
    return Entry.objects.filter(org_id__in=ctx.actor.orgs_with(P.ENTRY_READ)).order_by("-id")
