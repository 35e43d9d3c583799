"""Carrying what an agency says of opening, disclosure and classification into descriptions, by sets."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction

from lantai.apps.catalogue.models import Description
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.search import services as search

CHUNK = 1_000


@transaction.atomic
def enter_opinions(
    ctx: Ctx, *, package_id: int, opinions: Mapping[str, tuple[str, Mapping[str, str]]]
) -> int:
    """Enter (openness, elements) by item key into the descriptions of a package; returns how many.

    An openness of "" leaves the one that stands. The caller, who accepts the transfer, has checked the
    permission.
    """
    keys = sorted(opinions)
    count = 0
    for start in range(0, len(keys), CHUNK):
        rows = list(
            Description.objects.filter(package_id=package_id, item_key__in=keys[start : start + CHUNK])
        )
        for row in rows:
            openness, elements = opinions[row.item_key]
            if openness:  # said of the record itself, no longer from above
                row.openness = openness
                row.inherits = [name for name in row.inherits if name != "openness"]
            row.metadata = {**row.metadata, **elements}
            row.updated_at = ctx.now
        Description.objects.bulk_update(rows, ["openness", "inherits", "metadata", "updated_at"])
        search.changed(ctx, "catalogue", [row.pk for row in rows])
        count += len(rows)
    if count:
        ledger.record(
            ctx,
            "catalogue:items:opinions_entered",
            object_type="custody:package",
            object_id=package_id,
            detail={"items": count},
        )
    return count
