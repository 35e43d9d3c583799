"""Certificates, chains and revocation lists of our own and of the openssl command."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lantai.kit.crypto import certificates, trust
from lantai.kit.crypto.algorithms import algorithm_named
from lantai.kit.crypto.certificates import make_authority, make_certified, make_crl, serial_of, verify_with
from lantai.kit.crypto.signatures import SignatureState
from lantai.kit.crypto.trust import NO_TRUST, CertificateTrust, judge_certificate
from lantai.kit.errors import Invalid
from tests.kit.crypto.openssl import DIST_ID, make_openssl_authority, needs_openssl, openssl

ALGORITHMS = ("sm2-sm3", "rsa-sha256", "ecdsa-sha256")
START, END = datetime(2020, 1, 1, tzinfo=UTC), datetime(2040, 1, 1, tzinfo=UTC)
AT = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
SPAN = {"not_before": START, "not_after": END}


class Chain:
    """A root, an authority below it and a signer."""

    def __init__(self, algorithm: str) -> None:
        self.root = make_authority("样例根", algorithm=algorithm, **SPAN)
        self.middle = make_certified("样例中级", issuer=self.root, is_authority=True, **SPAN)
        self.signer = make_certified("样例单位", issuer=self.middle, **SPAN)

    def trust(self, *crls: bytes) -> CertificateTrust:
        return CertificateTrust((self.root.certificate,), (self.middle.certificate,), crls)

    def lists(self, revoked=(), *, at=AT, next_update=END) -> tuple[bytes, bytes]:
        upper = make_crl(self.root, [], at=at, next_update=next_update)
        return upper, make_crl(self.middle, revoked, at=at, next_update=next_update)


@pytest.fixture(scope="module", params=ALGORITHMS)
def chain(request) -> Chain:
    return Chain(request.param)


@pytest.fixture(scope="module")
def ec() -> Chain:
    return Chain("ecdsa-sha256")


def state_of(certificate, believed, at=AT, **more):
    return judge_certificate(certificate, trust=believed, at=at, **more).state


def test_a_signature_is_good_with_its_certificate_only(chain):
    signature = chain.signer.sign(b"x")
    assert verify_with(chain.signer.certificate, signature, b"x")
    assert verify_with(chain.signer.certificate, signature, b"x", algorithm=chain.signer.algorithm)
    assert not verify_with(chain.signer.certificate, signature, b"y")
    assert not verify_with(chain.middle.certificate, signature, b"x")
    assert not verify_with(chain.signer.certificate, signature, b"x", algorithm="dsa")


def test_a_chain_to_a_trusted_root_is_valid_and_says_that_revocation_was_not_checked(chain):
    verdict = judge_certificate(
        chain.signer.certificate,
        chain=[chain.middle.certificate],
        trust=CertificateTrust((chain.root.certificate,)),
        at=AT,
    )
    assert verdict.state is SignatureState.VALID
    assert verdict.subject == "样例单位"
    assert "吊销" in verdict.message


def test_with_lists_of_every_issuer_nothing_is_left_to_say(chain):
    verdict = judge_certificate(chain.signer.certificate, trust=chain.trust(*chain.lists()), at=AT)
    assert (verdict.state, verdict.message) == (SignatureState.VALID, "")


def test_a_certificate_is_revoked_from_the_moment_that_the_list_says(chain):
    believed = chain.trust(*chain.lists([(serial_of(chain.signer.certificate), AT)]))
    assert state_of(chain.signer.certificate, believed, AT) is SignatureState.INVALID
    assert state_of(chain.signer.certificate, believed, AT - DAY) is SignatureState.VALID


def test_a_revoked_authority_takes_its_signers_with_it(chain):
    _, lower = chain.lists()
    upper = make_crl(chain.root, [(serial_of(chain.middle.certificate), AT)], at=AT, next_update=END)
    verdict = judge_certificate(chain.signer.certificate, trust=chain.trust(upper, lower), at=AT)
    assert verdict.state is SignatureState.INVALID
    assert verdict.params["subject"] == "样例中级"


@pytest.mark.parametrize("missing", [0, 1])
def test_where_one_issuer_has_no_list_the_certificate_is_not_judged(ec, missing):
    assert state_of(ec.signer.certificate, ec.trust(ec.lists()[missing])) is SignatureState.UNVERIFIED


def test_an_outdated_list_cannot_speak_for_a_later_signature(ec):
    lists = ec.lists(at=AT - 30 * DAY, next_update=AT - DAY)
    assert state_of(ec.signer.certificate, ec.trust(*lists)) is SignatureState.UNVERIFIED
    assert state_of(ec.signer.certificate, ec.trust(*lists), AT - 2 * DAY) is SignatureState.VALID


def test_a_list_that_somebody_else_signed_revokes_nobody(ec):
    stranger = make_authority("样例中级", algorithm="ecdsa-sha256", **SPAN)  # the name alone is the same
    upper, lower = ec.lists()
    forged = make_crl(stranger, [(serial_of(ec.signer.certificate), START)], at=AT, next_update=END)
    assert state_of(ec.signer.certificate, ec.trust(upper, lower, forged)) is SignatureState.VALID
    assert state_of(ec.signer.certificate, ec.trust(upper, forged)) is SignatureState.UNVERIFIED


@pytest.mark.parametrize("at", [START - DAY, END + DAY])
def test_a_certificate_outside_of_its_period_is_invalid(ec, at):
    assert state_of(ec.signer.certificate, ec.trust(), at) is SignatureState.INVALID


def test_an_unknown_authority_leaves_the_certificate_unverified(ec):
    assert state_of(ec.signer.certificate, NO_TRUST) is SignatureState.UNVERIFIED
    other = make_authority("另一样例根", algorithm="ecdsa-sha256", **SPAN)
    believed = CertificateTrust((other.certificate,))
    assert (
        state_of(ec.signer.certificate, believed, chain=[ec.middle.certificate]) is SignatureState.UNVERIFIED
    )


def test_a_root_that_the_sender_brings_is_not_believed(ec):
    brought = [ec.middle.certificate, ec.root.certificate]
    assert state_of(ec.signer.certificate, NO_TRUST, chain=brought) is SignatureState.UNVERIFIED


def test_a_certificate_that_only_looks_issued_by_a_trusted_root_is_invalid(ec):
    direct = make_certified("样例直属", issuer=ec.root, **SPAN).certificate
    forged = direct[:-1] + bytes([direct[-1] ^ 1])
    assert state_of(direct, ec.trust()) is SignatureState.VALID
    assert state_of(forged, ec.trust()) is SignatureState.INVALID


def test_a_signer_cannot_issue_certificates(ec):
    smuggled = make_certified("样例冒名", issuer=ec.signer, **SPAN)
    verdict = judge_certificate(smuggled.certificate, chain=[ec.signer.certificate], trust=ec.trust(), at=AT)
    assert verdict.state is SignatureState.INVALID
    assert verdict.params["subject"] == "样例单位"


def test_an_authority_does_not_sign_content(ec):
    assert state_of(ec.middle.certificate, ec.trust()) is SignatureState.INVALID


def test_a_purpose_is_asked_for_by_its_identifier(ec):
    stamper = make_certified("样例时间戳", issuer=ec.middle, purposes=("time_stamping",), **SPAN)
    stamping = "1.3.6.1.5.5.7.3.8"
    assert state_of(stamper.certificate, ec.trust(), purpose=stamping) is SignatureState.VALID
    assert state_of(ec.signer.certificate, ec.trust(), purpose=stamping) is SignatureState.INVALID
    assert state_of(stamper.certificate, ec.trust()) is SignatureState.INVALID  # documents are not its office


def test_a_ring_of_authorities_ends(ec):
    crowd = [
        make_certified("样例根", issuer=ec.root, is_authority=True, **SPAN).certificate for _ in range(40)
    ]
    verdict = judge_certificate(crowd[0], chain=crowd, trust=NO_TRUST, at=AT)
    assert verdict.state is not SignatureState.VALID


@given(st.data())
@settings(max_examples=120)
def test_no_changed_byte_makes_a_certificate_or_list_better(data):
    ours = _SHARED
    at = data.draw(st.integers(0, len(ours.signer.certificate) - 1))
    changed = bytearray(ours.signer.certificate)
    changed[at] ^= data.draw(st.integers(1, 255))
    verdict = judge_certificate(bytes(changed), trust=ours.trust(), at=AT)
    assert verdict.state is not SignatureState.VALID
    assert not verify_with(bytes(changed), b"", b"x")


_SHARED = Chain("ecdsa-sha256")


@given(st.binary(max_size=300))
def test_bytes_that_are_no_certificate_are_never_an_error(noise):
    assert not verify_with(noise, noise, noise)
    assert state_of(noise, NO_TRUST, chain=[noise]) is SignatureState.UNVERIFIED
    believed = CertificateTrust((noise,), (noise,), (noise,))
    assert state_of(_SHARED.signer.certificate, believed) is SignatureState.UNVERIFIED


def test_a_folder_of_certificates_is_sorted_by_what_they_are(tmp_path, ec):
    from asn1crypto import pem

    both = pem.armor("CERTIFICATE", ec.root.certificate) + pem.armor("CERTIFICATE", ec.middle.certificate)
    (tmp_path / "chain.pem").write_bytes(both)
    (tmp_path / "root.CER").write_bytes(ec.root.certificate)
    (tmp_path / "list.crl").write_bytes(ec.lists()[1])
    (tmp_path / "README.txt").write_text("not looked at")
    found = CertificateTrust.load(tmp_path)
    assert found.anchors == (ec.root.certificate,)
    assert found.intermediates == (ec.middle.certificate,)
    assert len(found.crls) == 1


def test_a_damaged_file_among_the_trusted_is_named_and_not_passed_over(tmp_path):
    (tmp_path / "broken.cer").write_bytes(b"\x30\x03abc")
    with pytest.raises(trust.TrustFileUnreadable) as refused:
        CertificateTrust.load(tmp_path)
    assert refused.value.params["name"] == "broken.cer"


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("SM3withSM2", "sm2-sm3"),
        ("SM2-SM3", "sm2-sm3"),
        ("1.2.156.10197.1.501", "sm2-sm3"),
        ("SHA256withRSA", "rsa-sha256"),
        ("sha512WithRSAEncryption", "rsa-sha512"),
        ("SHA256 with ECDSA", "ecdsa-sha256"),
        ("SHA1withRSA", "rsa-sha1"),
    ],
)
def test_senders_spell_algorithms_in_many_ways(word, name):
    found = algorithm_named(word)
    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("word", ["", "SM3withRSA", "SHA256withSM2", "MD5withRSA", "x" * 5000])
def test_an_unknown_algorithm_has_no_name(word):
    assert algorithm_named(word) is None


def test_sha1_counts_only_for_who_asks_for_it(ec):
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import padding

    key = make_authority("样例旧", algorithm="rsa-sha256", **SPAN)
    private = serialization.load_der_private_key(key.pkcs8, None)
    old = private.sign(b"x", padding.PKCS1v15(), hashes.SHA1())
    assert not verify_with(key.certificate, old, b"x", algorithm="SHA1withRSA")
    assert verify_with(key.certificate, old, b"x", algorithm="SHA1withRSA", allow_weak=True)


def test_no_certificate_is_made_for_an_unknown_algorithm_or_a_backward_period():
    with pytest.raises(Invalid):
        make_authority("样例", algorithm="md5", **SPAN)
    with pytest.raises(Invalid):
        make_authority("样例", algorithm="ecdsa-sha256", not_before=END, not_after=START)
    with pytest.raises(Invalid):
        make_authority("", algorithm="ecdsa-sha256", **SPAN)


@needs_openssl
def test_openssl_accepts_our_chains_and_lists(chain, tmp_path):
    from asn1crypto import pem

    (tmp_path / "root.pem").write_bytes(pem.armor("CERTIFICATE", chain.root.certificate))
    (tmp_path / "middle.pem").write_bytes(pem.armor("CERTIFICATE", chain.middle.certificate))
    (tmp_path / "signer.pem").write_bytes(pem.armor("CERTIFICATE", chain.signer.certificate))
    (tmp_path / "lists.pem").write_bytes(b"".join(pem.armor("X509 CRL", one) for one in chain.lists()))
    if chain.signer.algorithm == "sm2-sm3":
        # openssl 3.0 takes the identity for the last certificate only, and not for lists.
        checks = [
            ["-vfyopt", DIST_ID, "-CAfile", "root.pem", "middle.pem"],
            ["-vfyopt", DIST_ID, "-partial_chain", "-trusted", "middle.pem", "signer.pem"],
        ]
    else:
        lists = ["-crl_check_all", "-CRLfile", "lists.pem"]
        checks = [[*lists, "-CAfile", "root.pem", "-untrusted", "middle.pem", "signer.pem"]]
    for words in checks:
        assert b"OK" in openssl("verify", "-x509_strict", *words, cwd=tmp_path)


@needs_openssl
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_certificates_and_lists_of_openssl_are_judged_right(algorithm, tmp_path):
    authority = make_openssl_authority(tmp_path, algorithm)
    good, bad = authority.issue("good"), authority.issue("bad")
    authority.revoke("bad")
    believed = CertificateTrust((authority.certificate,), (), (authority.crl(),))
    soon = datetime.now(UTC) + DAY  # openssl has issued at the machine's time
    assert state_of(good, believed, soon) is SignatureState.VALID
    assert state_of(bad, believed, soon) is SignatureState.INVALID
    assert certificates.algorithm_of_certificate(good) == algorithm
    signature = authority.sign("good", b"content")
    assert verify_with(good, signature, b"content")
    assert not verify_with(good, signature, b"contend")
