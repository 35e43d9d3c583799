"""An installation of its own with the catalogue of a made-up city, filled by COPY, and its search index.

Forty archives keep 1,400 fonds. In each a series lies for every ten years, a file for every year and the items of
that year in it; in one fonds (below a million rows: in all fonds of other archives than the one that is asked)
items lie without files. Ids and words of the items are those of
`_city.made_up`, so that an index which ``search.py --keep`` left of as many rows fits.
"""

from __future__ import annotations

import json
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from _city import SOURCE, made_up

if TYPE_CHECKING:
    from django.db.models import Field

    from lantai.platform.search.types import Document

ARCHIVES, FONDS, FIRST_YEAR, YEARS, DECADES = 40, 1_400, 1949, 70, 7
HERE = 2  # the archives whose people are asked
_GREAT = 1_000_000  # rows
FLAT = 41  # the number of a fonds of that archives whose items lie without files
_UNITS = DECADES + YEARS
_KINDS = {"educated_youth": "educated-youth", "land": "land-contract"}  # where the city's word is another
_TABLE = "catalogue_description"
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n"})
_BLOCK, _TOLD, _COMPARED = 2_000, 10_000, 100


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the table, and what the index is to say of it."""

    id: int
    parent: int | None
    document: Document


def is_flat(rows: int, fonds: int) -> bool:
    """Whether its items lie without files; in a small city only those of the archives that are asked have any."""
    return fonds == FLAT or (rows < _GREAT and 1 + fonds % ARCHIVES != HERE)


def unit_of(rows: int, fonds: int, year: int) -> tuple[int, int]:
    """The ids of a fonds' series and file of that year."""
    first, at = rows + 1 + (fonds - 1) * _UNITS, year - FIRST_YEAR
    return first + at // (YEARS // DECADES), first + DECADES + at


def install(home: Path, rows: int, index: Path | None) -> None:
    """Migrate, fill and index below ``home``, unless that has been done; what was broken off begins again."""
    from lantai.site.postgres import Cluster

    done = home / "filled"
    if home.exists() and not done.exists():
        Cluster(home / "postgres").stop()
        shutil.rmtree(home)
    home.mkdir(parents=True, exist_ok=True)
    home.chmod(0o711)  # started as root, the cluster may run as another user
    for name in [name for name in os.environ if name.startswith("LANTAI_")]:
        del os.environ[name]  # neither somebody's database nor somebody's store
    os.environ.update(
        LANTAI_HOME=str(home), LANTAI_LOG_LEVEL="WARNING", DJANGO_SETTINGS_MODULE="lantai.site.settings"
    )
    from lantai.site import commands

    commands.migrate()
    if not done.exists():
        said = _fill(rows, index)
        done.write_text(said)
    print(done.read_text(), flush=True)


def _fill(rows: int, index: Path | None) -> str:
    began = time.perf_counter()
    _organisations()
    folder = _index_folder(index)
    builder = None if index else _builder(folder)
    restore = _without_indexes()
    written = _copy(_entries(rows), builder)
    copied = time.perf_counter()
    restore()
    indexed = time.perf_counter()
    if builder:
        builder.finish()
    return (
        f"{written:,} rows: COPY{' and search index' if builder else ''} {copied - began:.0f} s, indexes of the"
        f" table {indexed - copied:.0f} s, {_sizes()}"
    )


def _organisations() -> None:
    """Archives and fonds with the numbers that the city's rows have."""
    from django.db import connection

    from lantai.apps.holdings.models import Fonds
    from lantai.platform.orgs.models import Org
    from lantai.platform.orgs.types import OrgKind

    Org.objects.bulk_create(
        Org(id=n, code=f"A{n:02}", name=f"样例档案馆{n}", kind=OrgKind.ARCHIVES, path=f"/{n}/")
        for n in range(1, ARCHIVES + 1)
    )
    Fonds.objects.bulk_create(
        Fonds(id=n, code=f"J{n:04}", name=f"样例全宗{n}", archives_id=1 + n % ARCHIVES)
        for n in range(1, FONDS + 1)
    )
    with connection.cursor() as cursor:
        for table in ("orgs_org", "holdings_fonds"):
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")


