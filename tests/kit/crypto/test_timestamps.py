"""RFC 3161 time stamps by `openssl ts` as the authority."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
import rfc3161_client
from asn1crypto import tsp
from hypothesis import given
from hypothesis import strategies as st

from lantai.kit import digests
from lantai.kit.crypto.signatures import SignatureState
from lantai.kit.crypto.timestamps import TimeStampRefused, judge_token, request_for, token_of
from lantai.kit.crypto.trust import NO_TRUST, CertificateTrust
from lantai.kit.errors import Invalid
from tests.kit.crypto.openssl import make_openssl_authority, needs_openssl, openssl

CONTENT = "样例文件的内容".encode()
IMPRINTS = {"sha256": hashlib.sha256(CONTENT).digest(), "sm3": digests.sm3(CONTENT)}


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    made = make_openssl_authority(tmp_path_factory.mktemp("tsa"), "rsa-sha256")
    made.issue("stamper", "stamper")
    made.issue("other")
    return made


@pytest.fixture(scope="module")
def token(authority):
    imprint = IMPRINTS["sha256"]
    return token_of(authority.stamp(request_for(imprint, nonce=7)), imprint=imprint, nonce=7)


@needs_openssl
@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_a_token_of_openssl_is_valid_for_its_content(authority, algorithm):
    imprint = IMPRINTS[algorithm]
    answer = authority.stamp(request_for(imprint, algorithm=algorithm, nonce=11))
    token = token_of(answer, imprint=imprint, nonce=11)
    trust = CertificateTrust((authority.certificate,), (), (authority.crl(),))
    verdict = judge_token(token, message=CONTENT, trust=trust)
    assert (verdict.state, verdict.message, verdict.signer) == (SignatureState.VALID, "", "stamper")
    assert abs(verdict.at - datetime.now(UTC)) < timedelta(minutes=5)
    assert judge_token(token, imprint=imprint, trust=trust).state is SignatureState.VALID
    assert judge_token(token, message=CONTENT + b" ", trust=trust).state is SignatureState.INVALID
    assert judge_token(token, imprint=b"\0" * 32, trust=trust).state is SignatureState.INVALID


@needs_openssl
def test_without_trust_a_token_is_unverified(token):
    assert judge_token(token, message=CONTENT, trust=NO_TRUST).state is SignatureState.UNVERIFIED


@needs_openssl
def test_no_changed_byte_of_a_token_changes_what_a_valid_one_says(authority, token):
    trust = CertificateTrust((authority.certificate,))
    before = judge_token(token, message=CONTENT, trust=trust)
    assert before.state is SignatureState.VALID
    spared = 0
    for at in range(0, len(token), 7):
        changed = bytearray(token)
        changed[at] ^= 0x55
        after = judge_token(bytes(changed), message=CONTENT, trust=trust)
        # A message has a few parts that nobody signs, such as its list of digest algorithms.
        assert after == before or after.state is not SignatureState.VALID
        spared += after == before
    assert spared < 12


@needs_openssl
def test_a_revoked_stamper_does_not_stamp(authority):
    authority.issue("gone", "stamper")
    authority.revoke("gone")
    imprint = IMPRINTS["sha256"]
    stamped = token_of(authority.stamp(request_for(imprint), "gone"), imprint=imprint)
    trust = CertificateTrust((authority.certificate,), (), (authority.crl(),))
    assert judge_token(stamped, message=CONTENT, trust=trust).state is SignatureState.INVALID


@needs_openssl
def test_an_answer_to_another_request_is_refused(authority):
    imprint = IMPRINTS["sha256"]
    answer = authority.stamp(request_for(imprint, nonce=1))
    with pytest.raises(TimeStampRefused):
        token_of(answer, imprint=imprint, nonce=2)
    with pytest.raises(TimeStampRefused):
        token_of(answer, imprint=b"\0" * 32, nonce=1)


@needs_openssl
def test_a_refusal_of_the_authority_is_told(authority):
    request = tsp.TimeStampReq.load(request_for(IMPRINTS["sha256"]))
    request["message_imprint"]["hash_algorithm"] = {"algorithm": "md5"}
    with pytest.raises(TimeStampRefused) as refused:
        token_of(authority.stamp(request.dump(force=True)), imprint=IMPRINTS["sha256"])
    assert refused.value.params["status"] == "rejection"


@needs_openssl
def test_openssl_and_rfc3161_client_read_our_request_and_its_answer(authority):
    imprint = IMPRINTS["sha256"]
    request = request_for(imprint, nonce=99)
    (authority.folder / "ours.tsq").write_bytes(request)
    assert b"Nonce: 0x63" in openssl("ts", "-query", "-in", "ours.tsq", "-text", cwd=authority.folder)
    answer = rfc3161_client.decode_timestamp_response(authority.stamp(request))
    assert answer.tst_info.message_imprint.message == imprint


@given(st.binary(max_size=200))
def test_bytes_that_are_no_token_are_invalid_and_no_error(noise):
    assert judge_token(noise, message=b"x", trust=NO_TRUST).state is SignatureState.INVALID
    with pytest.raises(TimeStampRefused):
        token_of(noise, imprint=b"x")


def test_no_weak_imprint_is_asked_for():
    with pytest.raises(Invalid):
        request_for(b"\0" * 20, algorithm="sha1")
