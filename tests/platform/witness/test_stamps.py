"""Time stamps: over our checkpoints by services that may be down or lie, and by our own service for others."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from lantai.kit.crypto.issuing import IssuedKey, make_authority, make_certified
from lantai.kit.crypto.signatures import SignatureState
from lantai.kit.crypto.timestamps import judge_token, request_for, token_of
from lantai.kit.crypto.trust import CertificateTrust
from lantai.kit.crypto.tsa import Stamper
from lantai.kit.evidence.merkle import SHA256, root
from lantai.kit.evidence.notes import parse_note
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.ledger.models import Checkpoint, Entry
from lantai.platform.witness import queries, services
from lantai.platform.witness.models import Alarm, IssuedStamp, Stamp, StampService
from lantai.platform.witness.services import stamping
from tests.kit.crypto.openssl import make_openssl_authority, needs_openssl, openssl
from tests.platform.ledger.acts import act_and_log

pytestmark = pytest.mark.django_db
QUERY = "application/timestamp-query"
POLICY = "1.2.3.4.77"
NOW = datetime.now(UTC).replace(microsecond=0)
Answer = Callable[[bytes], bytes]


@contextmanager
def stamping_service(answer: Answer) -> Iterator[str]:
    """What answers requests for stamps at an address on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200 if data else 503)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def trusted(settings: Any, tmp_path: Path) -> Path:
    settings.LANTAI_TRUST = tmp_path / "trust"
    settings.LANTAI_TRUST.mkdir()
    return settings.LANTAI_TRUST


def authority(folder: Path, *, until: datetime = NOW + timedelta(days=3650)) -> tuple[IssuedKey, Stamper]:
    """A service whose authority is trusted."""
    since = NOW - timedelta(days=400)
    made = make_authority(
        "样例时间戳根", algorithm="ecdsa-sha256", not_before=since, not_after=NOW + timedelta(days=9999)
    )
    (folder / "root.der").write_bytes(made.certificate)
    key = make_certified(
        "样例时间戳", issuer=made, not_before=since, not_after=until, purposes=["time_stamping"]
    )
    return made, Stamper(key, POLICY)


def by(stamper: Stamper, at: datetime = NOW) -> Answer:
    return lambda request: stamper.answer(request, serial=7, at=at).response


def stamp(system: Ctx, address: str, settings: Any, at: datetime = NOW) -> Stamp | None:
    settings.LANTAI_STAMP_SERVICES = {"sample": address}
    ctx = replace(system, now=at)
    size = Checkpoint.objects.order_by("-size")[0].size
    return services.stamp_now(ctx, size=size, service=stamping.services()[0])


@needs_openssl
def test_a_checkpoint_is_stamped_by_openssl_ts_and_verified_by_it(
    system: Ctx, settings: Any, trusted: Path, tmp_path: Path
) -> None:
    (tmp_path / "ca").mkdir()
    peer = make_openssl_authority(tmp_path / "ca", "rsa-sha256")
    peer.issue("stamper", "stamper")
    (trusted / "root.der").write_bytes(peer.certificate)
    act_and_log(3)
    with stamping_service(peer.stamp) as address:
        kept = stamp(system, f"{address} sm3", settings, at=timezone.now())
    assert kept is not None, StampService.objects.get().last_error
    text = parse_note(Checkpoint.objects.get().note).text
    name, answer = queries.stamp_file(kept.pk)
    (tmp_path / name).write_bytes(answer)
    (tmp_path / "text").write_text(text)
    openssl("ts", "-verify", "-data", "text", "-in", name, "-CAfile", peer.folder / "root.pem", cwd=tmp_path)
    line = Entry.objects.get(act="witness:checkpoint:stamped")
    assert (kept.algorithm, kept.entry_id, queries.stamps_of(3)) == ("sm3", line.pk, [kept])


