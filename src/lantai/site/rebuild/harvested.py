"""What harvesters were told, from the lines of the journal (site.harvested) to datestamps again."""

from __future__ import annotations

from django.db import connection

from lantai.site.harvested import KIND
from lantai.site.rebuild import collecting

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
        told = [row[0] for row in cursor.fetchall()]
    for seq in told:
        collecting.copy_deflated(seq, "stamps", "COPY rebuild_told (line) FROM STDIN")
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST)


def enter() -> int:
    """Make them rows again, below descriptions that are there by now; how many.

    What stands again is stamped anew as every row is, and keeps that it was open, and with whom. What does not
    is told as deleted, at the time at which it was.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ENTER)
        return int(cursor.rowcount)
