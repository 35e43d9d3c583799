"""How fast do rows enter the catalogue, against a raw COPY of the same rows into the same table without indexes?

    python benchmarks/catalogue.py [--quick] [--rows N] [--chunk N]

Made-up rows of a city (names by the frequency of real surnames; every person, title and number in them is made up),
a tenth of a per cent of them files with items below, are entered in acts of ``--chunk`` rows:

- *ours*: ``catalogue.services.enter``: rows checked (codes free, units above found, rights), all indexes and
  constraints of the table, the change feed of search, one ledger line an act;
- *floor*: the same rows, turned into text by the same code, by COPY into a table with the same columns and nothing
  else: no index, no constraint, no check, no feed.

Making the rows up is not counted. ``ratio`` is ours over the floor, in rows a second: 0.35 means that everything a
catalogue does with a row takes less than twice as long as writing it. Then all indexes are built on the floor's
table at one go, which tells what they would cost alone. Memory is the largest this program ever had; the size is
what table and indexes take on disk.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

if TYPE_CHECKING:
    from lantai.apps.catalogue.types import NewRow
    from lantai.platform.context import Ctx

SIZE, QUICK_SIZE, CHUNK = 200_000, 20_000, 100_000
FONDS, ITEMS_IN_FILE = 100, 1_000
FLOOR = "catalogue_floor"


def main() -> None:
    """Make, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_SIZE} rows instead of {SIZE}")
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--chunk", type=int, default=CHUNK, help="rows entered as one act")
    arguments = parser.parse_args()
    rows = arguments.rows or (QUICK_SIZE if arguments.quick else SIZE)
    with tempfile.TemporaryDirectory(prefix="lantai-bench-") as home:
        Path(home).chmod(0o711)
        os.environ["LANTAI_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "lantai.site.settings"
        from lantai.site import commands

        commands.migrate()
        try:
            _run(rows, arguments.chunk)
        finally:
            from django.db import connections

            connections.close_all()
            commands.down(arguments)


class Spent:
    """Seconds by the clock, and of processors: this program's and its database process's."""

    def __init__(self) -> None:
        self.wall_s = self.python_s = self.database_s = 0.0

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Add what passes inside."""
        wall, python, database = time.perf_counter(), time.process_time(), _database_s()
        yield
        self.wall_s += time.perf_counter() - wall
        self.python_s += time.process_time() - python
        self.database_s += _database_s() - database

    @property
    def cpu_s(self) -> float:
        """Of both together."""
        return self.python_s + self.database_s

    def __str__(self) -> str:
        return f"CPU: Python {self.python_s:.2f} s, PostgreSQL {self.database_s:.2f} s"


def _database_s() -> float:
    """What the process that serves this connection has used, by Linux."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _run(wanted: int, size: int) -> None:
    from lantai.apps.catalogue import services as catalogue

    todo, entered = _rows(wanted), 0
    ours, floor = Spent(), Spent()
    _make_floor()
    while chunk := list(islice(todo, size)):
        began = time.perf_counter()
        with ours.counted():
            entered += catalogue.enter(_cataloguer(chunk[0].custodian_id), rows=chunk)
        with floor.counted():
            _copy(chunk, entered)
        print(
            f"{entered:>10} rows  {len(chunk) / (time.perf_counter() - began):8.0f} rows/s with both",
            flush=True,
        )
    ours_s, floor_s = ours.wall_s, floor.wall_s
    indexes_s = _build_indexes()
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    ratio = floor_s / ours_s
    print(f"{platform.machine()}, {os.cpu_count()} processors, {entered} rows, {datetime.now(UTC):%F}")
    print(f"ours   {ours_s:9.2f} s {entered / ours_s:10.0f} rows/s   ratio {ratio:.2f}   {ours}")
    print(f"floor  {floor_s:9.2f} s {entered / floor_s:10.0f} rows/s                {floor}")
    print(f"all indexes at one go on the floor's table {indexes_s:9.2f} s; on disk {_sizes()}")
    print(f"peak memory of the program {peak_mb:.0f} MB")
    for figure, line in {
        "import_rows_per_s": {"ours": round(entered / ours_s, 1), "floor": round(entered / floor_s, 1),
                              "ratio": round(ratio, 3), "unit": "rows/s"},
        "import_cpu_s": {"ours": round(ours.cpu_s, 2), "floor": round(floor.cpu_s, 2),
                         "ratio": round(floor.cpu_s / ours.cpu_s, 3), "unit": "s"},
        "index_build_s": {"ours": round(indexes_s, 2), "unit": "s"},
        "peak_memory_mb": {"ours": round(peak_mb, 1), "unit": "MB"},
    }.items():  # fmt: skip
        print(json.dumps({"benchmark": "catalogue", "figure": figure, **line, "size": entered}))


def _cataloguer(archives_id: int) -> Ctx:
    """Who may describe there, as the pages would make it of a user with that role."""
    from lantai.apps.catalogue.permissions import P
    from lantai.platform.context import Actor, Channel, system_ctx

    here = frozenset({archives_id})
    actor = Actor(id=None, name="样例著录员", org_ids=here, grants={P.ITEM_DESCRIBE: here})
    return replace(system_ctx(Channel.COMMAND), actor=actor)


def _rows(wanted: int) -> Iterator[NewRow]:
    """Rows of a city in fonds of one archives; each file comes before its items."""
    from _city import made_up

    from lantai.apps.catalogue.types import Level, NewRow
    from lantai.apps.holdings import queries as holdings
    from lantai.apps.holdings.models import Fonds
    from lantai.platform.context import Channel, system_ctx
    from lantai.platform.orgs import services as orgs
    from lantai.platform.orgs.types import OrgKind

    ctx = system_ctx(Channel.COMMAND)
    archives = orgs.found_org(ctx, code="A0", name="样例档案馆", kind=OrgKind.ARCHIVES)
    fonds = [Fonds(code=f"J{n:03}", name=f"样例全宗{n}", archives=archives) for n in range(1, FONDS + 1)]
    ids = [row.pk for row in Fonds.objects.bulk_create(fonds)]
    kind_id = holdings.kind("document").pk
    for number, made in enumerate(made_up(wanted)):
        at, within = divmod(number, ITEMS_IN_FILE)
        code = f"J{at % FONDS + 1:03}-WS·D30-{at // FONDS + 1:04}"
        yield NewRow(
            level=Level.ITEM if within else Level.FILE,
            fonds_id=ids[at % FONDS],
            custodian_id=archives.pk,
            kind_id=kind_id,
            reference_code=f"{code}-{within:04}" if within else code,
            parent_code=code if within else "",
            title=made.title,
            author=made.author,
            document_number=made.numbers[0],
            dated_on=made.dated_on,
            year=made.year,
            retention=made.retention,
            openness=made.openness if within else "unreviewed",  # openness is said of items
            classification=made.classification,
            persons=made.persons,
            page_count=number % 40 + 1,
            note=made.body,
        )


def _make_floor() -> None:
    """A table with the columns of the catalogue and nothing else."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {FLOOR} (LIKE catalogue_description)")
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_nullable = 'NO'",
            [FLOOR],
        )
        for (column,) in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {FLOOR} ALTER COLUMN {column} DROP NOT NULL")


def _copy(chunk: list[NewRow], last: int) -> None:
    """The rows by COPY, with the commit; the last of them is row number ``last``."""
    from django.db import connection, transaction

    from lantai.apps.catalogue.services import entering

    ids = count(last - len(chunk) + 1)
    with transaction.atomic(), connection.cursor() as cursor:
        columns = ", ".join(entering._COPIED)
        with cursor.copy(f"COPY {FLOOR} ({columns}, item_key) FROM STDIN") as copy:
            for block in entering._blocks(chunk, ids):
                copy.write(block)


def _build_indexes() -> float:
    """Seconds for every index of the catalogue on the floor's table."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'catalogue_description'")
        found = cursor.fetchall()
        began = time.perf_counter()
        for name, said in found:
            said = said.replace(name, f"f_{name}"[:60]).replace("catalogue_description ", f"{FLOOR} ")
            cursor.execute(said)
        return time.perf_counter() - began


def _sizes() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_size_pretty(pg_table_size(t)), pg_size_pretty(pg_indexes_size(t)) FROM"
                       " (SELECT 'catalogue_description'::regclass AS t) s")  # fmt: skip
        table, indexes = cursor.fetchone()
    return f"{table} and indexes {indexes}"


if __name__ == "__main__":
    main()