@pytest.mark.parametrize(
    ("what", "told"),
    [
        ("down", "HTTP 503"),
        ("wrong nonce", "不是对这次申请的答复"),
        ("wrong imprint", "不是对这次申请的答复"),
        ("expired", "时间戳"),
        ("clock", "五分钟"),
        ("stranger", "不可信"),
        ("refused", "没有签发"),
        ("noise", "无法读取"),
    ],
)
def test_evi_60_a_bad_answer_is_not_kept_and_asked_for_again(
    system: Ctx, settings: Any, trusted: Path, what: str, told: str
) -> None:
    act_and_log(1)
    _, stamper = authority(trusted)
    other = request_for(b"x" * 32, nonce=5)
    answers: dict[str, Answer] = {
        "down": lambda _: b"",
        "wrong nonce": lambda _: stamper.answer(other, serial=1, at=NOW).response,
        "wrong imprint": lambda _: stamper.answer(other, serial=1, at=NOW).response,
        "clock": by(stamper, NOW - timedelta(hours=1)),
        "refused": lambda _: stamper.answer(b"0\x00", serial=1, at=NOW).response,
        "noise": lambda _: b"\x30\x80noise",
    }
    if what == "expired":
        _, ended = authority(trusted, until=NOW - timedelta(days=100))
        answers[what] = by(ended, NOW - timedelta(days=200))
    if what == "stranger":
        answers[what] = by(stamper)
        (trusted / "root.der").unlink()
    with stamping_service(answers[what]) as address:
        assert stamp(system, address, settings) is None
    row = StampService.objects.get()
    assert (row.failures, row.try_after > NOW, Stamp.objects.count()) == (1, True, 0)
    assert told in row.last_error or what in ("expired", "stranger")
    with stamping_service(by(authority(trusted)[1])) as address:
        assert stamp(system, address, settings) is not None
    row.refresh_from_db()
    assert (row.failures, row.last_error, row.try_after) == (0, "", None)


def test_evi_60_a_service_away_for_a_day_raises_an_alarm_that_its_next_stamp_ends(
    system: Ctx, settings: Any, trusted: Path
) -> None:
    act_and_log(1)
    stamper = authority(trusted)[1]
    with stamping_service(lambda _: b"") as address:
        for _ in range(6):
            stamp(system, address, settings)
    services.watch_stamps(replace(system, now=NOW))
    services.watch_stamps(replace(system, now=NOW))
    alarm = Alarm.objects.get()
    assert (alarm.kind, alarm.ended_at) == ("unstamped", None)
    with stamping_service(by(stamper)) as address:
        stamp(system, address, settings)
    alarm.refresh_from_db()
    assert alarm.ended_at == NOW


def test_an_idle_log_is_not_stamped_again_and_a_busy_one_is(
    system: Ctx, settings: Any, trusted: Path
) -> None:
    act_and_log(1)
    with stamping_service(by(authority(trusted)[1])) as address:
        assert [one.name for one in stamping.due(NOW)] == []
        stamp(system, address, settings)
    ledger.sequence(NOW)  # the line about the stamp
    later = NOW + timedelta(hours=2)
    assert stamping.due(later) == []
    act_and_log(1)
    assert [one.name for one in stamping.due(later)] == ["sample"]
    assert stamping.due(NOW + timedelta(minutes=5)) == []


def test_a_stamp_is_renewed_by_a_later_certificate_over_a_later_checkpoint(
    system: Ctx, settings: Any, trusted: Path
) -> None:
    act_and_log(1)
    root_key, short = authority(trusted, until=NOW + timedelta(days=30))
    with stamping_service(by(short)) as address:
        stamp(system, address, settings)
    ledger.sequence(NOW)
    assert stamping.unrenewed(NOW)
    assert stamping.due(NOW + timedelta(days=2)), "renewed also when nothing else happened"
    services.watch_stamps(replace(system, now=NOW))
    assert Alarm.objects.filter(ended_at__isnull=True).count() == 1
    long = make_certified(
        "样例时间戳",
        issuer=root_key,
        not_before=NOW,
        not_after=NOW + timedelta(days=999),
        purposes=["time_stamping"],
    )
    with stamping_service(by(Stamper(long, POLICY))) as address:
        stamp(system, address, settings)
    assert not stamping.unrenewed(NOW)
    services.watch_stamps(replace(system, now=NOW))
    assert not Alarm.objects.filter(ended_at__isnull=True).exists()


