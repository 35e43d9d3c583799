"""What a description says beyond its columns, to whom."""

from __future__ import annotations

from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries.wording import scheme_of_row
from lantai.apps.kinds.types import KindScheme
from lantai.platform.context import Ctx


def own_values(ctx: Ctx, row: Description, in_force: KindScheme | None = None) -> dict[str, object]:
    """What the actor may be told by element: what is about persons only where they read the custodian's records.

    ``in_force`` are the fields of the row's kind at its archives, where the caller has them: they say what is
    personal, by whatever version the row was described.
    """
    if row.custodian_id in ctx.actor.orgs_with(P.ITEM_READ):
        return row.metadata
    if row.kind.is_personal or not row.metadata:
        return {}
    scheme = in_force or scheme_of_row(row, is_new=True)
    private = {field.name for field in scheme.fields if field.is_private}
    return {name: value for name, value in row.metadata.items() if name not in private}
