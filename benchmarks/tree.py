"""How much does a window of the tree cost where very many rows lie under one unit?

    python benchmarks/tree.py [--quick] [--children N[,N…]] [--explain]

One file of a fonds gets N made-up items, another fonds as many files with ten items each at its top; both are read
as the pages read them: the first window, one deep inside, a filter that finds a few, none or nearly all, a filter by
code, and the way to one row opened on all levels. Each is asked warm, several times; the figure is the median of
processor time, ours and that of the database's process together, in milliseconds: it also holds on a machine that
does other work. The clock stands beside it. With ``--explain`` follow the plans of every statement of each question.

``rows`` is how many rows the answer shows, ``more`` whether there is more to look at behind a bounded stretch.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

if TYPE_CHECKING:
    from lantai.apps.catalogue.models import Description
    from lantai.apps.catalogue.tree import TreeWindow
    from lantai.platform.context import Ctx

SIZES, QUICK_SIZES, TIMES = (100_000, 1_000_000), (20_000,), 7
IN_FILE = 10
_TICK = os.sysconf("SC_CLK_TCK")
_ITEMS = """
INSERT INTO catalogue_description (level, parent_id, fonds_id, custodian_id, kind_id, reference_code, title, author,
    document_number, year, retention, class_code, classification, openness, persons, note, metadata, item_key,
    revision, created_at, updated_at)
SELECT 'item', f.id, f.fonds_id, f.custodian_id, f.kind_id, f.reference_code || '-' || lpad(n::text, 7, '0'),
    '样例县人民政府关于'
    || (ARRAY['土地改革','婚姻登记','水库移民安置','干部任免','粮食统购统销','档案管理'])[1 + n %% 6]
    || '工作的' || (ARRAY['通知','请示','批复','报告'])[1 + n %% 4] || '（第' || n || '号）'
    || CASE WHEN n %% 20011 = 7 THEN '附曾家坪水文站图' ELSE '' END,
    '样例县人民政府', '样政〔1954〕' || n || '号', 1954, 'Y', 'BGS', 'public', 'unreviewed', '{}', '', '{}', '', 1,
    now(), now()
FROM catalogue_description f, generate_series(1, %s) n WHERE f.id = ANY(%s)
"""


def main() -> None:
    """Make, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help=f"{QUICK_SIZES[0]} children")
    parser.add_argument("--children", default="", help="how many lie under one unit, several by commas")
    parser.add_argument("--explain", action="store_true", help="print the plan of each statement")
    arguments = parser.parse_args()
    sizes = [int(one) for one in arguments.children.split(",") if one]
    with tempfile.TemporaryDirectory(prefix="lantai-bench-") as home:
        Path(home).chmod(0o711)  # started as root, the cluster may run as another user
        os.environ["LANTAI_HOME"] = home
        os.environ["DJANGO_SETTINGS_MODULE"] = "lantai.site.settings"
        from lantai.site import commands

        commands.migrate()
        try:
            _run(sizes or list(QUICK_SIZES if arguments.quick else SIZES), is_explained=arguments.explain)
        finally:
            from django.db import connections

            connections.close_all()
            commands.down(arguments)


def _run(sizes: list[int], *, is_explained: bool) -> None:
    print(f"{platform.machine()}, {os.cpu_count()} processors, {datetime.now(UTC):%F}")
    print(f"{'children':>9} {'question':<34} {'CPU ms':>8} {'clock ms':>9} {'rows':>5}  more")
    figures = []
    for size in sizes:
        ctx, file, many = _made(size)
        for name, ask in _questions(ctx, file, many, size):
            cpu, clock, window = _timed(ask)
            rows = _shown(window)
            print(
                f"{size:>9} {name:<34} {cpu:8.1f} {clock:9.1f} {rows:>5}  {'yes' if window.looked_at else ''}"
            )
            figures.append((size, name, cpu, clock))
            if is_explained:
                _explain(ask)
    for size, name, cpu, clock in figures:
        said = {"ours": round(cpu, 1), "clock": round(clock, 1), "unit": "ms of CPU", "size": size}
        print(json.dumps({"benchmark": "tree", "figure": "_".join(re.findall(r"\w+", name)), **said}))


