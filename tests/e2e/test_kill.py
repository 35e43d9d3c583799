"""The demo is killed ten times at instants nobody chose and goes on: nothing lost, nothing twice."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from lantai.site.postgres import Cluster
from tests.e2e import product
from tests.e2e.conftest import Installed, new_home

pytestmark = pytest.mark.e2e

KILLS = 10


@dataclass(frozen=True)
class Clean:
    """An undisturbed run: its processor seconds, those of a second that finds all done, what they left."""

    cpu_seconds: float
    idle_seconds: float
    counts: dict[str, int]


@pytest.fixture(scope="module")
def seed() -> int:
    """Of the instants: the same at every landing; who looks for others gives LANTAI_KILL_SEED another number."""
    return int(os.environ.get("LANTAI_KILL_SEED", "124"))


@pytest.fixture(scope="module")
def clean(installed: Installed, home: Path) -> Clean:
    with product.loaded(home) as it:
        counts = _judged(it)
        idle_seconds = product.complete(home, *product.DEMO, by=it)
        assert _judged(it) == counts, "a second complete run added something"
        loading = 2 * it.loading_seconds()  # of `migrate` and of the demo, which the killed ones are spared
    return Clean(installed.cpu_seconds - loading, idle_seconds, counts)


def _judged(it: product.Loaded) -> dict[str, int]:
    """What is there, after every sentence of the invariants was found true."""
    judge = f"from tests.e2e import invariants as it; it.judge({product.DOCUMENTS})"
    done = it.run("django", "shell", "--no-imports", "-c", judge)
    assert done.returncode == 0, done.stderr[-4_000:]
    said = json.loads(done.stdout.splitlines()[-1])
    assert not {sentence: why for sentence, why in said["faults"].items() if why}
    return dict(said["counts"])


def _instants(clean: Clean, seed: int) -> Iterator[tuple[float, bool]]:
    """Processor seconds after each start, two of them early, and whether the database is killed too."""
    rng = random.Random(seed)
    share = (clean.cpu_seconds - clean.idle_seconds) / KILLS
    early = set(rng.sample(range(KILLS), 2))
    hard = set(rng.sample(range(KILLS), KILLS // 2))
    for number in range(KILLS):
        start = clean.idle_seconds * rng.uniform(0.1, 1.0)
        work = 0.0 if number in early else rng.uniform(0.0, 2 * share)
        yield start + work, number in hard


def _acknowledged(home: Path) -> set[str]:
    """What the database has said yes to so far; empty where it does not answer."""
    import psycopg

    try:
        with psycopg.connect(Cluster(home / "postgres").url(), connect_timeout=5) as connection:
            # The ledger keeps the digests of what was sealed; a package goes on to its next version.
            rows = connection.execute(
                "select external_key from filing_document union all select object_id from custody_package"
                " union all select sha256 from ledger_entry"
            )
            return {name for (name,) in rows}
    except psycopg.Error:
        return set()


@pytest.mark.e2e
def test_a_demo_killed_ten_times_ends_as_if_it_had_never_been_killed(clean: Clean, seed: int) -> None:
    told: set[str] = set()
    kills = 0
    with new_home() as home, product.loaded(home) as it:
        log = home / "demo.log"
        for seconds, with_database in _instants(clean, seed):
            process = it.start(*product.DEMO, log=log)
            if product.runs_for(process, seconds):
                product.kill(process, home, with_database=with_database)
                kills += 1
                print(f"killed after {seconds:.2f} s of work{' with its database' if with_database else ''}")
            else:
                assert process.returncode == 0, log.read_text()[-6_000:]
            told |= _acknowledged(home)
            product.forgo_durability(home)  # from the next start of the database on
        product.complete(home, *product.DEMO, by=it)
        counts = _judged(it)
        assert told <= _acknowledged(home), "something acknowledged is gone"
        assert kills >= KILLS // 2, "too few instants fell into the work"
        product.complete(home, *product.DEMO, by=it)
        assert _judged(it) == counts, "a second complete run added something"
    differing = {
        name: (counts[name], clean.counts[name]) for name in counts if counts[name] != clean.counts[name]
    }
    assert not differing.keys() - REPEATED, differing


# A test killed before its verdict is made anew, with a report and ledger lines of its own.
REPEATED = {"CheckRun", "存证日志 log leaves"}
