"""Two processes make the tree that one makes, whatever becomes of the second one."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lantai.kit.errors import Fault
from lantai.kit.evidence import tiles
from lantai.kit.evidence.merkle import SHA256, SM3, HashAlgorithm, root
from lantai.kit.evidence.tilemaker import TileMaker, hash_batch, tile_maker
from tests.kit.evidence.trees import Store

BOTH = (SHA256, SM3)
ENTRIES = [b"entry %d" % number * (number % 40 + 1) for number in range(3_000)]
EXPECTED = {one.name: root(one.leaves(ENTRIES), one) for one in BOTH}


@pytest.fixture
def maker() -> Iterator[TileMaker]:
    made = TileMaker(SM3)
    yield made
    made.close()


def _grown(batches: list[int], maker: TileMaker | None) -> dict[str, bytes]:
    """The roots of both trees over the entries, added in such batches."""
    stores, roots, size = {one.name: Store() for one in BOTH}, {}, 0
    for count in batches:
        hashed = hash_batch(ENTRIES[size : size + count], size, BOTH, maker)
        for one, batch in zip(BOTH, hashed, strict=True):
            grown = tiles.append_row(batch.row, size, stores[one.name], one, roots=batch.roots)
            stores[one.name].put(grown.tiles)
            roots[one.name] = grown.root
        size += count
    assert size == len(ENTRIES)
    return roots


def test_both_trees_are_those_of_one_process_however_the_batches_fall(maker: TileMaker) -> None:
    chance = random.Random(3)
    for _ in range(6):
        cuts = sorted(chance.choices(range(len(ENTRIES)), k=4))
        batches = [end - begin for begin, end in zip([0, *cuts], [*cuts, len(ENTRIES)], strict=True)]
        assert _grown(batches, maker) == EXPECTED
    assert _grown([1, 255, 256, 257, len(ENTRIES) - 769], maker) == EXPECTED


def test_a_second_process_that_is_killed_costs_nothing_but_time(maker: TileMaker) -> None:
    taken = []

    class DiesAfter(TileMaker):
        def answer(self) -> tuple[bytes, bytes]:
            if len(taken) == 3:
                os.kill(self.pid, signal.SIGKILL)
            taken.append(1)
            return super().answer()

    dying = DiesAfter(SM3)
    try:
        assert _grown([2_000, 1_000], dying) == EXPECTED
    finally:
        dying.close()
    os.kill(maker.pid, signal.SIGKILL)
    assert _grown([len(ENTRIES)], maker) == EXPECTED


def test_an_answer_to_another_question_is_never_taken(maker: TileMaker) -> None:
    maker.ask(ENTRIES[256:512])  # somebody asked and went
    with pytest.raises(Fault):
        _grown([len(ENTRIES)], maker)
    assert _grown([len(ENTRIES)], maker) == EXPECTED  # closed by now: done here


def test_the_second_process_ends_when_nobody_can_ask_it_any_more() -> None:
    with tile_maker() as made:
        assert made is not None
        process = Path(f"/proc/{made.pid}")
        hash_batch(ENTRIES, 0, BOTH, made)
        made._in.close()  # what the end of a killed process does
        until = time.monotonic() + 60
        while process.joinpath("stat").read_text().split()[2] != "Z" and time.monotonic() < until:
            time.sleep(0.02)
        assert process.joinpath("stat").read_text().split()[2] == "Z"
    assert not process.exists()


@pytest.mark.parametrize("algorithms", [(SM3,), (SHA256,), (SM3, SHA256)])
def test_a_tree_may_grow_alone(maker: TileMaker, algorithms: tuple[HashAlgorithm, ...]) -> None:
    for one, batch in zip(algorithms, hash_batch(ENTRIES, 0, algorithms, maker), strict=True):
        assert tiles.append_row(batch.row, 0, Store(), one, roots=batch.roots).root == EXPECTED[one.name]


def test_one_processor_needs_no_second_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda process: {0})
    with tile_maker() as made:
        assert made is None
    assert _grown([1_000, 2_000], None) == EXPECTED
