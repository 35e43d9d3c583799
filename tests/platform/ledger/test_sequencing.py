"""The log grows densely, in one piece, by one sequencer at a time, and never forgets what it signed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import timezone

from lantai.kit.crypto import KeyFileExposed
from lantai.kit.errors import Missing
from lantai.kit.evidence.canonical import leaf_of
from lantai.kit.evidence.checkpoints import parse_proof
from lantai.kit.evidence.merkle import SHA256, verify_inclusion
from lantai.kit.evidence.notes import parse_note
from lantai.kit.evidence.receipts import BadReceipt, check_receipt, statement_digest
from lantai.kit.evidence.trust import TrustStore
from lantai.kit.evidence.verdicts import Findings
from lantai.platform.context import system_ctx
from lantai.platform.ledger import queries, services
from lantai.platform.ledger.models import Checkpoint, Entry, Leaf, Pending, Tile
from lantai.platform.ledger.services import sequencing
from lantai.platform.ledger.types import EntryChanged, LogDamaged, LogRolledBack, NotYetLogged
from tests.platform.ledger.acts import act, act_and_log, head, is_continued, tamper

NOW = datetime(2026, 3, 2, 1, 2, 3, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("keys")


@pytest.mark.django_db
def test_waiting_entries_become_leaves_and_a_checkpoint_signed_with_both_keys() -> None:
    entries = act(3)
    assert services.sequence(NOW) == 3
    assert not Pending.objects.exists()
    assert list(Leaf.objects.order_by("index").values_list("index", "entry_id")) == [
        (place, entry.id) for place, entry in enumerate(entries)
    ]
    checkpoint = Checkpoint.objects.get()
    note = parse_note(checkpoint.note)
    trust = queries.trust_store()
    assert (checkpoint.size, checkpoint.signed_at) == (3, NOW)
    assert [trust.key_of(s).public.algorithm for s in note.signatures] == ["ed25519", "sm2"]
    assert all(trust.key_of(s).verify(note.text, s.blob) for s in note.signatures)


@pytest.mark.django_db
def test_nothing_waiting_signs_nothing() -> None:
    assert services.sequence(NOW) == 0
    assert not Checkpoint.objects.exists()


@pytest.mark.django_db
def test_evi_66_a_leaf_holds_no_name_and_no_id_of_a_person() -> None:
    ctx = system_ctx()
    services.record(
        ctx, "a:b:made", object_type="a:b", object_id=998877, object_name="张三样例", detail={"x": "李四样例"}
    )
    services.sequence(NOW)
    data = bytes(Leaf.objects.get().data).decode()
    assert not any(word in data for word in ("张三", "李四", "998877", ctx.actor.name, ctx.request_id))


@pytest.mark.django_db
def test_evi_66_proofs_hold_after_what_is_personal_was_erased_from_the_entries() -> None:
    entry = services.record(
        system_ctx(),
        "a:b:made",
        object_type="a:b",
        object_id=1,
        object_name="张三样例",
        detail={"x": "李四样例"},
    )
    services.sequence(NOW)
    leaf = bytes(Leaf.objects.get().data)
    tamper("UPDATE ledger_entry SET actor_name = '', object_name = '', detail = '{}', nonce = ''")
    act_and_log(300)
    proof = parse_proof(services.proof_of(entry.id))
    seen = head(proof.note.render())
    assert verify_inclusion(SHA256.leaf(leaf), proof.index, seen.size, proof.hashes, seen.root)
    assert {fault.entry_id for fault in queries.check_log()} == {entry.id}, (
        "and the log says whose words are gone"
    )


@pytest.mark.django_db
def test_a_proof_convinces_the_kit_and_only_for_its_own_entry() -> None:
    entries = act(20)
    services.sequence(NOW)
    for entry in entries:
        proof = parse_proof(services.proof_of(entry.id))
        seen = head(proof.note.render())
        leaf = SHA256.leaf(leaf_of(Entry.objects.get(id=entry.id).form))
        assert verify_inclusion(leaf, proof.index, seen.size, proof.hashes, seen.root)
    stranger = SHA256.leaf(leaf_of(entries[0].form))
    assert not verify_inclusion(stranger, proof.index, seen.size, proof.hashes, seen.root)


@pytest.mark.django_db
def test_an_entry_that_waits_has_no_proof_yet_and_an_unknown_one_is_missing() -> None:
    entry = act()[0]
    with pytest.raises(NotYetLogged):
        services.proof_of(entry.id)
    with pytest.raises(Missing):
        services.proof_of(entry.id + 1)


@pytest.mark.django_db
def test_a_receipt_is_believed_with_our_trust_file_and_only_for_its_statement() -> None:
    statement = {"title": "样例移交批次", "items": 12}
    entry = services.record(
        system_ctx(),
        "intake:submission:accepted",
        object_type="intake:submission",
        object_id=1,
        detail={"statement_sha256": statement_digest(statement)},
    )
    services.sequence(NOW)
    trust = TrustStore.parse(queries.trust_text())
    findings = Findings()
    assert check_receipt(services.receipt_for(entry, statement), trust, findings) == statement, (
        findings.checks
    )
    with pytest.raises(BadReceipt):
        services.receipt_for(entry, statement | {"items": 13})


@pytest.mark.django_db
def test_successive_checkpoints_are_consistent_across_tile_borders() -> None:
    heads = []
    for count in (1, 254, 1, 1, 300, 2):
        act_and_log(count)
        heads.append(head(queries.newest_checkpoint().note))
    assert [h.size for h in heads] == [1, 255, 256, 257, 557, 559]
    assert all(is_continued(old, new) for old in heads for new in heads if old.size <= new.size)
    of_sha256 = Tile.objects.filter(algorithm="sha256")
    assert sorted(of_sha256.values_list("level", "index", "width")) == [
        (0, 0, 256),
        (0, 1, 256),
        (0, 2, 47),
        (1, 0, 2),
    ]
    assert queries.check_log() == []


@pytest.mark.django_db
def test_batches_are_bounded() -> None:
    act(5)
    assert [services.sequence(NOW, at_most=2) for _ in range(4)] == [2, 2, 1, 0]
    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [2, 4, 5]


@pytest.mark.django_db(transaction=True)
def test_evi_57_fifty_writers_at_once_leave_a_dense_log_without_duplicates() -> None:
    stop = threading.Event()

    def write(_: int) -> list[int]:
        try:
            return [entry.id for entry in act(4)]
        finally:
            connection.close()

    def follow() -> None:
        try:
            while not stop.is_set():
                services.sequence(timezone.now())
        finally:
            connection.close()

    follower = threading.Thread(target=follow)
    follower.start()
    with ThreadPoolExecutor(50) as pool:
        written = {entry_id for ids in pool.map(write, range(50)) for entry_id in ids}
    stop.set()
    follower.join()
    services.sequence(timezone.now())
    leaves = list(Leaf.objects.order_by("index").values_list("index", "entry_id"))
    assert [index for index, _ in leaves] == list(range(200))
    assert {entry_id for _, entry_id in leaves} == written
    assert queries.check_log() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["leaf_from", "sign_checkpoint", "remember"])
def test_evi_55_a_sequencer_that_dies_leaves_nothing_or_all(
    step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    act_and_log(3)
    act(4)

    class Killed(BaseException):
        pass

    def die(*args: object, **kwargs: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(sequencing, step, die)
        with pytest.raises(Killed):
            services.sequence(NOW)
    is_committed = step == "remember"
    sizes = (Pending.objects.count(), Leaf.objects.count(), queries.newest_checkpoint().size)
    assert sizes == ((0, 7, 7) if is_committed else (4, 3, 3))
    assert queries.check_log() == []
    act_and_log(1)
    assert queries.newest_checkpoint().size == 8
    assert queries.check_log() == []


@pytest.mark.django_db(transaction=True)
def test_evi_56_a_second_sequencer_steps_back_while_the_first_works() -> None:
    act(3)

    def second() -> int:
        try:
            return services.sequence(NOW)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        assert services.sequence(NOW) == 3
        assert pool.submit(second).result(timeout=120) == 0
    assert Leaf.objects.count() == 3
    assert Checkpoint.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_evi_54_a_database_set_back_to_an_earlier_day_is_not_signed_on(keys: Path) -> None:
    act_and_log(5)
    early = head(queries.newest_checkpoint().note)
    act_and_log(5)
    late = head(queries.newest_checkpoint().note)
    tamper("DELETE FROM ledger_checkpoint WHERE size = 10")
    tamper("DELETE FROM ledger_leaf WHERE index >= 5")
    tamper("UPDATE ledger_tile SET width = 5, data = substring(data FOR 160)")
    act()
    with pytest.raises(LogRolledBack):
        services.sequence(NOW)
    assert Pending.objects.count() == 1
    assert "恢复到较早的状态" in " ".join(map(str, queries.check_log()))
    assert not is_continued(late, early)
    (keys / "log-newest-checkpoint").unlink()
    act_and_log(7)
    fork = head(queries.newest_checkpoint().note)
    assert is_continued(early, fork)
    assert not is_continued(late, fork)


@pytest.mark.django_db(transaction=True)
def test_a_log_rewritten_under_the_signature_is_not_signed_on() -> None:
    act_and_log(5)
    tamper("UPDATE ledger_tile SET data = set_byte(data, 40, 255 - get_byte(data, 40))")
    act()
    with pytest.raises(LogDamaged):
        services.sequence(NOW)
    assert Leaf.objects.count() == 5


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement", ["UPDATE ledger_entry SET actor_name = '无名'", "DELETE FROM ledger_entry"]
)
def test_an_entry_changed_while_it_waits_is_not_logged(statement: str) -> None:
    entry = act()[0]
    tamper(statement)
    with pytest.raises(EntryChanged) as refused:
        services.sequence(NOW)
    assert refused.value.params["entry"] == entry.id


@pytest.mark.django_db
def test_keys_are_made_once_for_their_owner_only(keys: Path) -> None:
    first = [key.public.raw for key in services.ensure_keys()]
    assert [key.public.raw for key in services.ensure_keys()] == first
    assert {path.name: path.stat().st_mode & 0o777 for path in keys.iterdir()} == {
        "log-ed25519.pem": 0o600,
        "log-sm2.pem": 0o600,
    }
    (keys / "log-sm2.pem").chmod(0o644)
    with pytest.raises(KeyFileExposed):
        services.sequence(NOW)