def _made(size: int) -> tuple[Ctx, Description, Description]:
    """Who reads; a file with ``size`` items; the row of a fonds with ``size`` files."""
    from django.db import connection
    from django.utils import timezone

    from lantai.apps.catalogue.models import Description
    from lantai.apps.holdings import queries as holdings
    from lantai.apps.holdings.models import Fonds
    from lantai.platform.context import Channel, system_ctx
    from lantai.platform.orgs import services as orgs
    from lantai.platform.orgs.types import OrgKind

    archives = orgs.found_org(
        system_ctx(Channel.COMMAND), code=f"A{size}", name=f"样例档案馆{size}", kind=OrgKind.ARCHIVES
    )
    base = {
        "custodian": archives, "kind": holdings.kind("document"), "created_at": timezone.now(),
        "updated_at": timezone.now(), "retention": "Y",
    }  # fmt: skip
    one, other = (
        Fonds.objects.create(code=f"{letter}{size}", name=f"样例全宗{letter}{size}", archives=archives)
        for letter in "JK"
    )
    file = Description.objects.create(
        **base, fonds=one, level="file", reference_code=f"J{size}-0001", title="大卷"
    )
    top = Description.objects.create(
        **base, fonds=other, level="fonds", reference_code=f"K{size}", title="大全宗"
    )
    with connection.cursor() as cursor:
        cursor.execute(_ITEMS, [size, [file.pk]])
        cursor.execute(_ITEMS.replace("'item', f.id", "'file', NULL"), [size, [top.pk]])
        some = list(
            Description.objects.filter(fonds=other, level="file")
            .order_by("pk")
            .values_list("pk", flat=True)[:200]
        )
        cursor.execute(_ITEMS, [IN_FILE, some])
        cursor.execute("VACUUM ANALYZE catalogue_description")  # as the database does by itself soon after
    return _reader(archives.pk), file, top


def _reader(archives_id: int) -> Ctx:
    """Who may read what one archives keeps, as the pages would make it of a user with that role."""
    from lantai.apps.catalogue.permissions import P
    from lantai.platform.context import Actor, Channel, system_ctx

    here = frozenset({archives_id})
    actor = Actor(id=None, name="样例著录员", org_ids=here, grants={P.ITEM_READ: here})
    return replace(system_ctx(Channel.COMMAND), actor=actor)


def _questions(
    ctx: Ctx, file: Description, top: Description, size: int
) -> Iterator[tuple[str, Callable[[], TreeWindow]]]:
    """What the pages ask; the names stand in the table."""
    from lantai.apps.catalogue import queries
    from lantai.apps.catalogue.models import Description

    deep = Description.objects.get(reference_code=f"J{size}-0001-{size // 2:07}")
    deep_file = Description.objects.get(level="file", reference_code=f"K{size}-{size // 2:07}")
    for name, unit, at in (("items of a file", file, deep), ("files of a fonds", top, deep_file)):
        prefix = at.reference_code[:-2]
        ways: dict[str, dict[str, object]] = {
            "first window": {},
            "deep window": {"after": at.pk, "is_counted": False},
            "filter, few": {"filter_text": "水文站"},
            "filter, none": {"filter_text": "不存在的词"},
            "filter, a sixth": {"filter_text": "婚姻登记"},
            "filter, Latin": {"filter_text": "abc"},
            "filter, code": {"filter_text": prefix},
        }
        for what, more in ways.items():
            yield f"{name}: {what}", _asked(queries.tree_window, ctx, unit, more)
        yield f"{name}: reveal", _asked(queries.reveal, ctx, at, {})
    stranger = _reader(0)
    yield "items of a file: of a stranger", _asked(queries.tree_window, stranger, file, {})


def _asked(
    ask: Callable[..., TreeWindow], ctx: Ctx, unit: Description, more: dict[str, object]
) -> Callable[[], TreeWindow]:
    return lambda: ask(ctx, unit, **more)


def _timed(ask: Callable[[], TreeWindow]) -> tuple[float, float, TreeWindow]:
    """Milliseconds of processors and of the clock, medians; and the answer."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SET max_parallel_workers_per_gather = 0"
        )  # or other processes would do some of the work
        cursor.execute("SELECT pg_backend_pid()")
        backend = int(cursor.fetchone()[0])
    window = ask()
    cpu, clock = [], []
    for _time in range(TIMES):
        begun, ours, theirs = time.perf_counter(), time.process_time(), _ns_of(backend)
        ask()
        clock.append((time.perf_counter() - begun) * 1000)
        cpu.append((time.process_time() - ours) * 1000 + (_ns_of(backend) - theirs) / 1e6)
    return median(cpu), median(clock), window


def _ns_of(pid: int) -> int:
    """Processor time of a process so far; of the scheduler's account, which is finer than ticks."""
    return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])


def _shown(window: TreeWindow) -> int:
    return len(window.nodes) + sum(_shown(one.branch) for one in window.nodes if one.branch)


def _explain(ask: Callable[[], TreeWindow]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        ask()
    for one in asked.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (ANALYZE, COSTS OFF) " + one["sql"])
            lines = [line for (line,) in cursor.fetchall()]
        print("   ", "\n    ".join(line[:150] for line in lines[:14]))


if __name__ == "__main__":
    main()
