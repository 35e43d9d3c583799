"""What of a description may be told, to whom: its columns, and what it says beyond them."""

from __future__ import annotations

from copy import copy

from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries.reading import OF_PERSONS, may_read_content
from lantai.apps.custody import queries as custody
from lantai.apps.custody.types import FileRow
from lantai.apps.kinds import queries as kinds
from lantai.apps.kinds.types import KindScheme
from lantai.platform.context import Ctx

# What a form may fill, but the title: nothing could be told of a row without it.
_EMPTY: dict[str, object] = {
    "author": "", "document_number": "", "dated_on": None, "persons": (), "page_count": None, "note": "",
}  # fmt: skip


# Where the originals stand is for those who guard them.
OF_KEEPING = frozenset({"storage_location"})


class Schemes:
    """The fields in force of the rows of an answer, asked for once and only if somebody may not be told all."""

    def __init__(self) -> None:
        self._in_force: kinds.InForce | None = None

    def of(self, row: Description) -> KindScheme:
        """The fields of a row's kind at its archives."""
        if self._in_force is None:
            self._in_force = kinds.in_force()
        return self._in_force.of(row.kind_id, row.fonds.archives_id)


def withheld(ctx: Ctx, row: Description, schemes: Schemes | None = None) -> frozenset[str]:
    """The columns and own fields that the actor may not be told unless they read there: what is about persons, and
    where the originals stand.

    The fields in force say what is personal, by whatever version the row was described. ``schemes``, the same for
    all rows of an answer, spares queries.
    """
    if row.custodian_id in ctx.actor.orgs_with(P.ITEM_READ):
        return frozenset()
    fields = (Schemes() if schemes is None else schemes).of(row).fields
    private = OF_KEEPING | frozenset(field.column or field.name for field in fields if field.is_private)
    return private | OF_PERSONS if row.kind.is_personal else private


def as_told(ctx: Ctx, row: Description, schemes: Schemes | None = None) -> Description:
    """The row, or a copy to be read only, with nothing in the columns that are withheld from the actor."""
    hidden = withheld(ctx, row, schemes).intersection(_EMPTY)
    if not hidden:
        return row
    told = copy(row)
    for name in hidden:
        setattr(told, name, _EMPTY[name])
    return told


def files_told(ctx: Ctx, row: Description) -> list[FileRow]:
    """The files of an item for who may read its content; none for others: their names may be those of persons."""
    if row.package_id is None or not may_read_content(ctx, row):
        return []
    return custody.files_of(row.package_id, row.item_key)


def own_values(ctx: Ctx, row: Description, schemes: Schemes | None = None) -> dict[str, object]:
    """What the actor may be told by element: what is about persons only where they read the custodian's records."""
    if not row.metadata or row.custodian_id in ctx.actor.orgs_with(P.ITEM_READ):
        return row.metadata
    if row.kind.is_personal:
        return {}
    hidden = withheld(ctx, row, schemes)
    return {name: value for name, value in row.metadata.items() if name not in hidden}
