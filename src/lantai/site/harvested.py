"""What harvesters were told that the rows themselves do not tell: which records are no more, or no more for them.

A datestamp (interop.Stamp) is made anew from its row, but for what the row has forgotten: that it was withdrawn, was
open once, or was with another custodian. The journal keeps these. Without them a harvester would show for ever what
was taken back long ago.
"""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from django.db import connection
from django.db.models import Q

from lantai.apps.holdings import queries as holdings
from lantai.apps.interop import services as interop
from lantai.apps.interop.models import Stamp
from lantai.apps.interop.queries import listing
from lantai.platform import rows
from lantai.platform.orgs.models import Org

KIND = "harvested"
_AT_ONCE = 1_000  # stamps of one line
_ROUNDS = 50
_FORGOTTEN = Q(custodian_id=None) | Q(was_public=True, is_public=False) | Q(holders__len__gt=1)
_FIELDS = (
    "row_id", "permanent", "stamped_at", "archives_code", "fonds_id", "kind_id", "custodian_id", "holders",
    "was_public",
)  # fmt: skip
Line = dict[str, object]


def until_now() -> datetime:
    """A moment before which every datestamp is given for what has happened by now; later ones are later."""
    for _round in range(_ROUNDS):  # a first walk over all rows takes longer, and tells of itself afterwards
        if not interop.follow():
            break
    return listing.now()


def lines(since: datetime | None, until: datetime, at: datetime) -> Iterator[Line]:
    """The datestamps after ``since`` that could not be made again, deflated, many in a line."""
    found = Stamp.objects.filter(_FORGOTTEN, stamped_at__lte=until).order_by("stamped_at", "row_id")
    if since is not None:
        found = found.filter(stamped_at__gt=since)
    todo = _told(found.values_list(*_FIELDS).iterator(chunk_size=2_000))
    while chunk := list(islice(todo, _AT_ONCE)):
        packed = b64encode(zlib.compress(b"".join(rows.as_text(chunk)))).decode()
        key = str(chunk[0]["permanent"])
        yield {"t": KIND, "at": at.isoformat(), "key": key, "id": None, "row": {"stamps": packed}}


def _told(found: Iterable[tuple[object, ...]]) -> Iterator[Line]:
    """Each with the codes of what it names, as numbers of rows are not kept by all of them."""
    fonds: dict[object, str] = {one.pk: rows.key_of(one) for one in holdings.all_fonds()}
    kinds: dict[object, str] = {one.pk: one.slug for one in holdings.kinds()}
    orgs: dict[object, str] = dict(Org.objects.values_list("pk", "code"))
    for values in found:
        said = dict(zip(_FIELDS, values, strict=True))
        holders: Iterable[object] = said.pop("holders")  # type: ignore[assignment]
        yield {
            **said,
            "fonds_id": fonds.get(said["fonds_id"]),
            "kind_id": kinds.get(said["kind_id"]),
            "custodian_id": orgs.get(said["custodian_id"]),
            "holders": [orgs[pk] for pk in holders if pk in orgs],
        }


_TABLE = """
CREATE TEMPORARY TABLE rebuild_told (line jsonb) ON COMMIT DROP;
CREATE TEMPORARY TABLE rebuild_stamp (
    row_id bigint, permanent bigint, stamped_at timestamptz, archives_code text, fonds_id text, kind_id text,
    custodian_id text, holders text[], was_public boolean
) ON COMMIT DROP
"""
_NEWEST = """
INSERT INTO rebuild_stamp SELECT DISTINCT ON (s.permanent) s.* FROM rebuild_told t,
    jsonb_populate_record(NULL::rebuild_stamp, t.line) s
ORDER BY s.permanent, s.stamped_at DESC;
ANALYZE rebuild_stamp
"""
# A number of a row that stands for another one by now, as after a database was set back, is given to neither.
_ENTER = """
INSERT INTO interop_stamp (row_id, permanent, stamped_at, archives_code, fonds_id, kind_id, custodian_id, holders,
                           is_public, was_public)
SELECT CASE WHEN d.id IS NOT NULL THEN d.id WHEN s.turn = 1 AND other.id IS NULL THEN s.row_id
            ELSE nextval(pg_get_serial_sequence('catalogue_description', 'id')) END,
       s.permanent,
       CASE WHEN s.custodian_id IS NULL OR d.id IS NOT NULL THEN s.stamped_at ELSE clock_timestamp() END,
       s.archives_code, coalesce(f.id, 0), coalesce(k.id, 0), d.custodian_id,
       ARRAY(SELECT o.id FROM unnest(s.holders) WITH ORDINALITY h (code, n) JOIN orgs_org o USING (code) ORDER BY n),
       false, s.was_public
FROM (SELECT *, row_number() OVER (PARTITION BY row_id ORDER BY stamped_at DESC) AS turn FROM rebuild_stamp) s
LEFT JOIN catalogue_description d ON d.permanent = s.permanent
LEFT JOIN catalogue_description other ON other.id = s.row_id
LEFT JOIN (holdings_fonds f JOIN orgs_org a ON a.id = f.archives_id)
       ON a.code || E'\\t' || f.code = s.fonds_id
LEFT JOIN holdings_recordkind k ON k.slug = s.kind_id
"""


def unfold() -> None:
    """The datestamps that the collected lines tell of, as a table of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLE)
        cursor.execute("SELECT seq FROM rebuild_line WHERE t = %s ORDER BY seq", [KIND])
        for (seq,) in cursor.fetchall():
            cursor.execute("SELECT line->'row'->>'stamps' FROM rebuild_line WHERE seq = %s", [seq])
            told = zlib.decompress(b64decode(cursor.fetchone()[0]))
            with cursor.copy("COPY rebuild_told (line) FROM STDIN") as copy:
                copy.write(told.replace(b"\\", b"\\\\"))
        cursor.execute(_NEWEST)


def enter() -> int:
    """Make them rows again, below descriptions that are there by now; how many.

    What stands again is stamped anew as every row is, and keeps that it was open, and with whom. What does not
    is told as deleted, at the time at which it was.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ENTER)
        return int(cursor.rowcount)
