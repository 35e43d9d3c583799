"""How long does the server work at each page of the catalogue, in the catalogue of a whole city?

    python benchmarks/pages.py [--quick] [--rows N] [--keep FOLDER] [--index FOLDER] [--repeat N]

A database of its own is filled by COPY with made-up rows (archives, fonds, series, files, items; names by the
frequency of real surnames), with their search index; filling is not what is measured. Then a cataloguer of one of
forty archives opens each page through everything that a request goes through: session, permission, database,
search, template. Each page is opened once to warm up, then at ``--repeat`` addresses (another name, another
record …), each time as after a change of the catalogue: no total and no facet is known from before.

*cpu* is processor time of one answer in milliseconds: of the program with its threads, and of all processes of
PostgreSQL; it also holds on a machine that does other work. *wall* is by the clock. *cold* is the very first opening.
A page is too slow when its cpu is over 400 ms. *queries* are the questions to the database.

With ``--keep`` the database stays for a later run. ``--index`` takes an index that ``search.py --keep`` left for
the same number of rows: then nothing is indexed, but that index knows no files: hits in the tree of a fonds are
counted less.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from statistics import median
from typing import TYPE_CHECKING
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from _city import AGENCIES, FORMS, GIVEN, MATTERS, SURNAMES  # noqa: E402
from _filled import ARCHIVES, FLAT, FONDS, HERE, install, unit_of  # noqa: E402

if TYPE_CHECKING:
    from django.test import Client

SIZE, QUICK_SIZE, REPEAT = 300_000, 20_000, 10
LIMIT_MS = 400
_TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


@dataclass
class Page:
    """A page with some addresses of it, and what it took."""

    name: str
    addresses: list[str]
    queries: int = 0
    cold_ms: float = 0.0
    walls: list[float] = field(default_factory=list)
    python_ms: float = 0.0
    database_ms: float = 0.0

    @property
    def cpu_ms(self) -> float:
        """Processor time of one answer."""
        return self.python_ms + self.database_ms


def main() -> None:
    """Make, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_SIZE} rows instead of {SIZE}")
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--repeat", type=int, default=0, help=f"addresses of each page, {REPEAT} by default")
    parser.add_argument("--keep", type=Path, default=None, help="where the database stays for a later run")
    parser.add_argument("--index", type=Path, default=None, help="an index that search.py kept")
    parser.add_argument("--only", default="", help="pages whose name holds this")
    asked = parser.parse_args()
    rows = asked.rows or (QUICK_SIZE if asked.quick else SIZE)
    with contextlib.ExitStack() as stack:
        kept = asked.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="lantai-bench-")))
        kept.mkdir(parents=True, exist_ok=True)
        kept.chmod(0o711)
        home = kept / f"pages-{rows}"
        stack.callback(_stop, home)
        install(home, rows, asked.index)
        pages = _measure(home, rows, asked)
    _print(rows, pages)


def _stop(home: Path) -> None:
    from django.db import connections

    from lantai.platform.sandbox import services as sandbox
    from lantai.site.postgres import Cluster

    connections.close_all()
    sandbox.close()
    Cluster(home / "postgres").stop()


def _measure(home: Path, rows: int, asked: argparse.Namespace) -> list[Page]:
    repeat = asked.repeat or (3 if asked.quick else REPEAT)
    client = _cataloguer()
    pages = [page for page in _pages(rows, repeat + 1) if asked.only in page.name]
    for page in pages:
        _open_all(home, client, page)
    return pages


