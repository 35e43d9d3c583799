"""Descriptions for those who publish them elsewhere: where each stands, and what it says to whom."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from django.conf import settings
from django.db.models import Q, QuerySet

from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries.own_values import Schemes, as_told, own_values
from lantai.apps.catalogue.queries.reading import OPENED, READ_CONTENT, visible
from lantai.apps.catalogue.types import ContentClosed
from lantai.apps.kinds import queries as kinds
from lantai.kit.errors import Missing
from lantai.kit.metadata.exchange import Record
from lantai.kit.numbering.permanent import number_of, permanent_id
from lantai.kit.packages.catalogue.vocabulary import vocabulary
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx


@dataclass(frozen=True, slots=True)
class Publication:
    """Whose a row is and whether everybody may see it."""

    row_id: int
    permanent: int
    archives_code: str
    fonds_id: int
    kind_id: int
    custodian_id: int
    is_public: bool


def publications(ids: Iterable[int]) -> list[Publication]:
    """How these rows stand now, in one query; rows that are gone give none. For the program, not for a person."""
    fields = ("pk", "permanent", "fonds__archives__code", "fonds_id", "kind_id", "custodian_id", *OPENED)
    rows = Description.objects.filter(pk__in=list(ids)).values_list(*fields)
    said = tuple(OPENED.values())
    return [Publication(*row[:6], is_public=tuple(row[6:]) == said) for row in rows]


def readable(ctx: Ctx, ids: Iterable[int]) -> dict[int, Description]:
    """Those of the rows that the actor may see, ready for ``record_of``; one query."""
    return {row.pk: row for row in _whole(ctx).filter(pk__in=list(ids))}


def record_of(ctx: Ctx, row: Description, address: str, schemes: Schemes | None = None) -> Record:
    """A row for exchange as the actor may know it: persons only where they may read at its custodian.

    With ``schemes``, the same for all rows of an answer, also what the row says beyond its columns.
    """
    told = as_told(ctx, row, schemes)
    return Record(
        level=row.level,
        reference_code=row.reference_code,
        title=row.title,
        author=told.author,
        document_number=told.document_number,
        dated_on=told.dated_on,
        year=row.year,
        retention=row.retention,
        openness=row.openness,
        classification=row.classification,
        persons=tuple(told.persons),
        page_count=told.page_count,
        note=told.note,
        fonds_code=row.fonds.code,
        fonds_name=row.fonds.name,
        archives_name=row.fonds.archives.name,
        archives_code=row.fonds.archives.code,
        identifier=address,
        modified_at=row.updated_at,
        class_code=row.class_code,
        kind_name=row.kind.name,
        parent_code=row.parent.reference_code if row.parent and _may_see(ctx, row.parent) else "",
        own=_own_of(ctx, row, schemes) if schemes is not None else {},
    )


def _own_of(ctx: Ctx, row: Description, schemes: Schemes) -> dict[str, str]:
    """What a row says beyond its columns, by label; numbers of persons masked whatever the row holds.

    Strangers hear what a field of the kind in force says that is not about persons, and nothing that has no field:
    nobody has said of it that it may be told.
    """
    found: dict[str, str] = {}
    is_reader = row.custodian_id in ctx.actor.orgs_with(P.ITEM_READ)
    fields = schemes.of(row).by_name
    for name, value in own_values(ctx, row, schemes).items():
        field = fields.get(name)
        if field is None and not is_reader:
            continue
        text = kinds.shown(field, value) if field else _plain(value)
        if text:
            found[field.label if field else _element_name(name)] = text
    return found


def _plain(value: object) -> str:
    return "；".join(map(str, value)) if isinstance(value, list) else str(value) if value is not None else ""


def _element_name(name: str) -> str:
    element = vocabulary().element(name)
    return element.name if element else name


def _may_see(ctx: Ctx, row: Description) -> bool:
    is_open = all(getattr(row, name) == value for name, value in OPENED.items())
    return is_open or row.custodian_id in ctx.actor.orgs_with(P.ITEM_READ)


def permanent_parts(row: Description) -> tuple[str, str]:
    """Code of the archives and permanent id of a row, as they stand in addresses."""
    return row.fonds.archives.code, permanent_id(row.permanent)


def permanent_path(archives_code: str, number: int) -> str:
    """``/id/A0/8zk4q0m2x7v1h``: where a description is found for good, by its permanent number."""
    return f"/id/{quote(archives_code, safe='')}/{permanent_id(number)}"


def permanent_address(archives_code: str, number: int) -> str:
    """The whole address, as it is cited."""
    return str(settings.LANTAI_PUBLIC_URL) + permanent_path(archives_code, number)


def content_of(ctx: Ctx, row_id: int) -> tuple[int, str]:
    """Package and key of a row whose content the actor may read, in one query; ``ContentClosed``, ``Missing``."""
    return _content(ctx, Q(pk=row_id))


def content_named(ctx: Ctx, permanent: str) -> tuple[int, str]:
    """The same by its permanent id."""
    return _content(ctx, Q(permanent=number_of(permanent)))


def _content(ctx: Ctx, which: Q) -> tuple[int, str]:
    rows = policy.visible(Description.objects.filter(which), READ_CONTENT, ctx.actor)
    found = rows.values_list("package_id", "item_key").first()
    if found is None and visible(ctx).filter(which).exists():
        raise ContentClosed
    if found is None or found[0] is None:
        raise Missing
    return found


def units_below(ctx: Ctx, row: Description | None, fonds_id: int, limit: int) -> list[Description]:
    """The first units right below a row, or at the top of a fonds, that the actor may see, by code."""
    rows = visible(ctx).filter(fonds_id=fonds_id, parent=row).select_related("fonds__archives")
    return list(rows.order_by("reference_code", "pk")[:limit])


def may_read_at(ctx: Ctx) -> frozenset[int]:
    """The organisations all of whose rows the actor may see."""
    return ctx.actor.orgs_with(P.ITEM_READ)


def one(ctx: Ctx, row_id: int) -> Description:
    """One row that the actor may see, ready for ``record_of``, or ``Missing``."""
    return policy.one(_whole(ctx), pk=row_id)


def one_of(ctx: Ctx, permanent: str) -> Description:
    """The same by its permanent id, as it is printed and cited."""
    return policy.one(_whole(ctx), permanent=number_of(permanent))


def _whole(ctx: Ctx) -> QuerySet[Description]:
    return visible(ctx).select_related("fonds__archives", "kind", "custodian", "parent")
