"""Answers about single certificates (OCSP), by the openssl command, in the place of revocation lists."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lantai.kit.crypto.ocsp import NoAnswer, answered, read_answer, serials_in, status_request
from lantai.kit.crypto.revocation import Revocation
from lantai.kit.crypto.signatures import SignatureState
from lantai.kit.crypto.timestamps import (
    TIME_STAMPING,
    answers_in,
    judge_token,
    lists_in,
    request_for,
    token_of,
    with_lists,
)
from lantai.kit.crypto.trust import CertificateTrust, judge_certificate
from tests.kit.crypto.openssl import Authority, make_openssl_authority, needs_openssl, openssl

pytestmark = needs_openssl
NOW = datetime.now(UTC).replace(microsecond=0)
SOON = NOW + timedelta(hours=1)
IMPRINT = bytes(range(32))


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    made = make_openssl_authority(tmp_path_factory.mktemp("ocsp"), "ecdsa-sha256")
    for name, section in (
        ("stamper", "stamper"),
        ("gone", "stamper"),
        ("responder", "responder"),
        ("plain", "signer"),
    ):
        made.issue(name, section)
    made.revoke("gone")
    return made


@pytest.fixture(scope="module")
def good(theirs: Authority) -> bytes:
    """The answer about the stamper."""
    return theirs.answer(status_request(theirs.der("stamper"), theirs.certificate))


def state_of(theirs: Authority, name: str, *answers: bytes, at: datetime = SOON) -> SignatureState:
    trust = CertificateTrust((theirs.certificate,), answers=answers)
    return judge_certificate(theirs.der(name), trust=trust, at=at, purpose=TIME_STAMPING).state


def test_an_answer_of_openssl_says_what_a_list_would_say(theirs, good):
    assert read_answer(good) == good and len(serials_in(good)) == 1
    assert state_of(theirs, "stamper", good) is SignatureState.VALID
    trust = CertificateTrust((theirs.certificate,), answers=(good,))
    verdict = judge_certificate(theirs.der("stamper"), trust=trust, at=SOON, purpose=TIME_STAMPING)
    assert verdict.message == "", "nothing is left unchecked"
    bad = theirs.answer(status_request(theirs.der("gone"), theirs.certificate))
    assert state_of(theirs, "gone", bad) is SignatureState.INVALID
    assert state_of(theirs, "gone", bad, at=NOW - timedelta(minutes=5)) is SignatureState.INVALID, (
        "not valid yet"
    )
    assert state_of(theirs, "gone", good) is SignatureState.UNVERIFIED, "an answer about another one"
    by_issuer = theirs.answer(status_request(theirs.der("stamper"), theirs.certificate), "root")
    assert state_of(theirs, "stamper", by_issuer) is SignatureState.VALID


def test_an_answer_counts_as_long_as_it_says_and_beside_lists_a_revocation_is_believed(theirs, good):
    assert state_of(theirs, "stamper", good, at=NOW + timedelta(days=6)) is SignatureState.VALID
    assert state_of(theirs, "stamper", good, at=NOW + timedelta(days=8)) is SignatureState.UNVERIFIED
    bad = theirs.answer(status_request(theirs.der("gone"), theirs.certificate))
    trust = CertificateTrust((theirs.certificate,), crls=(theirs.crl(),), answers=(good, bad))
    for name, state in (("stamper", SignatureState.VALID), ("gone", SignatureState.INVALID)):
        assert judge_certificate(theirs.der(name), trust=trust, at=SOON, purpose=TIME_STAMPING).state is state


def test_who_may_not_answer_is_not_believed(theirs, good, tmp_path):
    asked = status_request(theirs.der("stamper"), theirs.certificate)
    assert state_of(theirs, "stamper", theirs.answer(asked, "plain")) is SignatureState.UNVERIFIED
    stranger = make_openssl_authority(tmp_path, "ecdsa-sha256")
    stranger.issue("responder", "responder")
    (tmp_path / "root.pem").write_bytes((theirs.folder / "root.pem").read_bytes())
    (tmp_path / "index.txt").write_text((theirs.folder / "index.txt").read_text())
    assert state_of(theirs, "stamper", stranger.answer(asked)) is SignatureState.UNVERIFIED


def test_a_changed_answer_is_never_good(theirs, good):
    told = (theirs.der("stamper"), theirs.certificate)
    assert answered(*told, [good], SOON) is Revocation.GOOD
    for place in range(
        0, len(good) - 1400, 29
    ):  # what is signed, and the signature; certificates stand behind
        changed = good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :]
        assert answered(*told, [changed], SOON) is not Revocation.GOOD, place
    for nonsense in (b"", b"0", good[:-1], good[:40], good + b"0", b"\x30\x03\x0a\x01\x06"):
        assert answered(*told, [nonsense], SOON) is Revocation.UNKNOWN
        with pytest.raises(NoAnswer):
            read_answer(nonsense)


def test_answers_lie_in_a_token_where_nothing_is_signed_and_openssl_still_verifies_it(theirs, good, tmp_path):
    token = token_of(theirs.stamp(request_for(IMPRINT, nonce=7)), imprint=IMPRINT, nonce=7)
    crl = theirs.crl()
    filled = with_lists(token, [crl], [good])
    assert (lists_in(filled), answers_in(filled)) == ((crl,), (good,))
    assert with_lists(filled, [crl], [good]) == filled
    trust = CertificateTrust((theirs.certificate,))
    assert judge_token(filled, imprint=IMPRINT, trust=trust).state is SignatureState.VALID
    (tmp_path / "token").write_bytes(filled)
    words = ["-inform", "DER", "-in", tmp_path / "token", "-CAfile", "root.pem", "-purpose", "timestampsign"]
    openssl(
        "cms", "-verify", *words, "-out", tmp_path / "told", cwd=theirs.folder
    )  # `openssl ts` knows PKCS #7 only
    assert IMPRINT in (tmp_path / "told").read_bytes()
