"""The keys of the log are rotated and revoked in the open; what they signed before stays true."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.db.utils import DatabaseError
from django.test import RequestFactory
from django.utils import timezone

from lantai.kit.errors import Missing
from lantai.kit.evidence.keyhistory import KeyHistory, Reason
from lantai.kit.evidence.receipts import check_receipt, statement_digest
from lantai.kit.evidence.trust import TrustStore
from lantai.kit.evidence.verdicts import Findings
from lantai.platform.context import Channel, Ctx, system_ctx
from lantai.platform.ledger import queries, services, views
from lantai.platform.ledger.models import Entry, KeyStatement, Pending
from lantai.platform.ledger.queries.trust import log_keys
from lantai.platform.ledger.services import keys as key_services
from lantai.platform.ledger.types import KeyNotFound, KeyUnavailable, NotFromCommandLine
from tests.platform.ledger.acts import act, act_and_log, guards_off

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys")]
GET = RequestFactory().get("/log/")


@pytest.fixture
def ctx(django_capture_on_commit_callbacks) -> Ctx:
    return system_ctx(Channel.COMMAND)


@pytest.fixture
def committed(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def _receipt(statement: dict) -> bytes:
    entry = services.record(
        system_ctx(), "a:b:made", object_type="a:b", object_id=1,
        detail={"statement_sha256": statement_digest(statement)},
    )  # fmt: skip
    services.sequence(timezone.now())
    return services.receipt_for(entry, statement)


def _is_believed(receipt: bytes) -> bool:
    return check_receipt(receipt, TrustStore.parse(queries.trust_text()), Findings()) is not None


def _id(algorithm: str) -> str:
    force = queries.key_history().in_force()
    return next(key.key_id.hex() for key in force if key.public.algorithm == algorithm)


def test_keys_are_introduced_once_by_lines_of_the_ledger(ctx: Ctx) -> None:
    services.introduce_keys(ctx)
    services.introduce_keys(ctx)
    assert [s.act for s in queries.key_history().statements] == ["introduced", "introduced"]
    lines = Entry.objects.filter(object_type="ledger:key")
    assert list(lines.values_list("act", flat=True)) == ["ledger:key:introduced"] * 2


@pytest.mark.parametrize("algorithm", ["ed25519", "sm2"])
def test_evi_59_after_a_rotation_receipts_of_both_eras_are_believed(
    ctx: Ctx, committed, keys: Path, algorithm: str
) -> None:
    old = _receipt({"n": 1})
    before = {key.public.raw for key in log_keys()}
    with committed():
        services.rotate_key(ctx, algorithm=algorithm)
    new = _receipt({"n": 2})
    assert len({key.public.raw for key in log_keys()} - before) == 1
    assert _is_believed(old)
    assert _is_believed(new)
    assert queries.check_log() == []
    assert len(list((keys / "former").iterdir())) == 1
    assert not list(keys.glob("*.next.pem"))
    assert Entry.objects.filter(act="ledger:key:rotated").count() == 1


def test_whoever_trusts_the_first_key_alone_reaches_the_new_one_by_the_published_history(
    ctx: Ctx, committed
) -> None:
    services.introduce_keys(ctx)
    first = TrustStore.parse(queries.trust_text()).keys[:1]
    for algorithm in ("ed25519", "sm2", "ed25519"):
        with committed():
            services.rotate_key(ctx, algorithm=algorithm)
    receipt = _receipt({"n": 3})
    published = KeyHistory.parse(views.keys(GET).content.decode())
    assert check_receipt(receipt, TrustStore(first).with_history(published), Findings()) == {"n": 3}
    assert check_receipt(receipt, TrustStore(first), Findings()) is None


def test_evi_58_after_a_revocation_old_receipts_stand_and_the_new_key_signs(ctx: Ctx, committed) -> None:
    services.introduce_keys(ctx)
    old = _receipt({"n": 1})
    with committed():
        services.revoke_key(ctx, key_id=_id("ed25519"), reason=Reason.LOST, since=ctx.now)
    new = _receipt({"n": 2})
    assert _is_believed(old)
    assert _is_believed(new)
    assert queries.check_log() == []


def test_a_compromised_key_leaves_the_plain_lines_and_only_the_other_signature_counts(
    ctx: Ctx, committed
) -> None:
    services.introduce_keys(ctx)
    old = _receipt({"n": 1})
    gone = _id("ed25519")
    with committed():
        services.revoke_key(ctx, key_id=gone, reason=Reason.COMPROMISED, since=ctx.now - timedelta(days=1))
    plain = [line for line in queries.trust_text().splitlines() if not line.startswith("#")]
    assert len(plain) == 2
    assert not any(gone in line for line in plain)
    assert _is_believed(old), "the SM2 key signed it too"
    only_sm2 = TrustStore.parse(queries.trust_text())
    sm2_gone = replace(only_sm2, keys=tuple(k for k in only_sm2.keys if k.public.algorithm != "sm2"))
    assert check_receipt(old, replace(sm2_gone, histories=()), Findings()) is None


@pytest.mark.parametrize("algorithm", ["ed25519", "sm2"])
def test_evi_58_without_a_key_that_is_in_force_acts_wait_and_nothing_is_signed(
    ctx: Ctx, committed, keys: Path, algorithm: str
) -> None:
    services.introduce_keys(ctx)
    act_and_log(3)
    path = keys / f"log-{algorithm}.pem"
    kept = path.read_bytes()
    path.unlink()
    act(2)
    with pytest.raises(KeyUnavailable):
        services.sequence(timezone.now())
    assert Pending.objects.count() == 2
    assert not path.exists(), "no other key takes its place silently"
    assert any("私钥" in str(fault) for fault in queries.check_log())
    path.write_bytes(kept)
    path.chmod(0o600)
    assert services.sequence(timezone.now()) == 2


def test_a_lost_key_is_revoked_by_the_other_one_and_the_log_goes_on(ctx: Ctx, committed, keys: Path) -> None:
    services.introduce_keys(ctx)
    old = _receipt({"n": 1})
    (keys / "log-ed25519.pem").unlink()
    with committed():
        services.revoke_key(ctx, key_id=_id("ed25519"), reason=Reason.LOST, since=ctx.now)
    assert _is_believed(old)
    assert _is_believed(_receipt({"n": 2}))


def test_a_rotation_cut_off_before_the_files_were_moved_is_finished_by_the_next_turn(
    ctx: Ctx, committed, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.introduce_keys(ctx)
    with monkeypatch.context() as killed, committed():
        killed.setattr(key_services, "_finish_rotations", lambda: None)
        services.rotate_key(ctx, algorithm="ed25519")
    assert (keys / "log-ed25519.next.pem").exists()
    receipt = _receipt({"n": 1})
    assert _is_believed(receipt)
    assert not (keys / "log-ed25519.next.pem").exists()


def test_a_rotation_cut_off_before_its_statement_changes_nothing(
    ctx: Ctx, committed, keys: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.introduce_keys(ctx)
    before = {key.public.raw for key in log_keys()}

    def die(*_words: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as killed, pytest.raises(KeyboardInterrupt):
        killed.setattr(key_services, "sign_statement", die)
        services.rotate_key(ctx, algorithm="ed25519")
    assert {key.public.raw for key in log_keys()} == before
    made = (keys / "log-ed25519.next.pem").read_bytes()
    with committed():
        services.rotate_key(ctx, algorithm="ed25519")
    assert (keys / "log-ed25519.pem").read_bytes() == made


def test_keys_change_only_on_the_machine_itself_and_unknown_ones_not_at_all(ctx: Ctx) -> None:
    with pytest.raises(NotFromCommandLine):
        services.rotate_key(system_ctx(), algorithm="ed25519")
    with pytest.raises(KeyNotFound):
        services.revoke_key(ctx, key_id="00000000", reason=Reason.LOST, since=ctx.now)


def test_a_statement_is_never_changed_in_the_database(ctx: Ctx) -> None:
    services.introduce_keys(ctx)
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_keystatement SET note = ''")


def test_before_the_first_statement_there_is_no_history_to_read() -> None:
    with pytest.raises(Missing):
        views.keys(GET)


def test_a_log_begun_anew_under_another_name_has_a_history_of_its_own(ctx: Ctx, keys: Path, settings) -> None:
    services.introduce_keys(ctx)
    old = _receipt({"n": 1})
    settings.LANTAI_LOG_ORIGIN = "other.example/log"
    settings.LANTAI_KEYS = keys.with_name("other-keys")
    services.introduce_keys(ctx)
    assert queries.key_history().origin == "other.example/log"
    assert KeyStatement.objects.count() == 4
    assert _is_believed(old)


def test_a_database_made_anew_learns_the_history_that_the_machine_remembers(ctx: Ctx, committed) -> None:
    with committed():
        services.introduce_keys(ctx)
    old = _receipt({"n": 1})
    with committed():
        services.rotate_key(ctx, algorithm="ed25519")
    told = queries.key_history().render()
    with guards_off(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_keystatement DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM ledger_keystatement WHERE number > 1")
        cursor.execute("ALTER TABLE ledger_keystatement ENABLE TRIGGER USER")
    with pytest.raises(KeyUnavailable):
        services.sequence(timezone.now())
    services.introduce_keys(ctx)
    assert queries.key_history().render() == told
    assert Entry.objects.get(act="ledger:key:recalled").detail == {"first": 2, "last": 3}
    assert _is_believed(old)
    assert services.sequence(timezone.now())
