"""A kind as a file."""

from __future__ import annotations

from django.db import transaction

from lantai.apps.kinds import queries
from lantai.apps.kinds.types import OBJECT
from lantai.kit.metadata import kinds as kit
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger


@transaction.atomic
def export(ctx: Ctx, *, version_id: int) -> str:
    """The fields of a version as TOML that another archives can import."""
    row = queries.get(ctx, version_id)
    ledger.record(
        ctx,
        "kinds:version:exported",
        object_type=OBJECT,
        object_id=row.pk,
        object_name=str(row),
        detail={"kind": row.kind.slug, "number": row.number},
    )
    return kit.to_toml(kit.KindDefinition(row.kind.slug, row.kind.name, row.fields(), row.note[:200]))
