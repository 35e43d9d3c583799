"""Pages of records by datestamp: each costs the same, to the last one, and what was withdrawn shows as deleted."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.db import connection
from django.db.models import Min, Q, QuerySet
from django.db.models.fields.tuple_lookups import Tuple, TupleGreaterThan

from lantai.apps.catalogue.queries import publishing
from lantai.apps.interop.models import Stamp
from lantai.apps.interop.queries import identifiers
from lantai.apps.interop.queries.sets import Names, within
from lantai.apps.interop.types import STAMP_LOCK
from lantai.kit.metadata.exchange import Record
from lantai.kit.oai.protocol import Asked, Code, OaiError
from lantai.kit.oai.writing import Header, Token
from lantai.platform.context import Ctx

# one statement: outside a transaction the lock ends with it, and the clock must be read while it is held
_NOW = """
    WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(%s)) SELECT clock_timestamp() FROM held
"""
_COUNTED_TO = 50_000  # further on counting would cost more than the page


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records a list asks for, and where its next page begins: all that a token holds."""

    prefix: str
    start: datetime | None
    until: datetime  # exclusive; of an open list the time of its first page, so that it ends
    spec: str = ""
    after: tuple[datetime, int] | None = None
    position: int = 0
    total: int | None = None

    def token(self) -> str:
        """As text: nothing in it needs to be kept from whoever holds it, and nothing in it gives rights."""
        after = [self.after[0].isoformat(), self.after[1]] if self.after else None
        start = self.start.isoformat() if self.start else ""
        said = [self.prefix, start, self.until.isoformat(), self.spec, after, self.position, self.total]
        raw = json.dumps(said, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    @classmethod
    def from_token(cls, text: str) -> Wanted:
        """What a token of ours asks for; raises ``OaiError``."""
        try:
            raw = base64.urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
            prefix, start, until, spec, (at, row_id), position, total = json.loads(raw)
            wanted = cls(
                str(prefix),
                _aware(start) if start else None,
                _aware(until),
                str(spec),
                (_aware(at), _number(row_id)),
                _number(position),
                None if total is None else _number(total),
            )
        except (ValueError, TypeError, RecursionError, binascii.Error) as wrong:
            raise OaiError(Code.BAD_TOKEN, "not a token of this repository") from wrong
        return wanted

    @classmethod
    def from_request(cls, asked: Asked, now: datetime) -> Wanted:
        """What a first page asks for."""
        until = min(asked.until, now) if asked.until else now
        return cls(asked.said("metadataPrefix"), asked.start, until, asked.said("set"))


def _aware(text: object) -> datetime:
    at = datetime.fromisoformat(str(text))
    if at.tzinfo is None:
        raise ValueError("a time without its zone")
    return at


def _number(value: object) -> int:
    if not isinstance(value, int) or not 0 <= value < 2**62:
        raise ValueError("no number of ours")
    return value


@dataclass(frozen=True, slots=True)
class Listed:
    """One page: headers, records where they are still to be seen, and the way to the next."""

    entries: tuple[tuple[Header, Record | None], ...]
    token: Token | None


def now() -> datetime:
    """The time of an answer: whatever is stamped later gets a later stamp."""
    with connection.cursor() as cursor:
        cursor.execute(_NOW, [STAMP_LOCK])
        return cursor.fetchone()[0].astimezone(UTC)  # type: ignore[no-any-return]


def audience(ctx: Ctx) -> QuerySet[Stamp]:
    """The records that the actor may ever have seen: open ones, and those of custodians where they read."""
    orgs = sorted(publishing.may_read_at(ctx))
    return Stamp.objects.filter(Q(was_public=True) | Q(holders__overlap=orgs) if orgs else Q(was_public=True))


def earliest(ctx: Ctx) -> datetime | None:
    """The oldest datestamp that the actor may meet."""
    return audience(ctx).aggregate(at=Min("stamped_at"))["at"]


def page(ctx: Ctx, wanted: Wanted, limit: int, *, has_metadata: bool) -> Listed:
    """The page that ``wanted`` begins; raises ``OaiError`` where a first page would be empty."""
    rows = _rows(ctx, wanted)
    found = list(_after(rows, wanted).order_by("stamped_at", "row_id")[: limit + 1])
    if not found and wanted.after is None:
        raise OaiError(Code.NO_RECORDS, "nothing matches")
    shown, is_more = found[:limit], len(found) > limit
    entries = tuple(_entries(ctx, shown, has_metadata=has_metadata))
    if not is_more and wanted.after is None:
        return Listed(entries, None)
    total = wanted.total if wanted.after else _count(rows)
    if not is_more:
        return Listed(entries, Token("", wanted.position, total))
    last = shown[-1]
    following = replace(
        wanted,
        after=(last.stamped_at, last.row_id),
        position=wanted.position + len(shown),
        total=total,
    )
    return Listed(entries, Token(following.token(), wanted.position, total))


def _rows(ctx: Ctx, wanted: Wanted) -> QuerySet[Stamp]:
    rows = audience(ctx).filter(stamped_at__lt=wanted.until)
    if wanted.start is not None:
        rows = rows.filter(stamped_at__gte=wanted.start)
    return rows.filter(within(wanted.spec)) if wanted.spec else rows


def _after(rows: QuerySet[Stamp], wanted: Wanted) -> QuerySet[Stamp]:
    if wanted.after is None:
        return rows
    return rows.filter(behind(*wanted.after))


def behind(at: datetime, row_id: int) -> TupleGreaterThan:
    """Behind a place in the order of the datestamps: one condition, at which a scan of the index begins."""
    return TupleGreaterThan(Tuple("stamped_at", "row_id"), (at, row_id))


def _count(rows: QuerySet[Stamp]) -> int | None:
    count = rows.order_by()[: _COUNTED_TO + 1].count()
    return count if count <= _COUNTED_TO else None


def one(ctx: Ctx, number: int, *, has_metadata: bool) -> tuple[Header, Record | None] | None:
    """One record or its tombstone by its permanent number; None when the actor may not know of it."""
    shown = list(audience(ctx).filter(permanent=number))
    return next(_entries(ctx, shown, has_metadata=has_metadata), None)


def _entries(
    ctx: Ctx, shown: Sequence[Stamp], *, has_metadata: bool
) -> Iterator[tuple[Header, Record | None]]:
    ids = [stamp.row_id for stamp in shown]
    names, rows, schemes = Names.read(ids), publishing.readable(ctx, ids), publishing.Schemes()
    for stamp in shown:
        row = rows.get(stamp.row_id)
        header = Header(
            identifiers.oai_of(stamp.archives_code, stamp.permanent),
            stamp.stamped_at,
            names.of(stamp),
            is_deleted=row is None,
        )
        address = publishing.permanent_address(stamp.archives_code, stamp.permanent)
        yield header, publishing.record_of(ctx, row, address, schemes) if row and has_metadata else None