def _cataloguer() -> Client:
    """Signed in as who describes at the archives `HERE`; made at the first run."""
    from django.conf import settings
    from django.test import Client

    from lantai.platform.accounts import services as accounts
    from lantai.platform.accounts.models import User
    from lantai.platform.context import Channel, system_ctx
    from lantai.platform.orgs.models import Org

    name = "cataloguer.sample"
    person = User.objects.filter(username=name).first() or accounts.set_up_account(
        system_ctx(Channel.COMMAND),
        username=name,
        name="样例著录员",
        org=Org.objects.get(pk=HERE),
        password="sample-only-Pass-2026",
        role="cataloguer",
    )
    client = Client(HTTP_HOST="localhost")
    client.force_login(person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client


def _pages(rows: int, repeat: int) -> Iterator[Page]:
    random = Random(400)
    own = [n for n in range(1, FONDS + 1) if 1 + n % ARCHIVES == HERE and n != FLAT]
    fonds = random.choices(own, k=repeat)
    items = _items(random, repeat)
    yield from _search_pages(random, repeat)
    yield Page("list", ["/catalogue/"] * repeat)
    yield Page("list, one fonds", [f"/catalogue/?fonds={n}" for n in fonds])
    yield Page("list, filtered", [f"/catalogue/?fonds={n}&retention=Y&year_from=1960" for n in fonds])
    yield Page("list, deep", [f"/catalogue/?after={_list_place(pk)}" for pk in items])
    yield Page("fonds", [f"/holdings/{n}/" for n in fonds])
    yield Page("tree, root", [f"/catalogue/tree/{n}/" for n in fonds])
    yield Page("tree, deep", [f"/catalogue/tree/{_fonds_of(pk)}/?open={pk}" for pk in items])
    yield Page("tree, filter", [f"/catalogue/tree/{n}/branch/?filter=197" for n in fonds])
    yield Page("tree, a file", [f"/catalogue/items/{unit_of(rows, n, 1971)[1]}/branch/" for n in fonds])
    yield Page("tree, hits", [f"/catalogue/tree/{n}/?q={_matter(random)}" for n in fonds])
    yield Page("tree without files", [f"/catalogue/tree/{FLAT}/"] * repeat)
    yield Page("item", [f"/catalogue/items/{pk}/" for pk in items])
    yield Page("pane", [f"/catalogue/items/{pk}/pane/" for pk in items])
    yield Page("history", [f"/catalogue/items/{pk}/history/" for pk in items])
    yield Page("edit", [f"/catalogue/items/{pk}/describe/" for pk in items])
    yield Page("table editing", [f"/catalogue/bulk/{_chosen(items)}/grid/"] * repeat)
    yield Page("quality", ["/quality/"] * repeat)
    yield Page("quality, one fonds", [f"/quality/{_looked_at(own)}/"] * repeat)


def _search_pages(random: Random, repeat: int) -> Iterator[Page]:
    from lantai.platform.search.tantivy_documents import code_key, date_key

    def found(name: str, texts: list[str], **more: str) -> Page:
        return Page(name, [f"/catalogue/search?{urlencode({'q': text, **more})}" for text in texts])

    names = [random.choice(list(SURNAMES)) + random.choice(GIVEN) for _ in range(repeat)]
    words = [
        f"{random.choice(AGENCIES)} {random.choice(MATTERS)} {random.choice(FORMS)}" for _ in range(repeat)
    ]
    matters = random.choices(MATTERS, k=repeat)
    middle = f"d{date_key(date(1984, 6, 1), 0)}"
    late = f"c{code_key(('J1300-WS·1999',), 0)}"
    yield found("search, a name", names)
    yield found("search, several words", words)
    yield found("search, one of 16 words", matters)
    yield found("search, filtered and sorted", matters, sort="newest", retention="Y", level="item")
    yield found("search, deep by date", matters, sort="oldest", after=middle)
    yield found("search, deep by code", matters, sort="code", after=late)
    yield found("search, beyond 10,000", matters, after=f"r{date_key(date(1984, 6, 1), 0)}")
    yield found("search, nothing found", [f"{name}喆" for name in names])
    yield found("search, nothing typed", [""] * repeat)


def _items(random: Random, repeat: int) -> list[int]:
    """Items of the archives, here and there among its codes."""
    from lantai.apps.catalogue.models import Description

    found: list[int] = []
    rows = Description.objects.filter(custodian_id=HERE, level="item").order_by("reference_code", "pk")
    for _ in range(repeat):
        fonds = random.choice([n for n in range(1, FONDS + 1) if 1 + n % ARCHIVES == HERE and n != FLAT])
        later = rows.filter(reference_code__gte=f"J{fonds:04}-WS·{random.randrange(1949, 2015)}")
        found.append(later.values_list("pk", flat=True)[0])
    return found


def _fonds_of(pk: int) -> int:
    from lantai.apps.catalogue.models import Description

    return int(Description.objects.values_list("fonds_id", flat=True).get(pk=pk))


def _list_place(pk: int) -> str:
    from lantai.apps.catalogue.models import Description
    from lantai.platform.ui.tables.paging import encode

    return encode(Description.objects.values_list("reference_code", flat=True).get(pk=pk), pk)


def _matter(random: Random) -> str:
    return random.choice(MATTERS)


def _chosen(items: list[int]) -> int:
    """A hundred rows chosen to be edited as a table."""
    from lantai.apps.catalogue import services as catalogue
    from lantai.apps.catalogue.models import Description

    rows = Description.objects.filter(fonds=_fonds_of(items[0]), level="item").order_by("pk")[:100]
    ctx = _ctx()
    return int(
        catalogue.choose(ctx, rows=Description.objects.filter(pk__in=list(rows.values_list("pk", flat=True)))).pk
    )  # fmt: skip


def _looked_at(own: list[int]) -> int:
    """A fonds that the look at quality has gone through."""
    from lantai.apps.quality import services as quality
    from lantai.apps.quality.models import Snapshot
    from lantai.platform.jobs import execution
    from lantai.platform.jobs.models import Run

    if not Snapshot.objects.filter(finished_at__isnull=False).exists():
        for fonds in own[:2]:
            quality.count(_ctx(), fonds_id=fonds)
        for run in Run.objects.filter(state="queued").order_by("pk"):
            execution.execute(run.pk)
    return int(Snapshot.objects.filter(finished_at__isnull=False).values_list("fonds_id", flat=True)[0])


def _ctx() -> object:
    from lantai.platform.accounts import services as accounts
    from lantai.platform.accounts.models import User
    from lantai.platform.context import Channel

    person = User.objects.get(username="cataloguer.sample")
    return accounts.context_for(person, channel=Channel.COMMAND, request_id="benchmark")


def _open_all(home: Path, client: Client, page: Page) -> None:
    """The first address once for nothing, then each other, with figures that are not known yet."""
    first, *others = page.addresses
    began = time.perf_counter()
    _open(client, first)
    page.cold_ms = (time.perf_counter() - began) * 1000
    database, python = _database_ms(home), time.process_time()
    for address in others:
        _forget_figures()
        began = time.perf_counter()
        _open(client, address)
        page.walls.append((time.perf_counter() - began) * 1000)
    page.python_ms = (time.process_time() - python) * 1000 / len(others)
    page.database_ms = (_database_ms(home) - database) / len(others)
    page.queries = max(_count_queries(client, address) for address in page.addresses[:3])


def _forget_figures() -> None:
    """As after a change of the catalogue: totals and facets are counted anew."""
    from lantai.platform.search import shelf

    shelf.open_engine(shelf.current_version()).forget()


def _open(client: Client, address: str) -> None:
    answer = client.get(address)
    if answer.status_code != 200:
        raise SystemExit(f"{address}: {answer.status_code}")


def _count_queries(client: Client, address: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        _open(client, address)
    return len(asked)


def _database_ms(home: Path) -> float:
    """Processor time of all processes of the cluster up to now."""
    from lantai.site.postgres import Cluster

    spent = 0
    for pid in Cluster(home / "postgres")._living():
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            spent += sum(int(one) for one in fields[11:15])  # its own, and that of its ended children
    return spent * _TICK_MS


def _print(rows: int, pages: list[Page]) -> None:
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"\n{rows:,} items; {machine}; milliseconds of one answer\n")
    print(f"{'':30}{'queries':>8}{'cpu':>9}{'program':>9}{'database':>10}{'wall p50 / most':>20}{'cold':>9}")
    for one in pages:
        walls = f"{median(one.walls):.0f} / {max(one.walls):.0f}"
        slow = "  too slow" if one.cpu_ms > LIMIT_MS else ""
        print(
            f"{one.name:30}{one.queries:>8}{one.cpu_ms:>9.0f}{one.python_ms:>9.0f}{one.database_ms:>10.0f}"
            f"{walls:>20}{one.cold_ms:>9.0f}{slow}"
        )
    for one in pages:
        line = {
            "benchmark": "pages", "figure": f"cpu_ms: {one.name}", "ours": round(one.cpu_ms, 1),
            "wall": round(median(one.walls), 1), "queries": one.queries, "limit": LIMIT_MS, "unit": "ms", "size": rows,
        }  # fmt: skip
        print(json.dumps(line))


if __name__ == "__main__":
    main()