def _entries(rows: int) -> Iterator[Entry]:
    """Every unit, then every item."""
    from lantai.platform.search.types import Document

    for fonds in range(1, FONDS + 1):
        for year in range(FIRST_YEAR, FIRST_YEAR + YEARS) if not is_flat(rows, fonds) else ():
            series, file = unit_of(rows, fonds, year)
            unit = Document(
                SOURCE, series, custodian=1 + fonds % ARCHIVES, fonds=fonds, kind="document", year=None,
                classification="public", openness="unreviewed",
            )  # fmt: skip
            if (year - FIRST_YEAR) % (YEARS // DECADES) == 0:
                code, title = f"J{fonds:04}-{year}", f"{year}年至{year + 9}年文书档案"
                yield Entry(series, None, replace(unit, title=title, codes=(code,), level="series"))
            code, title = f"J{fonds:04}-WS·{year}", f"{year}年文书档案"
            above = replace(unit, id=file, title=title, codes=(code,), level="file", year=year)
            yield Entry(file, series, replace(above, parent=series, within=(series,)))
    for made in made_up(rows):
        if made.fonds is not None and made.year is not None:
            yield _item(rows, made, made.fonds, made.year)


def _item(rows: int, made: Document, fonds: int, year: int) -> Entry:
    code = f"J{fonds:04}-WS·{year}·Y-{made.id:08}"  # the city's own come twice where it is great
    kind = _KINDS.get(made.kind, made.kind)
    is_for_all = made.openness == "open" and made.classification == "public" and not _kinds()[kind][1]
    units = () if is_flat(rows, fonds) else tuple(reversed(unit_of(rows, fonds, year)))
    parent = units[0] if units else None
    return Entry(
        made.id,
        parent,
        replace(
            made, codes=(code,), kind=kind, parent=parent, within=units, audience="everybody" if is_for_all else ""
        ),
    )  # fmt: skip


@cache
def _kinds() -> dict[str, tuple[int, bool]]:
    """Number and whether it is about persons, by the kind's word."""
    from lantai.apps.holdings.models import RecordKind

    return {one.slug: (one.pk, one.is_personal) for one in RecordKind.objects.all()}


def _copy(entries: Iterator[Entry], builder: _Builder | None) -> int:
    """All of them into the table by one COPY, and to the index on the way."""
    from django.db import connection

    columns, rest = _columns()
    _kinds()  # while the COPY goes on nothing else can be asked
    written = 0
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no foreign key is looked up a row
        cursor.execute("SET synchronous_commit = off")
        with cursor.copy(f"COPY {_TABLE} ({', '.join(columns)}) FROM STDIN") as copy:
            block: list[str] = []
            for entry in entries:
                block.append("\t".join((*_cells(entry), *(one() for one in rest))))
                if builder:
                    builder.take(entry.document)
                if len(block) == _BLOCK:
                    copy.write("\n".join(block) + "\n")
                    written, block = written + len(block), []
            copy.write("".join(f"{line}\n" for line in block))
            written += len(block)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute(f"SELECT setval(pg_get_serial_sequence('{_TABLE}', 'id'), {written + 1})")
    return written


_GIVEN = (
    "id", "parent_id", "level", "fonds_id", "custodian_id", "kind_id", "reference_code", "title", "author",
    "document_number", "dated_on", "year", "retention", "openness", "classification", "persons", "note",
)  # fmt: skip


def _columns() -> tuple[list[str], list[Callable[[], str]]]:
    """The columns of the table, and what those hold that the city does not tell: the defaults of the model."""
    from django.db import models

    from lantai.apps.catalogue.models import Description

    others = [
        field
        for field in Description._meta.concrete_fields
        if field.column not in _GIVEN and field.db_default is models.NOT_PROVIDED
    ]
    return [*_GIVEN, *(field.column for field in others)], [_default(field) for field in others]


def _default(field: Field) -> Callable[[], str]:
    from django.db import models
    from django.utils import timezone

    if isinstance(field, models.DateTimeField):
        now = timezone.now().isoformat()
        return lambda: now
    if callable(field.default) and field.default not in (dict, list, models.NOT_PROVIDED):
        return lambda: _plain(field.get_default())
    value = _plain(field.get_default())
    return lambda: value


def _plain(value: object) -> str:
    if isinstance(value, dict | list):
        return "{}" if not value else json.dumps(value)
    return "\\N" if value is None else str(value)


def _cells(entry: Entry) -> tuple[str, ...]:
    row = entry.document
    return (
        str(entry.id),
        "\\N" if entry.parent is None else str(entry.parent),
        row.level,
        str(row.fonds),
        str(row.custodian),
        str(_kinds()[row.kind][0]),
        row.codes[0],
        row.title.translate(_ESCAPES),
        row.author,
        row.numbers[0] if row.numbers else "",
        row.dated_on.isoformat() if row.dated_on else "\\N",
        "\\N" if row.year is None else str(row.year),
        row.retention,
        row.openness,
        row.classification,
        "{" + ",".join(row.persons) + "}",
        row.body.translate(_ESCAPES),
    )


def _without_indexes() -> Callable[[], None]:
    """Take the table's indexes away but the one of its key; the function returned makes them again."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE contype = 'u' AND conrelid = %s::regclass",
            [_TABLE],
        )
        constraints = cursor.fetchall()
        for name, _said in constraints:
            cursor.execute(f"ALTER TABLE {_TABLE} DROP CONSTRAINT {name}")
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexname NOT LIKE '%%_pkey'",
            [_TABLE],
        )
        indexes = cursor.fetchall()
        for name, _said in indexes:
            cursor.execute(f"DROP INDEX {name}")

    def restore() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET maintenance_work_mem = '1GB'")
            for name, said in constraints:
                cursor.execute(f"ALTER TABLE {_TABLE} ADD CONSTRAINT {name} {said}")
            for _name, said in indexes:
                cursor.execute(said)
            cursor.execute("VACUUM (ANALYZE)")

    return restore


def _index_folder(index: Path | None) -> Path:
    """Where this installation's search index lies: a folder of its own, or a way to one that was kept."""
    from django.utils import timezone

    from lantai.platform.search import feed, shelf
    from lantai.platform.search.models import IndexState

    now = timezone.now()
    shelf.root().mkdir(parents=True, exist_ok=True)
    version = shelf.new_version(now)
    folder = shelf.root() / version
    if index:
        folder.symlink_to(index.resolve())
    else:
        folder.mkdir()
    IndexState.objects.create(
        node=shelf.node(), engine=shelf.engine_name(), version=version,
        cursor_xid=feed.horizon(), cursor_id=0, built_at=now, followed_at=now,
    )  # fmt: skip
    shelf.make_current(version)
    return folder


class _Builder:
    """Writes the index; keeps some documents, to be compared with what the catalogue itself tells of their rows."""

    def __init__(self, folder: Path) -> None:
        from lantai.platform.search.tantivy_engine import TantivyEngine

        self._engine = TantivyEngine(folder)
        self._held: list[Document] = []
        self._some: list[Document] = []
        self._number = count()

    def take(self, document: Document) -> None:
        """One more."""
        self._held.append(document)
        if len(self._held) == _TOLD:
            self._add()
        number = next(self._number)
        if number & (number - 1) == 0 or number % 100_003 == 0:
            self._some.append(document)

    def _add(self) -> None:
        self._engine.add(self._held)
        self._held = []

    def finish(self) -> None:
        """Commit, and see that it is the index which the catalogue would have made."""
        from lantai.apps.catalogue.queries.indexing import search_documents

        self._add()
        self._engine.commit()
        self._engine.close()
        told = {one.id: one for one in search_documents([one.id for one in self._some])}
        for one in self._some:
            if told[one.id] != one:
                raise SystemExit(f"the catalogue tells {told[one.id]}, not {one}")


def _builder(folder: Path) -> _Builder:
    return _Builder(folder)


def _sizes() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT pg_size_pretty(pg_table_size('{_TABLE}')), pg_size_pretty(pg_indexes_size('{_TABLE}'))"
        )
        table, indexes = cursor.fetchone()
    return f"table {table}, its indexes {indexes}"
