"""Descriptions for those who publish them elsewhere: where each stands, and what it says to whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries.reading import OPENED, visible
from lantai.kit.metadata.exchange import Record
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx


@dataclass(frozen=True, slots=True)
class Publication:
    """Whose a row is and whether everybody may see it."""

    row_id: int
    archives_code: str
    fonds_id: int
    kind_id: int
    custodian_id: int
    is_public: bool


def publications(ids: Iterable[int]) -> list[Publication]:
    """How these rows stand now, in one query; rows that are gone give none. For the program, not for a person."""
    fields = ("pk", "fonds__archives__code", "fonds_id", "kind_id", "custodian_id", *OPENED)
    rows = Description.objects.filter(pk__in=list(ids)).values_list(*fields)
    said = tuple(OPENED.values())
    return [Publication(*row[:5], is_public=tuple(row[5:]) == said) for row in rows]


def readable(ctx: Ctx, ids: Iterable[int]) -> dict[int, Description]:
    """Those of the rows that the actor may see, ready for ``record_of``; one query."""
    rows = visible(ctx).select_related("fonds__archives", "kind", "custodian", "parent")
    return {row.pk: row for row in rows.filter(pk__in=list(ids))}


def record_of(ctx: Ctx, row: Description, address: str) -> Record:
    """A row for exchange as the actor may know it: persons only where they may read at its custodian."""
    sees = not row.kind.is_personal or row.custodian_id in ctx.actor.orgs_with(P.ITEM_READ)
    return Record(
        level=row.level,
        reference_code=row.reference_code,
        title=row.title,
        author=row.author,
        document_number=row.document_number,
        dated_on=row.dated_on,
        year=row.year,
        retention=row.retention,
        openness=row.openness,
        classification=row.classification,
        persons=tuple(row.persons) if sees else (),
        page_count=row.page_count,
        note=row.note if sees else "",
        fonds_code=row.fonds.code,
        fonds_name=row.fonds.name,
        archives_name=row.fonds.archives.name,
        archives_code=row.fonds.archives.code,
        identifier=address,
        modified_at=row.updated_at,
        class_code=row.class_code,
        kind_name=row.kind.name,
        parent_code=row.parent.reference_code if row.parent and _may_see(ctx, row.parent) else "",
    )


def _may_see(ctx: Ctx, row: Description) -> bool:
    is_open = all(getattr(row, name) == value for name, value in OPENED.items())
    return is_open or row.custodian_id in ctx.actor.orgs_with(P.ITEM_READ)


def may_read_at(ctx: Ctx) -> frozenset[int]:
    """The organisations all of whose rows the actor may see."""
    return ctx.actor.orgs_with(P.ITEM_READ)


def one(ctx: Ctx, row_id: int) -> Description:
    """One row that the actor may see, ready for ``record_of``, or ``Missing``."""
    rows = visible(ctx).select_related("fonds__archives", "kind", "custodian", "parent")
    return policy.one(rows, pk=row_id)
