"""Reactions to what happens below."""

from __future__ import annotations

from django.db import transaction

from lantai.apps.custody.events import ContentDestroyed
from lantai.apps.migration.models import PlanItem
from lantai.apps.migration.services.running import drop_made
from lantai.apps.migration.types import ItemState
from lantai.platform.context import Ctx


@transaction.atomic
def on_content_destroyed(ctx: Ctx, event: ContentDestroyed) -> None:
    """What was made of destroyed files, and waits for its package, goes too."""
    rows = PlanItem.objects.select_for_update(of=("self",))
    for item in rows.filter(package_id=event.package_id, file=None, state=ItemState.MADE):
        drop_made(item)
