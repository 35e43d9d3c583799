"""Reading messages; each person sees their own."""

from __future__ import annotations

from django.db.models import QuerySet

from lantai.platform.context import Ctx
from lantai.platform.notify.models import Notice


def notices(ctx: Ctx) -> QuerySet[Notice]:
    """Messages to the actor, newest first."""
    if ctx.actor.id is None:
        return Notice.objects.none()
    return Notice.objects.filter(user_id=ctx.actor.id)


def unread_count(user_id: int | None) -> int:
    """How many messages the person has not read."""
    if user_id is None:
        return 0
    return Notice.objects.filter(user_id=user_id, read_at__isnull=True).count()
