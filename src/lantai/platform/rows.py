"""Rows as lines of JSON that outlive their database: foreign keys become natural keys.

A model whose rows are kept so has ``natural_key``; a reference to one that has none is left out. The columns
keep their names, so that a line becomes a row again by one statement over thousands of lines.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import cache

from django.db import models

_BETWEEN = "\t"  # no code, path or name that we take holds one


def key_of(row: models.Model) -> str:
    """The natural key of a row as one text."""
    natural = row.natural_key()  # type: ignore[attr-defined]
    return _BETWEEN.join(str(part) for part in natural)


def line_of(row: models.Model, *, at: datetime, is_numbered: bool = True) -> dict[str, object]:
    """A row as it is at a moment; ``is_numbered`` keeps its id, which a row not yet entered does not have."""
    return {
        "t": row._meta.label_lower,
        "at": at.isoformat(),
        "key": key_of(row),
        "id": row.pk if is_numbered else None,
        "row": columns_of(row),
    }


def columns_of(row: models.Model) -> dict[str, object]:
    """Column → value, references by natural key; without the id."""
    return {field.column: _value(row, field) for field in _kept(type(row))}


def lines_of(rows: models.QuerySet[models.Model], *, at: datetime) -> Iterator[dict[str, object]]:
    """Every row of a set, a few thousand in memory at a time."""
    for row in rows.iterator(chunk_size=2_000):
        yield line_of(row, at=at)


def as_text(lines: Iterable[Mapping[str, object]]) -> Iterator[bytes]:
    """One line of JSON each."""
    for line in lines:
        yield json.dumps(line, ensure_ascii=False, default=_plain).encode() + b"\n"


@cache
def _kept(model: type[models.Model]) -> tuple[models.Field, ...]:
    """The columns of a kept row: not its id, and no reference to what is not kept."""
    found = (field for field in model._meta.concrete_fields if not field.primary_key)
    return tuple(field for field in found if not field.is_relation or _is_kept(field.related_model))


def _is_kept(model: object) -> bool:
    """Whether it says itself what tells it from all others; accounts inherit that, and are not kept."""
    return "natural_key" in vars(model)


def columns(model: type[models.Model]) -> list[str]:
    """The columns that are kept, but for the id."""
    return [field.column for field in _kept(model)]


def references(model: type[models.Model]) -> dict[str, str]:
    """Column → the kind of row that it names, of the references that are kept."""
    return {
        field.column: field.related_model._meta.label_lower  # type: ignore[union-attr]
        for field in _kept(model)
        if field.is_relation
    }


def defaults(model: type[models.Model]) -> dict[str, object]:
    """What a column is that a line of an older program does not have, where the database does not know better."""
    found = (
        field for field in model._meta.concrete_fields if not field.primary_key and not field.is_relation
    )
    return {
        field.column: field.get_default() for field in found if not (field.null or field.has_db_default())
    }


def _value(row: models.Model, field: models.Field) -> object:
    if not field.is_relation:
        return getattr(row, field.attname)
    named = getattr(row, field.name)
    return None if named is None else key_of(named)


def _plain(value: object) -> object:
    match value:
        case date():
            return value.isoformat()
        case bytes() | memoryview():
            return "\\x" + bytes(value).hex()
    raise TypeError(type(value))
