"""We as a witness (C2SP tlog-witness): what is cosigned, what is refused, and what two signatures prove."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.test import Client

from lantai.kit.evidence.checkpoints import parse_checkpoint
from lantai.kit.evidence.forks import check_fork
from lantai.kit.evidence.merkle import SHA256
from lantai.kit.evidence.notes import Note, parse_note
from lantai.kit.evidence.trust import TrustStore
from lantai.kit.evidence.verdicts import Findings
from lantai.kit.evidence.witnessing import MAX_REQUEST_BYTES, cosignatures_of
from lantai.platform.context import Ctx
from lantai.platform.ledger.models import Entry
from lantai.platform.witness import limits, services
from lantai.platform.witness.models import Alarm, Refused, SeenCheckpoint, WitnessedLog
from tests.platform.witness.conftest import enter_log
from tests.platform.witness.neighbours import Log

pytestmark = pytest.mark.django_db
ADDRESS = "/witness/add-checkpoint"


def ask(client: Client, body: bytes) -> tuple[int, str, str]:
    answer = client.post(ADDRESS, body, content_type="text/plain")
    return answer.status_code, answer["Content-Type"], answer.content.decode()


def test_a_log_that_grew_is_cosigned_with_both_keys_and_may_be_asked_again(
    client: Client, officer: Ctx
) -> None:
    log = Log()
    enter_log(officer, log)
    for old, count in ((0, 3), (3, 300), (303, 0)):
        note = log.grow(count)
        status, _, body = ask(client, log.request(old))
        found = cosignatures_of(body, note, services.own_keys().keys)
        assert (status, [key.public.algorithm for _, key, _ in found]) == (200, ["ed25519", "sm2"])
    row = WitnessedLog.objects.get()
    assert (row.origin, row.size, parse_note(row.note).text) == (log.origin, 303, note.text)
    assert list(SeenCheckpoint.objects.order_by("size").values_list("size", flat=True)) == [3, 303]
    assert not Entry.objects.filter(
        act__startswith="witness:checkpoint"
    ).exists()  # logs do not wind each other up


def test_an_unknown_log_and_a_paused_one_are_404(client: Client, officer: Ctx) -> None:
    log = Log()
    log.grow(2)
    assert ask(client, log.request(0))[0] == 404
    peer = enter_log(officer, log)
    services.move_peer(officer, peer_id=peer.pk, name="pause", reason="样例")
    assert ask(client, log.request(0))[0] == 404
    services.move_peer(officer, peer_id=peer.pk, name="resume", reason="")
    assert ask(client, log.request(0))[0] == 200


def test_a_signature_of_somebody_else_is_403(client: Client, officer: Ctx) -> None:
    log, thief = Log(), Log()
    enter_log(officer, log)
    thief.grow(2)
    assert ask(client, thief.request(0))[0] == 403
    assert Refused.objects.get().status == 403
    assert not WitnessedLog.objects.exists()


def test_another_old_size_is_409_with_the_size_that_was_cosigned(client: Client, officer: Ctx) -> None:
    log = Log()
    enter_log(officer, log)
    log.grow(5)
    ask(client, log.request(0))
    log.grow(5)
    for old in (0, 4, 10):
        assert ask(client, log.request(old)) == (409, "text/x.tlog.size", "5\n")
    assert not Refused.objects.exists()
    assert ask(client, log.request(5))[0] == 200


def test_a_proof_that_does_not_hold_is_422_and_kept(client: Client, officer: Ctx) -> None:
    log, other = Log(), Log(seed="x")
    other.keys = log.keys
    peer = enter_log(officer, log)
    log.grow(5)
    ask(client, log.request(0))
    other.grow(9)
    body = other.request(5)
    assert ask(client, body)[0] == 422
    assert ask(client, body)[0] == 422
    row = Refused.objects.get()
    assert (row.peer_id, row.status, row.count, row.body.encode()) == (peer.pk, 422, 2, body)
    assert WitnessedLog.objects.get().size == 5


BAD = [
    b"",
    b"old 1",
    b"old 01\n\nx\n",
    b"old 0\n" + b"A" * 44 + b"\n",
    b"\xff" * 10,
    b"old 0\n\n" + b"x" * 5000,
]


@pytest.mark.parametrize("body", BAD)
def test_what_is_no_request_is_400(client: Client, body: bytes) -> None:
    assert ask(client, body)[0] == 400


def test_an_old_size_beyond_the_checkpoint_is_400(client: Client, officer: Ctx) -> None:
    log = Log()
    enter_log(officer, log)
    log.grow(5)
    assert ask(client, log.request(0).replace(b"old 0", b"old 9"))[0] == 400


def test_a_request_is_bounded_before_it_is_read(client: Client) -> None:
    assert client.post(ADDRESS, b"x" * (MAX_REQUEST_BYTES + 1), content_type="text/plain").status_code == 413
    assert client.get(ADDRESS).status_code == 405


def test_who_asks_too_often_is_told_to_wait_and_others_are_not(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "CHECKPOINTS", limits.Bucket(burst=3, per_minute=0))
    found = [client.post(ADDRESS, b"x", content_type="text/plain").status_code for _ in range(5)]
    assert found == [400, 400, 400, 429, 429]
    other = client.post(ADDRESS, b"x", content_type="text/plain", REMOTE_ADDR="192.0.2.7")
    assert other.status_code == 400


def test_evi_52_a_log_cut_back_to_an_older_checkpoint_is_not_cosigned(client: Client, officer: Ctx) -> None:
    log = Log()
    enter_log(officer, log)
    early = log.grow(5)
    ask(client, log.request(0))
    log.grow(5)
    ask(client, log.request(5))
    assert ask(client, log.request(0, early)) == (409, "text/x.tlog.size", "10\n")
    assert ask(client, log.request(5, early)) == (409, "text/x.tlog.size", "10\n")
    assert WitnessedLog.objects.get().size == 10
    assert not Alarm.objects.exists()  # an old checkpoint that we know is no second history


@pytest.mark.parametrize("old", [4, 0])
def test_evi_53_two_histories_of_one_size_are_proved_by_a_file_that_a_stranger_checks(
    client: Client, officer: Ctx, old: int
) -> None:
    log = Log()
    peer = enter_log(officer, log)
    log.grow(4)
    ask(client, log.request(0))
    fork = Log(seed="zweite Geschichte")
    fork.keys = log.keys
    fork.grow(4)
    status, kind, _ = ask(client, fork.request(old))
    assert (status, kind.startswith("text/x.tlog")) == (409, old == 0)
    alarm = Alarm.objects.get()
    findings = Findings()
    check_fork(alarm.proof.encode(), TrustStore.parse(log.trust()), findings)
    assert (findings.ok, alarm.kind, alarm.peer_id) == (True, "fork", peer.pk)
    assert Entry.objects.filter(act="witness:alarm:raised").count() == 1
    ask(client, fork.request(old))
    assert Alarm.objects.count() == 1


def test_anybody_may_read_what_we_cosigned_last_of_a_log(client: Client, officer: Ctx) -> None:
    log = Log()
    enter_log(officer, log)
    note = log.grow(3)
    ask(client, log.request(0))
    place = hashlib.sha256(log.origin.encode()).hexdigest()
    assert parse_note(client.get(f"/witness/{place}/checkpoint").content.decode()).text == note.text
    assert client.get(f"/witness/{'0' * 64}/checkpoint").status_code == 404


def test_the_published_keys_are_those_that_cosign(client: Client) -> None:
    published = TrustStore.parse(client.get("/witness/keys.txt").content.decode()).keys
    assert [key.render() for key in published] == [key.render() for key in services.own_keys().keys]
    assert [key.is_witness for key in published] == [False, False, True, True]


@pytest.mark.django_db(transaction=True)
def test_of_requests_that_race_no_two_histories_are_cosigned(officer: Ctx) -> None:
    logs = [Log(seed=str(n)) for n in range(6)]
    for log in logs:
        log.keys = logs[0].keys
        log.grow(4)
    enter_log(officer, logs[0])

    def race(log: Log) -> tuple[int, Note]:
        try:
            return services.add_checkpoint(officer, body=log.request(0)).status, log.head()
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(race, logs))
    won = [note for status, note in answers if status == 200]
    assert sorted(status for status, _ in answers) == [200, 409, 409, 409, 409, 409]
    assert bytes(WitnessedLog.objects.get().root) == parse_checkpoint(won[0].text).root != SHA256.empty()
