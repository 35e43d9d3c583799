"""The SM3 tree stands beside the SHA-256 tree, also over a log that began before there was one."""

from __future__ import annotations

import os
import signal

import pytest
from django.test import RequestFactory
from django.utils import timezone

from lantai.kit.errors import Missing
from lantai.kit.evidence import tiles
from lantai.kit.evidence.merkle import SM3, root, verify_inclusion
from lantai.kit.evidence.tilemaker import TileMaker
from lantai.platform.context import system_ctx
from lantai.platform.ledger import queries, services, views
from lantai.platform.ledger.models import Checkpoint, Leaf, Pending, Tile
from lantai.platform.ledger.queries.log import StoredTiles, built_size
from lantai.platform.ledger.services import growing, sequencing
from lantai.platform.ledger.types import Line, LogDamaged
from tests.platform.ledger.acts import ACT, act, act_and_log, head, tamper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys")]
GET = RequestFactory().get("/log/")


def _newest():
    return head(queries.newest_checkpoint().note)


def _old_log(monkeypatch: pytest.MonkeyPatch, *counts: int) -> None:
    """A log as it grew before there was an SM3 tree."""
    with monkeypatch.context() as before:
        before.setattr(sequencing, "catch_up", lambda size, maker=None: False)
        for count in counts:
            act_and_log(count)


def test_a_checkpoint_says_both_roots_over_the_same_leaves() -> None:
    for count in (1, 255, 300):
        act_and_log(count)
        seen = _newest()
        leaves = [bytes(data) for data in Leaf.objects.order_by("index").values_list("data", flat=True)]
        assert (seen.size, seen.sm3_root) == (len(leaves), root(SM3.leaves(leaves), SM3))
    assert queries.check_log() == []


def test_a_stranger_proves_a_leaf_by_the_published_sm3_tiles() -> None:
    act_and_log(300)

    class Published:
        def read(self, level: int, index: int, width: int) -> bytes:
            path = tiles.tile_path(level, index, width).removeprefix("tile/")
            return views.tile(GET, path, SM3).content

    seen = _newest()
    proof = tiles.inclusion(7, seen.size, Published(), SM3)
    leaf = SM3.leaf(tiles.unpack_entries(views.tile(GET, "entries/000", SM3).content)[7])
    assert verify_inclusion(leaf, 7, seen.size, proof, seen.sm3_root, SM3)
    with pytest.raises(Missing):
        views.tile(GET, "0/001.p/45", SM3)


def test_an_old_log_stays_valid_and_gets_its_sm3_tree_in_bounded_turns(monkeypatch) -> None:
    _old_log(monkeypatch, 200, 400)
    assert (_newest().sm3_root, queries.check_log()) == (None, [])
    monkeypatch.setattr(growing.catch_up, "__kwdefaults__", {"at_most": 250})
    for built in (250, 500):
        assert services.sequence(timezone.now()) == 0
        assert (built_size(SM3), queries.check_log()) == (built, [])
    act(3)
    services.sequence(timezone.now())
    assert (built_size(SM3), _newest().size) == (603, 603)
    assert _newest().sm3_root == tiles.root(603, StoredTiles(SM3), SM3)
    assert queries.check_log() == []


def test_acts_are_logged_while_the_sm3_tree_is_still_behind(monkeypatch) -> None:
    _old_log(monkeypatch, 300)
    monkeypatch.setattr(growing.catch_up, "__kwdefaults__", {"at_most": 100})
    act(5)
    services.sequence(timezone.now())
    assert (_newest().size, _newest().sm3_root, built_size(SM3)) == (305, None, 100)
    assert queries.check_log() == []


@pytest.mark.parametrize(
    ("change", "index"),
    [
        ("UPDATE ledger_tile SET data = overlay(data placing 'x'::bytea from 321)"
         " WHERE algorithm = 'sm3' AND level = 0 AND index = 0", 10),
        ("DELETE FROM ledger_tile WHERE algorithm = 'sm3'", 0),
        ("DELETE FROM ledger_tile WHERE algorithm = 'sm3' AND level = 0 AND index = 1", 256),
    ],
)  # fmt: skip
def test_a_changed_sm3_tree_is_found_by_the_check(change: str, index: int) -> None:
    act_and_log(300)
    tamper(change)
    faults = queries.check_log()
    assert faults[0].index == index
    assert "sm3/tile" in str(faults[0])


def test_a_log_whose_sm3_tree_was_changed_is_not_signed_on() -> None:
    act_and_log(300)
    Tile.objects.filter(algorithm="sm3", level=0, index=1).update(data=bytes(44 * 32))
    act(1)
    with pytest.raises(LogDamaged):
        services.sequence(timezone.now())


def test_a_checkpoint_without_the_sm3_root_after_one_with_it_is_found(monkeypatch) -> None:
    act_and_log(10)
    _old_log(monkeypatch, 5)
    assert Checkpoint.objects.count() == 2
    assert "SM3" in str(queries.check_log()[0])


def test_evi_63_a_leaf_that_only_sm3_knows_to_be_changed_makes_the_log_damaged(monkeypatch) -> None:
    """As after a collision of SHA-256: one digest is right, the other is not, and that is damage."""
    act_and_log(20)
    tamper("UPDATE ledger_entry SET sm3 = repeat('0', 64) WHERE id = %s", Leaf.objects.get(index=4).entry_id)
    assert queries.check_log()[0].index == 4


def test_a_great_lot_is_logged_whole_when_the_second_process_dies_over_it(monkeypatch) -> None:
    asked = []

    def answer(maker: TileMaker) -> tuple[bytes, bytes]:
        asked.append(maker.pid)
        if len(asked) == 2:
            os.kill(maker.pid, signal.SIGKILL)
        return answered(maker)

    answered = TileMaker.answer
    monkeypatch.setattr(TileMaker, "answer", answer)
    monkeypatch.setattr(sequencing, "BATCH", 700)
    monkeypatch.setattr(sequencing, "GREAT", 1_000)
    monkeypatch.setattr(sequencing.sequence, "__kwdefaults__", {"at_most": 700, "maker": None})
    services.record_many(system_ctx(), ACT, (Line("custody:package", number) for number in range(2_500)))
    services.sequence_now()
    assert len(asked) >= 2
    assert not Pending.objects.exists()
    assert (_newest().size, built_size(SM3), queries.check_log()) == (2_500, 2_500, [])
