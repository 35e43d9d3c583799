"""Entries: written with the caller's work, digested, and never changed afterwards."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from lantai.kit.digests import sm3
from lantai.kit.evidence.canonical import NotCanonical, canonical
from lantai.platform.context import Actor, system_ctx
from lantai.platform.ledger import services
from lantai.platform.ledger.models import Entry, Pending
from lantai.platform.ledger.types import Line

CTX = replace(system_ctx(), actor=Actor(id=7, name="张三样例"), org_id=3, org_name="嘉禾市档案馆（样例）")


def _record(**changes: object) -> Entry:
    what: dict = {
        "object_type": "custody:package",
        "object_id": 42,
        "object_name": "样例一",
        "detail": {"n": 1},
    }
    return services.record(CTX, "custody:package:sealed", **(what | changes))


@pytest.mark.django_db
def test_an_entry_keeps_who_did_what_to_which_object() -> None:
    entry = Entry.objects.get(id=_record().id)
    assert (entry.actor_id, entry.actor_name, entry.org_id, entry.org_name) == (
        7,
        "张三样例",
        3,
        "嘉禾市档案馆（样例）",
    )
    assert (entry.act, entry.object_type, entry.object_id) == (
        "custody:package:sealed",
        "custody:package",
        "42",
    )
    assert entry.detail == {"n": 1}
    assert Pending.objects.filter(entry_id=entry.id).exists()


@pytest.mark.django_db
def test_both_digests_come_from_the_canonical_form_as_the_database_gives_it_back() -> None:
    written = _record(detail={"z": [1, "二", None, True], "a": {"深": "层"}}, object_name="坏\0名\udce9")
    entry = Entry.objects.get(id=written.id)
    assert entry.object_name == "坏\ufffd名?"
    form = canonical(entry.form)
    assert (entry.sha256, entry.sm3) == (hashlib.sha256(form).hexdigest(), sm3(form).hex())


@pytest.mark.django_db
def test_two_equal_acts_have_different_digests_so_that_nobody_can_guess_one() -> None:
    assert _record().sha256 != _record().sha256


@pytest.mark.django_db
@pytest.mark.parametrize("detail", [{"x": 1.5}, {"x": datetime.now(UTC)}, {"x": 2**60}])
def test_a_detail_that_has_no_single_spelling_is_refused(detail: dict) -> None:
    with pytest.raises(NotCanonical):
        _record(detail=detail)


@pytest.mark.django_db(transaction=True)
def test_an_act_that_is_rolled_back_leaves_no_entry() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        _record()
        raise ZeroDivisionError
    assert not Entry.objects.exists()
    assert not Pending.objects.exists()


@pytest.mark.django_db
def test_recording_one_act_takes_two_statements(django_assert_num_queries) -> None:
    with django_assert_num_queries(2):
        _record()


@pytest.mark.django_db
def test_a_mass_act_writes_one_digested_pending_entry_an_object() -> None:
    lines = (Line("catalogue:description", n, f"样例{n}", {"n": n}) for n in range(5_100))
    assert services.record_many(CTX, "catalogue:description:opened", lines) == 5_100
    entries = list(Entry.objects.order_by("id"))
    assert [e.object_id for e in entries] == [str(n) for n in range(5_100)]
    assert all(hashlib.sha256(canonical(e.form)).hexdigest() == e.sha256 for e in entries)
    assert set(Pending.objects.values_list("entry_id", flat=True)) == {e.id for e in entries}


@pytest.mark.django_db
@pytest.mark.parametrize("table", ["ledger_entry", "ledger_leaf", "ledger_checkpoint"])
def test_the_database_refuses_to_empty_the_evidence(table: str) -> None:
    with pytest.raises(DatabaseError, match=f"{table} is append-only, TRUNCATE is refused"):
        connection.cursor().execute(f"TRUNCATE {table}")


@pytest.mark.django_db
@pytest.mark.parametrize("statement", ["UPDATE ledger_entry SET act = 'x:y:z'", "DELETE FROM ledger_entry"])
def test_the_database_refuses_to_change_or_remove_an_entry(statement: str) -> None:
    _record()
    with pytest.raises(DatabaseError, match="append-only") as refused:
        connection.cursor().execute(statement)
    assert refused.value.__cause__.sqlstate == "42501"
