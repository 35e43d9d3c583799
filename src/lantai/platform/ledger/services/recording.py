"""Writing entries: two inserts in the caller's transaction, nothing else."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from django.db import connection, transaction
from psycopg.types.json import Jsonb

from lantai.kit.digests import sm3
from lantai.kit.evidence.canonical import Json, canonical
from lantai.platform.context import Ctx
from lantai.platform.ledger.models import Entry, Pending
from lantai.platform.ledger.types import Line

BATCH = 5_000
_COLUMNS = [f.column for f in Entry._meta.concrete_fields]


def record(
    ctx: Ctx,
    act: str,
    *,
    object_type: str,
    object_id: object,
    object_name: str = "",
    detail: Mapping[str, Json] | None = None,
) -> Entry:
    """Write that ``ctx`` did ``act`` (``app:object:past``) to one object, in the caller's transaction.

    ``detail`` holds no personal data and no fractions or dates (raises NotCanonical).
    """
    entry = _entry(ctx, act, Line(object_type, object_id, object_name, detail or {}))
    with transaction.atomic(savepoint=False):
        entry.save(force_insert=True)
        Pending.objects.create(entry_id=entry.id)
    return entry


def record_many(ctx: Ctx, act: str, lines: Iterable[Line]) -> int:
    """Write one entry a line by COPY, for acts on thousands of objects; returns how many."""
    todo = iter(lines)
    written = 0
    with transaction.atomic(savepoint=False):
        while batch := [_entry(ctx, act, line) for line in islice(todo, BATCH)]:
            _copy(batch)
            written += len(batch)
    return written


def _entry(ctx: Ctx, act: str, line: Line) -> Entry:
    entry = Entry(
        at=ctx.now,
        actor_id=ctx.actor.id,
        actor_name=_storable(ctx.actor.name),
        org_id=ctx.org_id,
        org_name=_storable(ctx.org_name),
        channel=str(ctx.channel),
        request_id=ctx.request_id,
        act=str(act),
        object_type=str(line.object_type),
        object_id=_storable(str(line.object_id)),
        object_name=_storable(str(line.object_name)),
        detail=_plain(line.detail),
        nonce=secrets.token_hex(16),
    )
    form = canonical(entry.form)
    entry.sha256, entry.sm3 = hashlib.sha256(form).hexdigest(), sm3(form).hex()
    return entry


def _storable(text: str) -> str:
    """Names of files may hold NUL or undecodable bytes, which neither PostgreSQL nor UTF-8 takes."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def _plain(value: object) -> object:
    """The value with every text storable; what JSON cannot hold exactly is refused by the canonical form."""
    match value:
        case str():
            return _storable(value)
        case Mapping():
            return {_storable(str(name)): _plain(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_plain(inner) for inner in value]
    return value


def _copy(entries: list[Entry]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('ledger_entry', 'id')) FROM generate_series(1, %s)",
            [len(entries)],
        )
        for entry, (number,) in zip(entries, cursor.fetchall(), strict=True):
            entry.id = number
        with cursor.copy(f"COPY ledger_entry ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
            for entry in entries:
                copy.write_row(list(_values(entry)))
        with cursor.copy("COPY ledger_pending (entry_id) FROM STDIN") as copy:
            for entry in entries:
                copy.write_row((entry.id,))


def _values(entry: Entry) -> Iterator[object]:
    for field in Entry._meta.concrete_fields:
        value = getattr(entry, field.attname)
        yield Jsonb(value) if field.column == "detail" else value
