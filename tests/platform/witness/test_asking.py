"""Our log asks its witnesses: what they sign is kept when it is true, and what they know of us is heard."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from lantai.kit.crypto import generate
from lantai.kit.evidence import witnessing
from lantai.kit.evidence.checkpoints import Checkpoint as Head
from lantai.kit.evidence.checkpoints import parse_checkpoint, parse_proof, sign_checkpoint
from lantai.kit.evidence.forks import check_fork
from lantai.kit.evidence.notes import parse_note
from lantai.kit.evidence.verdicts import Findings
from lantai.platform.context import Ctx, system_ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.ledger import queries as ledger
from lantai.platform.ledger import services as ledger_services
from lantai.platform.ledger.models import Checkpoint, Pending
from lantai.platform.ledger.services.keys import ensure_keys
from lantai.platform.ledger.types import LogRolledBack
from lantai.platform.witness import queries, services
from lantai.platform.witness.models import Alarm, Cosignature, Stamp, Witnessing
from lantai.platform.witness.types import AskWitnesses
from tests.platform.ledger.acts import act, act_and_log, tamper
from tests.platform.witness.conftest import enter_witness
from tests.platform.witness.neighbours import Witness, serving

pytestmark = pytest.mark.django_db


@pytest.fixture
def witness() -> Any:
    with serving(Witness()) as found:
        yield found


def ask(system: Ctx, **later: int) -> int:
    return services.ask_round(replace(system, now=timezone.now() + timedelta(**later)))


def test_checkpoints_are_cosigned_and_served_with_the_cosignatures(
    client: Client, officer: Ctx, system: Ctx, witness: Witness
) -> None:
    peer = enter_witness(officer, witness)
    act_and_log(3)
    assert ask(system) == 1
    act_and_log(300)
    assert ask(system) == 1
    assert ask(system) == 0  # nothing new
    newest = ledger.newest_checkpoint()
    served = client.get("/log/checkpoint").content.decode()
    found = witnessing.cosignatures_of(
        served.partition("\n\n")[2].partition("— w")[1] + served.partition("— w")[2],
        parse_note(newest.note),
        queries.witness_keys(peer),
    )
    assert [key.public.algorithm for _, key, _ in found] == ["ed25519", "sm2"]
    assert client.get("/log/witnessed").content.decode() == served == queries.cosigned_note(newest.size)
    peer.refresh_from_db()
    assert (peer.cosigned_size, peer.failures, queries.newest_witnessed()) == (newest.size, 0, newest.size)


def test_the_trust_file_names_the_witnesses_until_they_are_retired(
    client: Client, officer: Ctx, witness: Witness
) -> None:
    peer = enter_witness(officer, witness)
    published = client.get("/log/trust.txt").content.decode()
    assert set(witness.verifier_keys().split()) <= set(published.split())
    services.move_peer(officer, peer_id=peer.pk, name="retire", reason="样例")
    published = client.get("/log/trust.txt").content.decode()
    assert not set(witness.verifier_keys().split()) & set(published.split())


def test_a_proof_is_given_against_a_witnessed_checkpoint_where_one_covers_the_entry(
    officer: Ctx, system: Ctx, witness: Witness
) -> None:
    enter_witness(officer, witness)
    entry = act(1)[0]
    act_and_log(1)
    ask(system)
    size = ledger.newest_checkpoint().size
    later = act(1)[0]
    act_and_log(1)
    text, at = queries.proof_of(entry.pk)
    assert (at, len(parse_proof(text).note.signatures)) == (size, 4)
    text, at = queries.proof_of(later.pk)
    assert (at, len(parse_proof(text).note.signatures)) == (ledger.newest_checkpoint().size, 2)


def test_a_witness_that_stands_elsewhere_is_asked_from_there(
    officer: Ctx, system: Ctx, witness: Witness
) -> None:
    peer = enter_witness(officer, witness)
    act_and_log(3)
    ask(system)
    peer.refresh_from_db()
    peer.cosigned_size = 0  # an answer that was lost on the way
    peer.save()
    act_and_log(3)
    assert ask(system) == 1
    assert witness.asked == 3


def test_evi_55_a_round_killed_between_answer_and_storing_is_made_good_by_the_next(
    officer: Ctx, system: Ctx, witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def die(*args: object, **kwargs: object) -> None:
        raise Killed

    enter_witness(officer, witness)
    act_and_log(3)
    with monkeypatch.context() as patch:
        patch.setattr(Cosignature.objects, "bulk_create", die)
        with pytest.raises(Killed):
            ask(system)
    assert not Cosignature.objects.exists()
    assert ask(system) == 1
    assert Cosignature.objects.count() == 2


@pytest.mark.parametrize(
    ("bent", "told"),
    [
        ((500, "text/plain", b"x"), "HTTP 500"),
        ((200, "text/plain", b"\xff\xfe"), "不是文本"),
        ((200, "text/plain", b"nonsense\n"), "格式"),
        ((200, "text/plain", b""), ""),
        ((200, "text/plain", "— stranger.example/w AAAAAAAA\n".encode()), "已登记公钥"),
        ((409, "text/x.tlog.size", b"0\n"), "自相矛盾"),
        ((409, "text/x.tlog.size", b"many\n"), ""),
        ((302, "text/plain", b""), "HTTP 302"),
        ((200, "text/plain", b"x" * 300_000), "过大"),
    ],
)
def test_an_answer_that_is_not_true_is_not_kept_and_the_next_try_put_off(
    officer: Ctx, system: Ctx, witness: Witness, bent: tuple[int, str, bytes], told: str
) -> None:
    peer = enter_witness(officer, witness)
    act_and_log(1)
    witness.bent = [bent]
    assert ask(system) == 0
    peer.refresh_from_db()
    assert (peer.failures, Cosignature.objects.count(), told in peer.last_error) == (1, 0, True)
    assert ask(system) == 0, "not before a minute has passed"
    assert ask(system, minutes=3) == 1
    peer.refresh_from_db()
    assert (peer.failures, peer.last_error, peer.try_after) == (0, "", None)


def test_a_signature_by_another_key_under_the_name_of_the_witness_is_refused(
    officer: Ctx, system: Ctx, witness: Witness
) -> None:
    peer = enter_witness(officer, witness)
    act_and_log(1)
    witness.keys = [generate("ed25519")]
    assert ask(system) == 0
    peer.refresh_from_db()
    assert "已登记公钥" in peer.last_error
    assert not Witnessing.objects.exists()


def test_a_witness_that_is_down_is_tried_later_and_later(officer: Ctx, system: Ctx, witness: Witness) -> None:
    peer = enter_witness(officer, witness, address="http://127.0.0.1:9")
    act_and_log(1)
    now, waits = timezone.now(), []
    for hours in range(0, 24, 3):
        at = now + timedelta(hours=hours)
        assert services.ask_round(replace(system, now=at)) == 0
        peer.refresh_from_db()
        waits.append((peer.try_after - at) / timedelta(minutes=1))
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_a_paused_witness_is_not_asked(officer: Ctx, system: Ctx, witness: Witness) -> None:
    peer = enter_witness(officer, witness)
    act_and_log(1)
    services.move_peer(officer, peer_id=peer.pk, name="pause", reason="样例")
    assert (ask(system), witness.asked) == (0, 0)


def test_two_groups_are_both_needed_and_the_policy_in_force_is_kept(officer: Ctx, system: Ctx) -> None:
    with serving(Witness("one.example/w")) as one, serving(Witness("two.example/w")) as two:
        enter_witness(officer, one, group="省内")
        enter_witness(officer, two, group="省外")
        act_and_log(1)
        two.bent = [(500, "text/plain", b"")]
        assert ask(system) == 1
        assert queries.newest_witnessed() == 0
        assert ask(system, minutes=3) == 1
        assert queries.newest_witnessed() == ledger.newest_checkpoint().size
        key = one.verifier_keys().split()[0]
        row = services.set_policy(officer, text=f"witness w {key}\r\nquorum w\r\n")
        act_and_log(1)
        two.bent = [(500, "text/plain", b"")]
        ask(system)
    newest = Witnessing.objects.order_by("-size")[0]
    assert (newest.size, newest.policy) == (ledger.newest_checkpoint().size, row)


def test_a_checkpoint_not_witnessed_in_the_stated_time_raises_an_alarm_that_a_cosignature_ends(
    officer: Ctx, system: Ctx, witness: Witness
) -> None:
    enter_witness(officer, witness)
    act_and_log(1)
    soon, late = (replace(system, now=timezone.now() + timedelta(minutes=m)) for m in (50, 70))
    services.watch_witnesses(soon)
    assert not Alarm.objects.exists()
    for _ in range(2):
        services.watch_witnesses(late)
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.ended_at) == ("unwitnessed", None)
    act_and_log(0)  # the line about the alarm
    assert ask(system) == 1
    alarm.refresh_from_db()
    assert alarm.ended_at is not None


def test_the_beat_starts_one_job_and_the_job_asks(officer: Ctx, witness: Witness) -> None:
    enter_witness(officer, witness)
    act_and_log(1)
    for _ in range(3):
        services.attend()
    assert Run.objects.filter(kind__endswith="AskWitnesses").count() == 1
    jobs.run_now(system_ctx(), AskWitnesses())
    assert Cosignature.objects.count() == 2


def _cut_back(size: int) -> None:
    """The database as it was in an older backup."""
    tamper("DELETE FROM ledger_checkpoint WHERE size > %s", size)
    tamper("DELETE FROM ledger_leaf WHERE index >= %s", size)
    tamper("UPDATE ledger_tile SET width = %s, data = substring(data FOR %s)", size, size * 32)


@pytest.mark.django_db(transaction=True)
def test_evi_54_a_database_and_keys_set_back_together_are_found_out_by_the_witness(
    officer: Ctx, system: Ctx, witness: Witness, keys: Path
) -> None:
    peer = enter_witness(officer, witness)
    act_and_log(4)
    early = (keys / "log-newest-checkpoint").read_text()
    ask(system)
    size = ledger.newest_checkpoint().size
    act_and_log(4)
    ask(system)
    _cut_back(size)
    (keys / "log-newest-checkpoint").write_text(early)
    Cosignature.objects.filter(size__gt=size).delete()
    Witnessing.objects.filter(size__gt=size).delete()
    peer.refresh_from_db()
    peer.cosigned_size = size
    peer.save()
    act_and_log(1)  # nobody on this machine can know
    assert ask(system) == 0
    alarm = Alarm.objects.get(kind="rolled_back")
    assert (alarm.params["size"], alarm.peer_id) == (size + 4, peer.pk)
    act(1)
    with pytest.raises(LogRolledBack):
        ledger_services.sequence(timezone.now())
    assert Pending.objects.exists(), "acts are recorded and wait"
    assert "恢复到较早的状态" in " ".join(map(str, ledger.check_log()))


def test_evi_53_a_second_history_signed_with_our_keys_is_proved_by_what_the_witness_holds(
    officer: Ctx, system: Ctx, witness: Witness
) -> None:
    enter_witness(officer, witness)
    act_and_log(5)
    thief = sign_checkpoint(Head("ours.example/log", 5, b"x" * 32), ensure_keys())
    assert witness.answer(witnessing.AddCheckpoint(0, (), thief).render().encode())[0] == 200
    size = ledger.newest_checkpoint().size
    assert ask(system) == 0
    fork = Alarm.objects.get(kind="fork")
    findings = Findings()
    check_fork(fork.proof.encode(), ledger.trust_store(), findings)
    assert (findings.ok, Alarm.objects.filter(kind="refused").count()) == (True, 1)
    assert parse_checkpoint(thief.text).size <= size == Checkpoint.objects.order_by("-size")[0].size


def test_the_check_says_what_no_longer_stands_of_what_others_signed(
    officer: Ctx, system: Ctx, witness: Witness
) -> None:
    enter_witness(officer, witness)
    act_and_log(1)
    ask(system)
    size = ledger.newest_checkpoint().size
    assert queries.check_evidence() == []
    row = Cosignature.objects.order_by("pk")[0]
    Cosignature.objects.filter(pk=row.pk).update(size=size + 1)
    Stamp.objects.create(
        size=size,
        service="样例",
        algorithm="sha256",
        token=b"0\x00",
        stamped_at=timezone.now(),
        expires_at=timezone.now(),
        kept_at=timezone.now(),
    )
    faults = " ".join(map(str, queries.check_evidence()))
    assert (faults.count("见证签名不正确"), faults.count("时间戳不正确")) == (1, 1)
