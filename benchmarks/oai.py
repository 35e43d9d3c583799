"""What does a page of OAI-PMH cost, from the first to the last?

    python benchmarks/oai.py [--quick] [--rows N]

A made-up archives with N described rows, nine in ten of them open, gets its datestamps by the product's own following
of changes, in an embedded database of the benchmark's own. Then a stranger walks all of it, by ``ListRecords`` in
oai_dc (100 records a page) and by ``ListIdentifiers`` within a set (500 headers a page), each page through the whole
web stack of one process.

``ratio`` is the median page of the last tenth over that of the first tenth: constant pages give 1; ``cpu_ratio`` is the
same of this process's time on a processor, which others at work on the machine do not disturb. Of the first and of
the last page of each walk the plan of its query is shown: how many rows of the index PostgreSQL looked at.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "src")]

SIZE, QUICK_SIZE = 100_000, 10_000
_ROWS = """
INSERT INTO catalogue_description (level, fonds_id, custodian_id, kind_id, reference_code, title, author,
    document_number, retention, class_code, classification, openness, persons, note, metadata, item_key, inherits,
    revision, created_at, updated_at)
SELECT 'item', %s, %s, %s, 'J109-WS·2003-D30-' || lpad(n::text, 7, '0'),
    '关于样例事项第' || n || '号的通知', '样例办公室', '', 'D30', '', 'public',
    CASE WHEN n %% 10 = 0 THEN 'controlled' ELSE 'open' END, '{}', '', '{}', '', '{}',
    1, now(), now()
FROM generate_series(1, %s) n
"""
Page = tuple[float, float, int, dict[str, str]]


def main() -> None:
    """Make, walk and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_SIZE} rows instead of {SIZE}")
    parser.add_argument("--rows", type=int, default=0)
    arguments = parser.parse_args()
    rows = arguments.rows or (QUICK_SIZE if arguments.quick else SIZE)
    with tempfile.TemporaryDirectory(prefix="lantai-bench-") as home:
        Path(home).chmod(0o711)
        os.environ["LANTAI_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "lantai.site.settings"
        from lantai.site import commands

        commands.migrate()
        try:
            _run(rows)
        finally:
            from django.db import connections

            connections.close_all()
            commands.down(arguments)


def _run(rows: int) -> None:
    began = time.perf_counter()
    spec = _make(rows)
    print(f"{platform.machine()}, {os.cpu_count()} processors, {rows} rows, {datetime.now(UTC):%F},"
          f" made and stamped in {time.perf_counter() - began:.0f} s")  # fmt: skip
    walks: tuple[tuple[str, dict[str, str]], ...] = (
        ("records", {"verb": "ListRecords", "metadataPrefix": "oai_dc"}),
        ("headers_of_a_set", {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc", "set": spec}),
    )
    lines = []
    for name, asked in walks:
        pages = list(_walk(asked))
        expected = rows - rows // 10
        if sum(page[2] for page in pages) != expected:
            raise SystemExit("the walk did not bring every open record once")
        tenth = max(len(pages[:-1]) // 10, 1)
        ends = (pages[1 : tenth + 1], pages[-tenth - 1 : -1])
        first, last = (1000 * statistics.median(page[0] for page in some) for some in ends)
        cpu_first, cpu_last = (1000 * statistics.median(page[1] for page in some) for some in ends)
        for place, given in (("first", pages[0][3]), ("last", pages[-2][3])):
            print(f"{name:18} {place:6} page: {_plan(given)}")
        print(
            f"{name:18} {len(pages)} pages, median {first:.1f} ms at the beginning, {last:.1f} ms at the end"
        )
        lines.append({"benchmark": "oai", "figure": f"{name}_page_ms", "ours": round(last, 2), "floor": round(first, 2),
                      "ratio": round(last / first, 2), "cpu_ratio": round(cpu_last / cpu_first, 2), "unit": "ms",
                      "size": rows})  # fmt: skip
    for line in lines:
        print(json.dumps(line))


def _make(rows: int) -> str:
    """The rows with their datestamps; returns the set of their fonds."""
    from django.db import connection

    from lantai.apps.holdings import queries as holdings
    from lantai.apps.holdings.models import Fonds
    from lantai.apps.interop.services import follow
    from lantai.platform.context import Channel, system_ctx
    from lantai.platform.orgs import services as orgs
    from lantai.platform.orgs.types import OrgKind

    ctx = system_ctx(Channel.COMMAND)
    archives = orgs.found_org(ctx, code="A0", name="样例档案馆", kind=OrgKind.ARCHIVES)
    fonds = Fonds.objects.create(code="J109", name="样例全宗", archives=archives)
    with connection.cursor() as cursor:
        cursor.execute(_ROWS, [fonds.pk, archives.pk, holdings.kind("document").pk, rows])
        cursor.execute("ANALYZE catalogue_description")
    while follow():
        pass
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE interop_stamp")
    return "fonds:A0:J109"


def _walk(asked: dict[str, str]) -> Iterator[Page]:
    """Every page, with what was asked for it."""
    from django.test import Client
    from lxml import etree

    client, given = Client(SERVER_NAME="127.0.0.1"), asked
    space = "{http://www.openarchives.org/OAI/2.0/}"
    while given:
        began, worked = time.perf_counter(), time.process_time()
        answer = client.get("/oai", given)
        seconds, worked = time.perf_counter() - began, time.process_time() - worked
        found = etree.fromstring(answer.content)
        yield seconds, worked, len(found.findall(f".//{space}header")), given
        token = found.findtext(f"*/{space}resumptionToken")
        given = {"verb": asked["verb"], "resumptionToken": token} if token else {}


def _plan(given: dict[str, str]) -> str:
    """By which index the stamps of this page were found, and how many of them were looked at in vain."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        Client(SERVER_NAME="127.0.0.1").get("/oai", given)
    ordered = [one["sql"] for one in asked if 'ORDER BY "interop_stamp"."stamped_at"' in one["sql"]]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {ordered[0]}")
        (said,) = cursor.fetchone()
    top = (json.loads(said) if isinstance(said, str) else said)[0]["Plan"]
    scan = top
    while "Plans" in scan:
        scan = scan["Plans"][0]
    blocks = top["Shared Hit Blocks"] + top["Shared Read Blocks"]
    return (
        f"{scan['Node Type']} {scan.get('Index Name', '')}, {scan['Actual Rows']:.0f} rows taken,"
        f" {scan.get('Rows Removed by Filter', 0)} looked at in vain, {blocks} blocks"
    )


if __name__ == "__main__":
    main()
