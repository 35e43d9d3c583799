"""Our own time-stamping authority, checked by `openssl ts` and by rfc3161-client."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
import rfc3161_client
from asn1crypto import pem, tsp
from cryptography import x509

from lantai.kit import digests
from lantai.kit.crypto.issuing import make_authority, make_certified
from lantai.kit.crypto.signatures import SignatureState
from lantai.kit.crypto.timestamps import TimeStampRefused, judge_token, request_for, token_of
from lantai.kit.crypto.trust import CertificateTrust
from lantai.kit.crypto.tsa import MAX_REQUEST_BYTES, Stamper, StampRequest, UnfitStamper
from tests.kit.crypto.openssl import needs_openssl, openssl

CONTENT = "样例内容".encode()
POLICY = "1.2.3.4.77"
NOW = datetime.now(UTC).replace(microsecond=0)
FROM, UNTIL = NOW - timedelta(days=1), NOW + timedelta(days=3650)
IMPRINTS = {name: hashlib.new(name, CONTENT).digest() for name in ("sha256", "sha384", "sha512")}
IMPRINTS["sm3"] = digests.sm3(CONTENT)


@cache
def _stamper(algorithm: str) -> tuple[Stamper, CertificateTrust]:
    root = make_authority("样例时间戳根", algorithm=algorithm, not_before=FROM, not_after=UNTIL)
    key = make_certified(
        "样例时间戳服务", issuer=root, not_before=FROM, not_after=UNTIL, purposes=["time_stamping"]
    )
    return Stamper(key, POLICY, (root.certificate,)), CertificateTrust((root.certificate,))


@pytest.fixture(scope="module")
def stamper() -> tuple[Stamper, CertificateTrust]:
    return _stamper("ecdsa-sha256")


@pytest.mark.parametrize("algorithm", ["rsa-sha256", "ecdsa-sha256", "sm2-sm3"])
@pytest.mark.parametrize("digest", ["sha256", "sha384", "sha512", "sm3"])
def test_a_token_of_ours_is_valid_for_its_content_and_no_other(algorithm: str, digest: str) -> None:
    stamper, trust = _stamper(algorithm)
    answer = stamper.answer(request_for(IMPRINTS[digest], algorithm=digest, nonce=9), serial=5, at=NOW)
    token = token_of(answer.response, imprint=IMPRINTS[digest], nonce=9)
    verdict = judge_token(token, message=CONTENT, trust=trust)
    assert (verdict.state, verdict.at, verdict.signer) == (SignatureState.VALID, NOW, "样例时间戳服务")
    assert judge_token(token, message=b"other", trust=trust).state is SignatureState.INVALID
    assert (answer.token, answer.request.algorithm, answer.request.nonce) == (token, digest, 9)


@needs_openssl
@pytest.mark.parametrize("algorithm", ["rsa-sha256", "ecdsa-sha256"])
@pytest.mark.parametrize("digest", ["-sha256", "-sha384", "-sha512", "-sm3"])
def test_openssl_asks_us_and_verifies_what_it_got(tmp_path, algorithm: str, digest: str) -> None:
    stamper, trust = _stamper(algorithm)
    (tmp_path / "content").write_bytes(CONTENT)
    (tmp_path / "root.pem").write_bytes(pem.armor("CERTIFICATE", trust.anchors[0]))
    openssl("ts", "-query", "-data", "content", digest, "-cert", "-out", "asked.tsq", cwd=tmp_path)
    answer = stamper.answer((tmp_path / "asked.tsq").read_bytes(), serial=2**70, at=NOW)
    (tmp_path / "answer.tsr").write_bytes(answer.response)
    words = ["-in", "answer.tsr", "-CAfile", "root.pem"]
    said = openssl("ts", "-verify", "-queryfile", "asked.tsq", *words, cwd=tmp_path)
    assert b"Verification: OK" in said
    assert b"OK" in openssl("ts", "-verify", "-data", "content", *words, cwd=tmp_path)
    shown = openssl("ts", "-reply", "-in", "answer.tsr", "-text", cwd=tmp_path)
    assert b"Policy OID: 1.2.3.4.77" in shown
    assert b"0x01 seconds" in shown
    (tmp_path / "content").write_bytes(CONTENT + b" ")
    with pytest.raises(AssertionError):
        openssl("ts", "-verify", "-data", "content", *words, cwd=tmp_path)


@needs_openssl
def test_openssl_reads_our_refusal(tmp_path, stamper) -> None:
    answer = stamper[0].answer(b"nonsense", serial=1, at=NOW)
    (tmp_path / "answer.tsr").write_bytes(answer.response)
    shown = openssl("ts", "-reply", "-in", "answer.tsr", "-text", cwd=tmp_path)
    assert b"Status: Rejected" in shown
    assert b"the data submitted has the wrong format" in shown


def _request(**changes: object) -> bytes:
    asked = tsp.TimeStampReq.load(request_for(IMPRINTS["sha256"], nonce=3))
    for name, value in changes.items():
        asked[name] = value
    return asked.dump(force=True)


def _imprint(algorithm: str, imprint: bytes) -> dict[str, object]:
    return {"hash_algorithm": {"algorithm": algorithm}, "hashed_message": imprint}


REFUSED = [
    (b"", "bad_data_format"),
    (b"0", "bad_data_format"),
    (b"\xa5" * 60, "bad_data_format"),
    (_request() + b"\0", "bad_data_format"),
    (b"0" * (MAX_REQUEST_BYTES + 1), "bad_data_format"),
    (_request(message_imprint=_imprint("sha1", bytes(20))), "bad_alg"),
    (_request(message_imprint=_imprint("md5", bytes(16))), "bad_alg"),
    (_request(message_imprint=_imprint("sha256", bytes(31))), "bad_data_format"),
    (_request(req_policy="1.2.3.4.9"), "unaccepted_policy"),
    (_request(nonce=2**300), "bad_request"),
    (
        _request(extensions=[{"extn_id": "1.2.3", "critical": False, "extn_value": b"\x05\x00"}]),
        "unaccepted_extensions",
    ),
]


@pytest.mark.parametrize(("request_der", "failure"), REFUSED, ids=range(len(REFUSED)))
def test_what_cannot_be_stamped_is_refused_by_name(stamper, request_der: bytes, failure: str) -> None:
    answer = stamper[0].answer(request_der, serial=1, at=NOW)
    assert (answer.failure, answer.token, answer.request) == (failure, b"", None)
    with pytest.raises(TimeStampRefused, match="rejection"):
        token_of(answer.response, imprint=IMPRINTS["sha256"])


def test_the_policy_that_is_ours_may_be_asked_for(stamper) -> None:
    answer = stamper[0].answer(_request(req_policy=POLICY), serial=1, at=NOW)
    assert not answer.failure


def test_no_stamp_is_given_by_a_certificate_that_is_not_for_it_or_has_ended() -> None:
    root = make_authority("样例", algorithm="ecdsa-sha256", not_before=FROM, not_after=UNTIL)
    signer = make_certified("样例签名", issuer=root, not_before=FROM, not_after=UNTIL)
    with pytest.raises(UnfitStamper):
        Stamper(signer, POLICY).answer(_request(), serial=1, at=NOW)
    stamper, _ = _stamper("ecdsa-sha256")
    for at in (FROM - timedelta(1), UNTIL + timedelta(1)):
        with pytest.raises(UnfitStamper):
            stamper.answer(_request(), serial=1, at=at)


def test_without_asking_for_it_no_certificate_is_sent(stamper) -> None:
    short = stamper[0].answer(_request(cert_req=False), serial=1, at=NOW)
    assert len(short.token) < len(stamper[0].answer(_request(), serial=1, at=NOW).token) - 500


@pytest.mark.parametrize("place", range(0, 2000, 97))
def test_a_changed_byte_of_a_token_is_never_believed_for_another_time(stamper, place: int) -> None:
    token = bytearray(stamper[0].answer(_request(), serial=1, at=NOW).token)
    token[place % len(token)] ^= 1
    verdict = judge_token(bytes(token), message=CONTENT, trust=stamper[1])
    assert verdict.state is not SignatureState.VALID or verdict.at == NOW


def test_rfc3161_client_verifies_our_answer() -> None:
    stamper, trust = _stamper("rsa-sha256")
    asked = rfc3161_client.TimestampRequestBuilder().data(CONTENT).build()
    answer = stamper.answer(asked.as_bytes(), serial=8, at=NOW)
    read = rfc3161_client.decode_timestamp_response(answer.response)
    root = x509.load_der_x509_certificate(trust.anchors[0])
    verifier = rfc3161_client.VerifierBuilder.from_request(asked).add_root_certificate(root).build()
    assert verifier.verify_message(read, CONTENT)
    with pytest.raises(rfc3161_client.VerificationError):
        verifier.verify_message(read, b"other")


def _dated(until: datetime) -> tuple[Stamper, CertificateTrust]:
    term = {"not_before": FROM, "not_after": until}
    root = make_authority("样例时间戳根", algorithm="ecdsa-sha256", not_before=FROM, not_after=UNTIL)
    key = make_certified("样例时间戳服务", issuer=root, purposes=["time_stamping"], **term)
    return Stamper(key, POLICY, (root.certificate,)), CertificateTrust((root.certificate,))


def test_evi_60_an_answer_with_a_wrong_nonce_or_imprint_or_to_somebody_else_is_refused(stamper) -> None:
    asked = request_for(IMPRINTS["sha256"], nonce=3)
    answer = stamper[0].answer(asked, serial=1, at=NOW).response
    assert token_of(answer, imprint=IMPRINTS["sha256"], nonce=3)
    for imprint, nonce in ((IMPRINTS["sha256"], 4), (bytes(32), 3), (IMPRINTS["sm3"], 3)):
        with pytest.raises(TimeStampRefused):
            token_of(answer, imprint=imprint, nonce=nonce)
    without = stamper[0].answer(request_for(IMPRINTS["sha256"]), serial=1, at=NOW).response
    with pytest.raises(TimeStampRefused):
        token_of(without, imprint=IMPRINTS["sha256"], nonce=3)


def test_evi_60_a_stamp_by_a_certificate_that_had_ended_or_with_a_clock_before_it_is_not_believed() -> None:
    """The authority is made to answer although it should not: its clock runs wrong."""
    stamper, trust = _dated(NOW + timedelta(minutes=30))
    for at, state in (
        (NOW, SignatureState.VALID),
        (NOW + timedelta(hours=1), SignatureState.INVALID),
        (FROM - timedelta(hours=1), SignatureState.INVALID),
    ):
        token = stamper._token(StampRequest("sha256", IMPRINTS["sha256"], None, True), 7, at)
        verdict = judge_token(token, message=CONTENT, trust=trust)
        assert (verdict.state, verdict.at) == (state, at)


def test_evi_60_rfc3161_client_too_raises_for_a_wrong_nonce_and_a_wrong_imprint() -> None:
    stamper, trust = _stamper("rsa-sha256")
    root = x509.load_der_x509_certificate(trust.anchors[0])
    ours, other = (rfc3161_client.TimestampRequestBuilder().data(CONTENT).build() for _ in range(2))
    answer = rfc3161_client.decode_timestamp_response(
        stamper.answer(other.as_bytes(), serial=8, at=NOW).response
    )
    verifier = rfc3161_client.VerifierBuilder.from_request(ours).add_root_certificate(root).build()
    with pytest.raises(rfc3161_client.VerificationError):
        verifier.verify_message(answer, CONTENT)
