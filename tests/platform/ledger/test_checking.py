"""Whoever owns the database can change it; the check says so and from which leaf on."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from lantai.kit.evidence.canonical import leaf_of
from lantai.kit.evidence.merkle import SHA256
from lantai.platform.context import system_ctx
from lantai.platform.jobs import execution
from lantai.platform.jobs.models import Run
from lantai.platform.ledger import queries, services
from lantai.platform.ledger.models import Entry, Leaf
from lantai.platform.ledger.services.recording import _entry
from lantai.platform.ledger.types import Line
from lantai.platform.witness.services import check_log_daily
from tests.platform.ledger.acts import ACT, act_and_log, guards_off, tamper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys", "long_log")]
BAD = 300


@pytest.fixture
def long_log(keys: object) -> None:
    """A log of more than one tile, signed at 100, 256, 350 and 600 leaves."""
    for count in (100, 156, 94, 250):
        act_and_log(count)


def _entry_of(index: int) -> int:
    return Leaf.objects.get(index=index).entry_id


def _first_bad() -> int | None:
    faults = queries.check_log()
    assert faults
    assert all(str(fault) for fault in faults)
    return faults[0].index


def test_an_untouched_log_has_no_faults() -> None:
    assert queries.check_log() == []


@pytest.mark.parametrize(
    "change",
    ["act = 'a:b:c'", "actor_name = '他人样例'", "at = at + interval '1 second'", "detail = '{\"x\": 1}'",
     "org_id = 5", "object_id = 'x'", "sha256 = repeat('0', 64)", "sm3 = repeat('0', 64)"],
)  # fmt: skip
def test_evi_51_a_changed_entry_is_found_by_its_index(change: str) -> None:
    tamper(f"UPDATE ledger_entry SET {change} WHERE id = %s", _entry_of(BAD))
    assert _first_bad() == BAD


def test_an_entry_changed_with_its_digests_is_found() -> None:
    entry = Entry.objects.get(id=_entry_of(BAD))
    forged = _entry(system_ctx(), ACT, Line("custody:package", "别的"))
    with guards_off():
        forged.id = entry.id
        forged.save(force_update=True)
    assert _first_bad() == BAD


@pytest.mark.parametrize("with_tiles", [False, True])
def test_an_entry_changed_with_its_leaf_is_found(with_tiles: bool) -> None:
    forged = _entry(system_ctx(), ACT, Line("custody:package", "别的"))
    forged.id = _entry_of(BAD)
    data = leaf_of(forged.form)
    with guards_off():
        forged.save(force_update=True)
        Leaf.objects.filter(index=BAD).update(data=data, hash=SHA256.leaf(data))
    if with_tiles:
        place = (BAD - 256) * 32 + 1
        tamper(
            "UPDATE ledger_tile SET data = overlay(data PLACING %s FROM %s) WHERE level = 0 AND index = 1",
            SHA256.leaf(data),
            place,
        )
        assert _first_bad() == 256  # between the checkpoints at 256 and 350
    else:
        assert _first_bad() == BAD


def test_evi_51_a_deleted_entry_is_found_by_its_index() -> None:
    tamper("DELETE FROM ledger_entry WHERE id = %s", _entry_of(BAD))
    assert _first_bad() == BAD


def test_evi_51_a_deleted_leaf_is_found_by_its_index() -> None:
    tamper("DELETE FROM ledger_leaf WHERE index = %s", BAD)
    assert _first_bad() == BAD


def test_evi_52_a_cut_off_tail_is_found() -> None:
    tamper("DELETE FROM ledger_leaf WHERE index >= %s", BAD)
    assert _first_bad() is not None
    assert any("末尾被删除" in str(fault) for fault in queries.check_log())


def test_evi_51_two_exchanged_leaves_are_found_by_the_first_index() -> None:
    one, other = Leaf.objects.get(index=BAD), Leaf.objects.get(index=BAD + 1)
    tamper("DELETE FROM ledger_leaf WHERE index IN (%s, %s)", BAD, BAD + 1)
    one.index, other.index = other.index, one.index
    Leaf.objects.bulk_create([one, other])
    assert _first_bad() == BAD


def test_evi_51_an_inserted_leaf_is_found_by_its_index() -> None:
    forged = _entry(system_ctx(), ACT, Line("custody:package", "多的"))
    forged.save(force_insert=True)
    data = leaf_of(forged.form)
    Leaf.objects.create(index=600, entry_id=forged.id, data=data, hash=SHA256.leaf(data))
    assert _first_bad() == 600


def test_an_entry_put_in_beside_the_log_is_found() -> None:
    forged = _entry(system_ctx(), ACT, Line("custody:package", "多的"))
    forged.save(force_insert=True)
    (fault,) = queries.check_log()
    assert (fault.index, fault.entry_id) == (None, forged.id)


def test_an_entry_held_back_from_the_log_is_found() -> None:
    entry = services.record(system_ctx(), ACT, object_type="custody:package", object_id=1)
    tamper("DELETE FROM ledger_pending")
    assert services.sequence(timezone.now()) == 0
    assert [fault.entry_id for fault in queries.check_log()] == [entry.id]


def test_a_changed_tile_is_found() -> None:
    flipped = "set_byte(data, 64, 255 - get_byte(data, 64))"
    tamper(f"UPDATE ledger_tile SET data = {flipped} WHERE (level, index) = (0, 1)")
    assert _first_bad() == 258


def test_a_changed_root_or_a_foreign_signature_is_found(keys) -> None:
    tamper("UPDATE ledger_checkpoint SET note = replace(note, '350', '351') WHERE size = 350")
    assert _first_bad() == 256
    for path in keys.iterdir():
        path.unlink()
    services.ensure_keys()
    assert _first_bad() == 0


def test_the_check_does_not_hold_the_log_in_memory() -> None:
    with connection.execute_wrapper(_no_more_than_a_chunk):
        assert queries.check_log() == []


def _no_more_than_a_chunk(execute, sql, params, many, context):
    is_leaves = 'FROM "ledger_leaf"' in sql and '"ledger_leaf"."data"' in sql
    assert not is_leaves or "LIMIT" in sql
    return execute(sql, params, many, context)


def test_the_whole_log_is_read_once_a_day_and_good_news_grow_old() -> None:
    now = timezone.now()
    assert queries.is_intact(now) is None
    check_log_daily()
    check_log_daily()
    (run,) = Run.objects.filter(kind__endswith=".CheckLog")
    execution.execute(run.pk)
    check_log_daily()
    assert Run.objects.filter(kind__endswith=".CheckLog").count() == 1
    now = timezone.now()
    assert (queries.is_intact(now), queries.last_check().size) == (True, 600)
    assert queries.is_intact(now + timedelta(days=9)) is None
    tamper("UPDATE ledger_entry SET act = 'a:b:c' WHERE id = %s", _entry_of(BAD))
    assert len(services.check_and_keep(now)) == 1
    assert queries.is_intact(now + timedelta(days=9)) is False
    assert str(BAD) in queries.last_check().first_fault