@needs_openssl
@pytest.mark.parametrize("algorithm", ["ecdsa-sha256", "sm2-sm3"])
def test_our_service_stamps_for_openssl_ts(
    client: Client, tmp_path: Path, settings: Any, algorithm: str
) -> None:
    settings.LANTAI_TSA_ALGORITHM = algorithm
    (tmp_path / "content").write_bytes(b"content")
    openssl("ts", "-query", "-data", "content", "-sha256", "-cert", "-out", "asked.tsq", cwd=tmp_path)
    answer = client.post("/tsa", (tmp_path / "asked.tsq").read_bytes(), content_type=QUERY)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/timestamp-reply")
    (tmp_path / "answer.tsr").write_bytes(answer.content)
    (tmp_path / "ca.pem").write_bytes(client.get("/tsa/authority.pem").content)
    if (
        algorithm == "ecdsa-sha256"
    ):  # openssl ts cannot give SM2 the identity that its signatures are made with
        words = ["-queryfile", "asked.tsq", "-in", "answer.tsr", "-CAfile", "ca.pem"]
        openssl("ts", "-verify", *words, cwd=tmp_path)
    (tmp_path / "ca").mkdir()
    (tmp_path / "ca" / "ca.pem").write_bytes((tmp_path / "ca.pem").read_bytes())
    token = token_of(answer.content, imprint=hashlib.sha256(b"content").digest())
    verdict = judge_token(token, message=b"content", trust=CertificateTrust.load(tmp_path / "ca"))
    assert verdict.state is SignatureState.VALID


def test_serial_numbers_are_never_given_twice_and_one_line_commits_to_all(client: Client) -> None:
    for n in range(3):
        client.post("/tsa", request_for(bytes([n]) * 32, nonce=n), content_type=QUERY)
    client.post("/tsa", b"nonsense", content_type=QUERY)
    rows = list(IssuedStamp.objects.order_by("id"))
    assert [bytes(row.imprint)[0] for row in rows] == [0, 1, 2]
    assert len({row.token_sha256 for row in rows}) == 3
    assert services.log_issued() == 3
    assert services.log_issued() == 0
    line = Entry.objects.get(act="witness:stamps:issued")
    tree = root(SHA256.leaf(bytes.fromhex(row.token_sha256)) for row in rows)
    assert (line.detail["count"], line.detail["root"]) == (3, tree.hex())


def test_what_is_no_request_for_a_stamp_gets_an_answer_that_says_so(client: Client, settings: Any) -> None:
    assert client.post("/tsa", b"x", content_type="text/plain").status_code == 415
    assert client.post("/tsa", b"x" * 5000, content_type=QUERY).status_code == 413
    refused = client.post("/tsa", b"x", content_type=QUERY)
    assert (refused.status_code, refused["Content-Type"]) == (200, "application/timestamp-reply")
    assert not IssuedStamp.objects.exists()
    settings.LANTAI_TSA = False
    assert client.post("/tsa", b"x", content_type=QUERY).status_code == 404


def test_a_signer_is_replaced_a_year_before_it_ends_and_its_certificate_is_no_document_signer(
    keys: Path,
) -> None:
    now = timezone.now()
    first = services.ensure_stamper(now).key.certificate
    assert services.ensure_stamper(now).key.certificate == first
    later = services.ensure_stamper(now + timedelta(days=4 * 365 + 10)).key.certificate
    assert later != first
    assert not list(keys.glob("*.crt"))
    assert {path.stat().st_mode & 0o777 for path in keys.glob("*.key")} == {0o600}
