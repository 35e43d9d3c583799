"""Descriptions as the search index takes them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.queries.linking import Linked, found_by
from lantai.apps.catalogue.queries.own_values import OF_KEEPING
from lantai.apps.catalogue.queries.reading import is_opened
from lantai.apps.catalogue.queries.wording import value_of
from lantai.apps.catalogue.topics import topics_of
from lantai.apps.custody import queries as custody
from lantai.apps.kinds import queries as kinds
from lantai.apps.kinds.types import KindField
from lantai.apps.texts import queries as by_page
from lantai.platform.search.types import Document

SOURCE = "catalogue"
EVERYBODY = "everybody"
_DEEPEST = 8  # more levels than DA/T 18 has
_BETWEEN = re.compile("[;；,，、\n]")


def search_documents(ids: Sequence[int]) -> Iterator[Document]:
    """Documents for these rows with the text of their files; rows that are gone give none."""
    rows = list(
        Description.objects.filter(pk__in=list(ids), merged_into=None)
        .select_related("kind", "fonds")
        .prefetch_related("former_codes")
    )
    keys = [(row.package_id, row.item_key) for row in rows if row.package_id]
    texts, formats = by_page.texts_of(keys), custody.formats_of(keys)
    linked, topics = found_by([row.pk for row in rows]), topics_of(rows)
    within, searched = _units_above(rows), kinds.searched_fields()
    for row in rows:
        key = (row.package_id or 0, row.item_key)
        document = _document(row, texts.get(key, ""), formats.get(key, frozenset()))
        document = replace(document, within=within.get(row.pk, ()))
        document = _with_own(document, searched.of(row.kind_id, row.fonds.archives_id), row)
        yield _with(document, linked.get(row.pk), topics.get(row.pk, ()))


def audience_of(row: Description) -> str:
    """`EVERYBODY` where the row may be found beside its custodian.

    Opened records about persons are left to their custodian: a search by name would tell a stranger
    what the page of the record does not.
    """
    return EVERYBODY if is_opened(row) and not row.kind.is_personal else ""


def _units_above(rows: Sequence[Description]) -> dict[int, tuple[int, ...]]:
    """The units that each row lies in, the nearest first; a query for each level of the tree."""
    above = {row.pk: row.parent_id for row in rows if row.parent_id}
    wanted = set(above.values()) - above.keys()
    for _level in range(_DEEPEST):
        if not wanted:
            break
        found = dict(Description.objects.filter(pk__in=wanted).values_list("pk", "parent_id"))
        above |= {pk: parent for pk, parent in found.items() if parent}
        wanted = {parent for parent in found.values() if parent} - above.keys()
    return {row.pk: tuple(_way_up(row.parent_id, above)) for row in rows if row.parent_id}


def _way_up(unit: int | None, above: dict[int, int]) -> Iterator[int]:
    for _level in range(_DEEPEST):
        if unit is None:
            return
        yield unit
        unit = above.get(unit)


def _with_own(document: Document, fields: tuple[KindField, ...], row: Description) -> Document:
    """The document with what the kind's own fields say; persons' numbers are not among them.

    What is about persons, in a column or beside them, makes the row one about persons: found by its custodian alone.
    Where the originals stand is told to few and so found by nobody.
    """
    fields = tuple(field for field in fields if field.name not in OF_KEEPING)
    persons, texts = kinds.searched_values(fields, row.metadata) if row.metadata else ((), ())
    is_private = any(field.is_private and value_of(row, field) for field in fields)
    if not persons and not texts and not is_private:
        return document
    return replace(
        document,
        body="\n".join(filter(None, (document.body, *texts))),
        persons=tuple(dict.fromkeys((*document.persons, *persons))),
        audience="" if is_private else document.audience,
    )


def _with(document: Document, linked: Linked | None, topics: tuple[str, ...]) -> Document:
    """The document with what the authorities and topics of its row add."""
    if linked is None and not topics:
        return document
    linked = linked or Linked()
    return replace(
        document,
        body="\n".join(filter(None, (document.body, *linked.others))),
        persons=(*document.persons, *linked.persons),
        place=tuple(dict.fromkeys((*document.place, *linked.places))),
        topic=tuple(dict.fromkeys((*document.topic, *linked.topics, *topics))),
    )


def ids_after(last: int, limit: int) -> list[int]:
    """The next ids after ``last``, for building an index anew."""
    return list(Description.objects.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:limit])


def _document(row: Description, text: str, formats: frozenset[str]) -> Document:
    return Document(
        source=SOURCE,
        id=row.pk,
        title=row.title,
        body="\n".join(part for part in (row.note, text) if part),
        author=row.author,
        codes=tuple(
            dict.fromkeys(filter(None, (row.reference_code, *(one.code for one in row.former_codes.all()))))
        ),
        numbers=(row.document_number,) if row.document_number else (),
        persons=tuple(row.persons),
        custodian=row.custodian_id,
        fonds=row.fonds_id,
        year=row.year,
        kind=row.kind.slug,
        level=row.level,
        retention=row.retention,
        openness=row.openness,
        classification=row.classification,
        parent=row.parent_id,
        audience=audience_of(row),
        format=tuple(sorted(formats)),
        place=_listed(row.metadata, "place"),
        topic=_listed(row.metadata, "descriptor", "keyword"),
        dated_on=row.dated_on,
    )


def _listed(metadata: dict[str, object], *elements: str) -> tuple[str, ...]:
    """The values of elements that hold one, several, or several in one text."""
    found: dict[str, None] = {}
    for element in elements:
        value = metadata.get(element)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, str):
                found |= dict.fromkeys(part.strip() for part in _BETWEEN.split(one) if part.strip())
    return tuple(found)
