"""How long does a clerk wait for an answer, against the engine alone and against PostgreSQL's trigrams?

    python benchmarks/search.py [--quick] [--rows N[,N…]] [--queries N] [--no-peer] [--folder PATH]
                                [--keep PATH]

Made-up rows of a city (names by the frequency of real surnames, titles, reference codes, bodies) go into an index
as the catalogue's do; making the rows up is not counted. Then the same questions are asked, warm, one at a time:

- *ours*: what the search page asks the engine for: the text through the grammar, the scope of the asker,
  filters, total, order, facets. Once as who sees everything at one archives and its agencies, once as a stranger,
  who sees open records only;
- *floor*: raw tantivy over the same index in the same run: the same question built by hand from tantivy's own
  queries, without grammar and scope, with the same number of hits, total and facets;
- *peer*: PostgreSQL with a `pg_trgm` index over the same texts: what one would otherwise have.

``ratio`` is ours (who sees everything) over the floor at p50, ``cpu ratio`` the same of processor time, all threads
together: that one also holds on a machine that does other work. What the engine remembers of a question
that was asked before is forgotten before each answer. A figure counts only when ours and the floor found
the same number of rows for every question, and PostgreSQL the same for names. With several sizes the last table
gives the growth of each p50: the exponent of a power of the number of rows. With ``--keep`` an index stays for a
later run, which then only asks: a great one may be built while others use the machine, and asked when nobody does.
It begins with the greatest smaller one that stayed.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median, quantiles

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

import tantivy  # noqa: E402
from _city import AGENCIES, FORMS, MATTERS, SOURCE, made_up  # noqa: E402
from _trigrams import ask_trigrams  # noqa: E402
from tantivy import Occur  # noqa: E402
from tantivy import Query as Raw  # noqa: E402

from lantai.platform.search import tantivy_documents as documents  # noqa: E402
from lantai.platform.search.grammar import parse  # noqa: E402
from lantai.platform.search.placing import placed_for_query  # noqa: E402
from lantai.platform.search.tantivy_engine import TantivyEngine  # noqa: E402
from lantai.platform.search.types import (  # noqa: E402
    Among,
    Document,
    Field,
    Filters,
    Found,
    Query,
    Scope,
    Sort,
)

FACETS = (Field.KIND, Field.YEAR, Field.RETENTION)
EVERYTHING = Scope(((Among(Field.CUSTODIAN, frozenset(range(1, 41))),),))
PERSONAL = frozenset({"marriage", "educated_youth"})
STRANGER = Scope(((Among(Field.AUDIENCE, frozenset({"everybody"})),),))
LIMIT = 30
FILTERED = Filters(among=(Among(Field.RETENTION, frozenset({"Y"})),), year_from=1960, year_to=1979)


Took = tuple[float, float]


@dataclass
class Question:
    """One kind of question: how we are asked, how tantivy is asked, how PostgreSQL is asked."""

    name: str
    texts: list[str]
    sort: Sort = Sort.RELEVANCE
    filters: Filters = field(default_factory=Filters)
    facets: tuple[Field, ...] = ()
    after: str = ""
    has_floor: bool = True  # tantivy by itself has no such order


@dataclass
class Figure:
    """What one question took in milliseconds: of the clock, and of processors."""

    name: str
    ours: list[Took] = field(default_factory=list)
    stranger: list[Took] = field(default_factory=list)
    floor: list[Took] = field(default_factory=list)
    peer: list[float] = field(default_factory=list)

    @property
    def ratio(self) -> float:
        """Ours over the floor by the clock."""
        return _median(self.ours, 0) / _median(self.floor, 0)

    @property
    def cpu_ratio(self) -> float:
        """Ours over the floor by processor time."""
        return _median(self.ours, 1) / _median(self.floor, 1)


def main() -> None:
    """Make, measure and print."""
    asked = _arguments()
    figures: dict[int, list[Figure]] = {}
    for rows in asked.rows:
        with tempfile.TemporaryDirectory(prefix="lantai-bench-", dir=asked.folder) as home:
            Path(home).chmod(0o711)  # started as root, the cluster may run as another user
            figures[rows] = _measure(Path(home), rows, asked)
        _print_table(rows, figures[rows])
    if len(figures) > 1:
        _print_growth(figures)
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    print(f"\n{machine}, peak {_peak_mib():.0f} MiB")
    for rows, found in figures.items():
        for figure in found:
            print(json.dumps(_as_line(rows, figure)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="20,000 rows and 30 queries of a kind")
    parser.add_argument("--rows", default="", help="sizes, separated by commas; 100,000 by default")
    parser.add_argument("--queries", type=int, default=0, help="questions of each kind, 100 by default")
    parser.add_argument("--no-peer", action="store_true", help="leave PostgreSQL out")
    parser.add_argument("--folder", default=None, help="where index and database are made")
    parser.add_argument("--keep", default=None, help="where indexes stay for later runs")
    asked = parser.parse_args()
    asked.rows = [int(size) for size in asked.rows.split(",") if size] or [20_000 if asked.quick else 100_000]
    asked.queries = asked.queries or (30 if asked.quick else 100)
    return asked


def _questions(rows: int, count: int) -> list[Question]:
    random = Random(7)
    people = [name for row in islice(made_up(rows), 20_000) for name in row.persons]
    two = [name for name in people if len(name) == 2]
    three = [name for name in people if len(name) == 3]
    terms = [
        f"{random.choice(AGENCIES)} {random.choice(MATTERS)} {random.choice(FORMS)}" for _ in range(count)
    ]
    matters = random.choices(MATTERS, k=count)
    half = date(1949, 1, 1) + timedelta(days=365 * 35)
    return [
        Question("two characters", random.choices(two, k=count)),
        Question("three characters", random.choices(three, k=count)),
        Question("several words", terms),
        Question("filter, sort, 3 facets", matters, Sort.NEWEST, FILTERED, FACETS),
        Question("page in the middle", matters, Sort.OLDEST, after=f"d{documents.date_key(half, 0)}"),
        Question("by code, last pages", matters, Sort.CODE, after=f"c{_late_code()}"),
        Question("beyond 10,000", matters, after=f"r{documents.date_key(half, 0)}", has_floor=False),
    ]


def _late_code() -> str:
    """The key of a code behind nearly all others."""
    return documents.code_key(("J1390-WS·1999·Y-0001",), 0)


def _measure(home: Path, rows: int, asked: argparse.Namespace) -> list[Figure]:
    index = Path(asked.keep) / f"index-{rows}" if asked.keep else home / "index"
    _build(index, rows)
    engine = TantivyEngine(index)
    raw = Floor(index / SOURCE)
    questions = _questions(rows, asked.queries)
    figures = [_ask(engine, raw, question) for question in questions]
    if not asked.no_peer:
        ask_trigrams(home, rows, questions, figures, raw)
    if not asked.keep:
        shutil.rmtree(index)
    return figures


def _build(index: Path, rows: int) -> None:
    """All rows into the index, unless they are there; a build that was broken off begins again."""
    built, wall, cpu = index.with_suffix(".built"), 0.0, 0.0
    if built.exists():
        print(built.read_text(), flush=True)
        return
    shutil.rmtree(index, ignore_errors=True)
    begun = _smaller_one(index, rows)
    engine = TantivyEngine(index)
    for chunk in _chunks(_seen(islice(made_up(rows), begun, None)), 10_000):
        started, began = time.perf_counter(), time.process_time()
        engine.add(chunk)
        wall, cpu = wall + time.perf_counter() - started, cpu + time.process_time() - began
    started, began = time.perf_counter(), time.process_time()
    engine.commit()
    engine.close()
    wall, cpu = wall + time.perf_counter() - started, cpu + time.process_time() - began
    files = [path for path in index.rglob("*") if path.is_file()]
    size, parts = sum(path.stat().st_size for path in files) / 1e6, sum(p.suffix == ".fast" for p in files)
    added = rows - begun
    said = (
        f"{rows:,} rows: {f'{added:,} of them added' if begun else 'index built'} in {wall:.1f} s"
        f" ({added / wall:,.0f} rows/s, {added / cpu:,.0f} rows/s of processor time),"
        f" {size:.0f} MB in {parts} segments, peak {_peak_mib():.0f} MiB"
    )
    built.write_text(said)
    print(said, flush=True)


def _smaller_one(index: Path, rows: int) -> int:
    """Begin with the greatest kept index of fewer rows, for it holds the first ones of these; tells how many."""
    sizes = [int(one.stem.removeprefix("index-")) for one in index.parent.glob("index-*.built")]
    begun = max((size for size in sizes if size < rows), default=0)
    if begun:
        shutil.copytree(index.with_name(f"index-{begun}"), index)
    return begun


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _seen(rows: Iterator[Document]) -> Iterator[Document]:
    """Rows with who sees them beside their custodian, as the catalogue tells."""
    for row in rows:
        is_for_all = row.openness == "open" and row.classification == "public" and row.kind not in PERSONAL
        yield replace(row, audience="everybody") if is_for_all else row


def _chunks(rows: Iterator[Document], size: int) -> Iterator[list[Document]]:
    while chunk := list(islice(rows, size)):
        yield chunk


def _ask(engine: TantivyEngine, raw: Floor, question: Question) -> Figure:
    """Every text by ours, by a stranger and by the floor in turn, after one round that warms all three."""

    def ours(text: str, scope: Scope) -> Found:
        return engine.find(
            Query(
                SOURCE, scope, parse(text), question.filters, question.sort, question.after, LIMIT, question.facets
            )
        )  # fmt: skip

    figure = Figure(question.name)
    for is_counted in (False, True):
        for text in question.texts:
            taken = []
            for scope in (EVERYTHING, STRANGER):
                engine.forget()
                taken.append(_timed(lambda text=text, scope=scope: ours(text, scope).total))
            if question.has_floor:
                taken.append(_timed(lambda text=text: raw.ask(text, question)))
                if taken[0][1] != taken[2][1]:
                    raise SystemExit(f"{text}: ours found {taken[0][1]}, the floor {taken[2][1]}")
            if is_counted:
                for times, (took, _found) in zip(
                    (figure.ours, figure.stranger, figure.floor), taken, strict=False
                ):
                    times.append(took)
    return figure


def _timed(work: Callable[[], int]) -> tuple[Took, int]:
    started, began = time.perf_counter(), time.process_time()
    found = work()
    return ((time.perf_counter() - started) * 1000, (time.process_time() - began) * 1000), found


class Floor:
    """Tantivy asked by hand over the same index."""

    def __init__(self, folder: Path) -> None:
        self._schema = documents.schema()
        self._index = tantivy.Index(self._schema, path=str(folder), reuse=True)
        self._searcher = self._index.searcher()

    def ask(self, text: str, question: Question) -> int:
        """The same question; returns the total."""
        parts = [(Occur.Must, self._anywhere(word)) for word in text.split()]
        parts += self._filters(question.filters)
        everything = Raw.boolean_query(parts)
        rest, order = everything, {}
        if question.sort is not Sort.RELEVANCE:
            is_newest = question.sort is Sort.NEWEST
            order = {
                "order_by_field": "by_code" if question.sort is Sort.CODE else "by_date",
                "order": tantivy.Order.Desc if is_newest else tantivy.Order.Asc,
            }
        if question.after:
            beyond = self._beyond(question.after[1:], question.sort)
            rest = Raw.boolean_query([*parts, (Occur.Must, beyond)])
        found = self._searcher.search(rest, LIMIT, count=True, **order)
        self._searcher.fast_field_values("row", [address for _, address in found.hits])
        if question.facets:
            terms = {str(one): {"terms": {"field": str(one), "size": 200}} for one in question.facets}
            self._searcher.aggregate(everything, terms)
        if question.after:
            return self._searcher.search(everything, 1, count=True, order_by_field="by_date").count
        return found.count

    def _beyond(self, key: str, sort: Sort) -> Raw:
        if sort is Sort.CODE:
            return self._index.parse_query(f"by_code:{{{key} TO *}}", ["by_code"])
        return self._range("by_date", tantivy.FieldType.Unsigned, int(key), None, include_lower=False)

    def _anywhere(self, word: str) -> Raw:
        placed = list(placed_for_query(word))
        ways = [self._in(name, placed) for name in documents.PLACED]
        ways += [self._term(name, documents.exact(word)) for name in ("codes", "numbers", "persons")]
        return Raw.boolean_query([(Occur.Should, way) for way in ways])

    def _in(self, name: str, placed: list[tuple[int, str]]) -> Raw:
        if len(placed) == 1:
            return Raw.term_query(self._schema, name, placed[0][1], index_option="position")
        return Raw.phrase_query(self._schema, name, placed)

    def _term(self, name: str, value: object) -> Raw:
        return Raw.term_query(self._schema, name, value, index_option="basic")

    def _filters(self, filters: Filters) -> list[tuple[Occur, Raw]]:
        if not filters.among:
            return []
        years = self._range("year", tantivy.FieldType.Integer, filters.year_from, filters.year_to)
        return [(Occur.Must, self._term("retention", "Y")), (Occur.Must, years)]

    def _range(self, name: str, kind: object, lower: int | None, upper: int | None, **more: bool) -> Raw:
        return Raw.range_query(self._schema, name, kind, lower, upper, **more)


def _median(times: list[Took], which: int) -> float:
    return median(took[which] for took in times)


def _p95(times: list[Took]) -> float:
    walls = [took[0] for took in times]
    return quantiles(walls, n=20)[-1] if len(walls) > 1 else walls[0]


def _print_table(rows: int, figures: list[Figure]) -> None:
    print(f"\n{rows:,} rows, milliseconds p50 / p95")
    print(
        f"{'':24}{'ours':>16}{'stranger':>16}{'raw tantivy':>16}{'ratio':>8}{'cpu ratio':>11}{'pg_trgm':>18}"
    )
    for one in figures:
        cells = [
            f"{_median(times, 0):.2f} / {_p95(times):.2f}" if times else "–"
            for times in (one.ours, one.stranger, one.floor)
        ]
        ratios = [f"{one.ratio:.2f}", f"{one.cpu_ratio:.2f}"] if one.floor else ["–", "–"]
        peer = f"{median(one.peer):.1f} / {max(one.peer):.1f}" if one.peer else "–"
        print(
            f"{one.name:24}{cells[0]:>16}{cells[1]:>16}{cells[2]:>16}{ratios[0]:>8}{ratios[1]:>11}{peer:>18}"
        )


def _print_growth(figures: dict[int, list[Figure]]) -> None:
    sizes = sorted(figures)
    print("\ngrowth: p50 of processor time in milliseconds, and rows to the power of")
    print(f"{'':24}" + "".join(f"{size:>14,}" for size in sizes) + f"{'exponent':>10}")
    for row in zip(*(figures[size] for size in sizes), strict=True):
        times = [_median(one.ours, 1) for one in row]
        power = math.log(times[-1] / times[0]) / math.log(sizes[-1] / sizes[0])
        print(f"{row[0].name:24}" + "".join(f"{took:>14.2f}" for took in times) + f"{power:>10.2f}")


def _as_line(rows: int, figure: Figure) -> dict[str, object]:
    line: dict[str, object] = {
        "benchmark": "search",
        "figure": figure.name,
        "ours": round(_median(figure.ours, 0), 3),
        "p95": round(_p95(figure.ours), 3),
        "stranger_p95": round(_p95(figure.stranger), 3),
        "unit": "ms",
        "size": rows,
    }
    if figure.floor:
        line |= {
            "floor": round(_median(figure.floor, 0), 3),
            "ratio": round(figure.ratio, 2),
            "cpu_ratio": round(figure.cpu_ratio, 2),
        }
    return line | ({"peer": round(median(figure.peer), 2)} if figure.peer else {})


if __name__ == "__main__":
    main()
