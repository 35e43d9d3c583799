"""Lines of objects and of the journal, copied as they are: no line is parsed on this side."""

from __future__ import annotations

import hashlib
import json
import zlib
from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from django.db import connection, transaction

from lantai.apps.custody.services import DESCRIPTION_LINES, PACKAGE_LINES
from lantai.kit.errors import N_, LantaiError, Refusal
from lantai.kit.packages.ocfl.reader import OcflObject, object_folders, open_unchanged
from lantai.site import journal

# UNLOGGED: what a crash of the server takes away is read from the storage root again.
_TABLES = """
CREATE UNLOGGED TABLE IF NOT EXISTS rebuild_line (
    seq bigint GENERATED ALWAYS AS IDENTITY,
    line jsonb NOT NULL,
    t text COLLATE "C" GENERATED ALWAYS AS (line->>'t') STORED
);
ALTER TABLE rebuild_line ALTER line SET STORAGE EXTERNAL;
CREATE UNLOGGED TABLE IF NOT EXISTS rebuild_source (name text PRIMARY KEY);
"""
_COPY = "COPY rebuild_line (line) FROM STDIN"
# OFFSET 0: a long line is taken apart once, not for each number in it
_NUMBERS = """
CREATE TEMPORARY TABLE rebuild_number ON COMMIT DROP AS
SELECT told.kind COLLATE "C" AS t, said.key COLLATE "C" AS key, max(said.value::bigint) AS id, max(told.seq) AS seq
FROM (
    SELECT seq, line->'row'->>'of' AS kind, line->'row'->'ids' AS ids FROM rebuild_line WHERE t = 'again' OFFSET 0
) told, LATERAL jsonb_each_text(told.ids) said GROUP BY 1, 2
"""
_UNTOLD = """
SELECT DISTINCT n.seq FROM rebuild_number n
WHERE NOT EXISTS (SELECT FROM rebuild_line d WHERE d.t = n.t AND (d.line->>'key') COLLATE "C" = n.key)
"""
_PIECE = 1024 * 1024


class LinesChanged(Refusal):
    """A document of an object is not what its inventory says."""

    message = N_("对象“%(object_id)s”的“%(path)s”与清单摘要不一致，没有用于重建。")


@dataclass
class Collected:
    """What a rebuilding found and made."""

    sources: int = 0
    damaged: list[str] = field(default_factory=list)  # objects that could not be read, with the reason
    silent: list[str] = field(default_factory=list)  # objects that tell nothing of themselves
    rows: dict[str, int] = field(default_factory=dict)  # by kind
    left_out: dict[str, int] = field(default_factory=dict)  # rows that name what is nowhere told of


def is_begun() -> bool:
    """Whether an earlier rebuilding was cut off."""
    return "rebuild_source" in connection.introspection.table_names()


def forget() -> None:
    """Drop what was collected."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS rebuild_line, rebuild_source")


def collect(root: Path, say: Callable[[str], None]) -> Collected:
    """Copy every object and every segment that is not copied yet, each in a transaction of its own."""
    with connection.cursor() as cursor:
        cursor.execute(_TABLES)
        cursor.execute("SELECT name FROM rebuild_source")
        done = {row[0] for row in cursor.fetchall()}
    found = Collected()
    for folder in object_folders(root) if root.is_dir() else ():
        name = str(folder.relative_to(root))
        try:
            if name in done or _copy_object(*open_unchanged(folder), name):
                found.sources += 1
            else:
                found.silent.append(name)
        except LantaiError as refusal:
            found.damaged.append(f"{name}: {refusal}")
        if found.sources % 1_000 == 999:
            say(f"{found.sources} objects")
    for segment in journal.segments(root):
        name = f"journal {segment.number} {segment.sha512}"
        if name not in done:
            _copy_segment(segment, name)
        found.sources += 1
    return found


@transaction.atomic
def _copy_object(stored: OcflObject, inventory_sha512: str, name: str) -> bool:
    """Whether the object tells of itself."""
    if stored.located(PACKAGE_LINES) is None:
        return False
    for document in (PACKAGE_LINES, DESCRIPTION_LINES):
        found = stored.located(document)
        if found is not None and _copy(found[0]) != found[1]:
            raise LinesChanged(object_id=stored.object_id, path=document)
    version = {"version": stored.number, "inventory_sha512": inventory_sha512}
    line = {"t": "stored", "key": stored.object_id, "id": None, "row": version}
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO rebuild_line (line) VALUES (%s::jsonb)", [json.dumps(line)])
    _done(name)
    return True


@transaction.atomic
def _copy_segment(segment: journal.Segment, name: str) -> None:
    _copy(segment.path)
    _done(name)


def unfold() -> None:
    """The numbers of rows that objects tell of, as a table; and the rows themselves where no object does after all."""
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS)
        cursor.execute("ANALYZE rebuild_number")
        cursor.execute(_UNTOLD)
        untold = [row[0] for row in cursor.fetchall()]
    for seq in untold:
        copy_deflated(seq, "lines", _COPY)


def copy_deflated(seq: int, name: str, into: str) -> None:
    """The lines that stand deflated in the line ``seq`` under ``name``, copied ``into`` a table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT line->'row'->>%s FROM rebuild_line WHERE seq = %s", [name, seq])
        lines = zlib.decompress(b64decode(cursor.fetchone()[0]))
        with cursor.copy(into) as copy:
            copy.write(_escaped(lines))


def _done(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO rebuild_source (name) VALUES (%s)", [name])


def _copy(path: Path) -> str:
    """COPY the lines of a file; returns its SHA-512."""
    running = hashlib.sha512()
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for piece in _pieces(path):
            running.update(piece)
            copy.write(_escaped(piece))
    return running.hexdigest()


def _escaped(text: bytes) -> bytes:
    return text.replace(b"\\", b"\\\\")


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as stream:
        while piece := stream.read(_PIECE):
            yield piece
