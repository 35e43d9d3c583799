"""What stays in the catalogue of an item whose content was destroyed: its row, which says so."""

from __future__ import annotations

import shutil
from collections.abc import Collection
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from lantai.apps.catalogue.models import Description
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.search import services as search

SOURCE = "catalogue"
_SAID = "已销毁，清册 %s，%s"  # metadata, in the language of the records
ELEMENT = "销毁情况"  # by this name in the element sets of archives; those of records have none


@transaction.atomic
def mark_destroyed(ctx: Ctx, *, package_id: int, item_keys: Collection[str], list_number: str) -> int:
    """Say of items that their content was destroyed by that list; returns how many. The caller destroyed it."""
    said = _SAID % (list_number, timezone.localdate(ctx.now).isoformat())
    rows = list(
        Description.objects.select_for_update().filter(package_id=package_id, item_key__in=list(item_keys))
    )
    for row in rows:
        row.metadata = {**row.metadata, ELEMENT: said}
        row.updated_at = ctx.now
    Description.objects.bulk_update(rows, ["metadata", "updated_at"], batch_size=2000)
    search.changed(ctx, SOURCE, [row.pk for row in rows])
    ledger.record(
        ctx,
        "catalogue:items:marked_destroyed",
        object_type="custody:package",
        object_id=package_id,
        detail={"items": len(rows), "list": list_number},
    )
    return len(rows)


def forget_previews() -> None:
    """Drop all pictures of pages: they are drawn again when asked for, where there is still what to draw."""
    shutil.rmtree(Path(settings.LANTAI_STORE) / "previews", ignore_errors=True)
