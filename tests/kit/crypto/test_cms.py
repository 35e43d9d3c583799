"""Signed messages as real producers write them, who do not all read the standards alike."""

from __future__ import annotations

import hashlib
import warnings
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.name import _ASN1Type
from cryptography.x509.oid import NameOID

from lantai.kit.crypto.certificates import make_authority, make_certified, read_certificate
from lantai.kit.crypto.cms import Outcome, UnreadableMessage, check_message, digest_in_memory, read_message
from tests.kit.formats.signedpdfs import message_of, sm2_message

SPAN = {"not_before": datetime(2020, 1, 1, tzinfo=UTC), "not_after": datetime(2040, 1, 1, tzinfo=UTC)}
CONTENT = "样例内容".encode()


def outcome_of(der: bytes, content: bytes = CONTENT) -> Outcome:
    return check_message(read_message(der), digest_of=digest_in_memory(content), content_of=lambda: content)


@pytest.mark.parametrize("is_gm", [True, False])
def test_the_attribute_may_name_data_by_the_other_family_of_identifiers(is_gm):
    signer = make_certified("样例单位", issuer=make_authority("样例根", **SPAN), **SPAN)
    message = sm2_message(CONTENT, signer, is_gm=is_gm, is_mixed=True)
    assert outcome_of(message) is Outcome.GOOD
    assert outcome_of(message, CONTENT + b".") is Outcome.CHANGED


def test_an_attribute_that_names_something_else_than_data_is_refused():
    signer = make_certified("样例单位", issuer=make_authority("样例根", **SPAN), **SPAN)
    with pytest.raises(UnreadableMessage):
        outcome_of(
            message_of(
                CONTENT, signer, signer.sign, digest="sm3", algorithm="1.2.156.10197.1.501",
                attribute="signed_data",
            )
        )  # fmt: skip


def test_an_issuer_with_a_unique_identifier_is_found_by_the_octets_of_its_name():
    key = ec.generate_private_key(ec.SECP256R1())
    unique = x509.NameAttribute(NameOID.X500_UNIQUE_IDENTIFIER, b"\x00\x01", _ASN1Type.BitString)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "样例认证中心"), unique])
    built = x509.CertificateBuilder(name, name, key.public_key(), 7, SPAN["not_before"], SPAN["not_after"])
    certificate = built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    message = message_of(
        CONTENT,
        SimpleNamespace(certificate=certificate),
        lambda octets: key.sign(octets, ec.ECDSA(hashes.SHA256())),
        digest="sha256",
        algorithm="1.2.840.10045.4.3.2",
    )
    assert hashlib.sha256(read_message(message).certificate).digest() == hashlib.sha256(certificate).digest()
    assert outcome_of(message) is Outcome.GOOD


def test_a_long_name_is_read_without_a_warning():
    der = make_authority("样例" * 30, **SPAN).certificate
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        one = read_certificate(der)
        assert one.subject == one.issuer
