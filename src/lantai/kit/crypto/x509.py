"""Certificates by which PDF readers know an archives: its own authority and its signer."""

from __future__ import annotations

from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from lantai.kit.crypto.pyca import P256Key, P256Public
from lantai.kit.errors import N_, Invalid

DOCUMENT_SIGNING = x509.ObjectIdentifier("1.3.6.1.5.5.7.3.36")  # RFC 9336


def issue_authority(organisation: str, key: P256Key, *, not_before: datetime, not_after: datetime) -> bytes:
    """The self-signed certificate (PEM) of an archives' own authority; the times must be aware."""
    name = _name(organisation, "CA")
    builder = _builder(name, name, key.public, not_before, not_after)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(_usage(is_authority=True), critical=True)
    return _signed(builder, key)


def issue_certificate(
    organisation: str,
    public: P256Public,
    *,
    authority: bytes,
    authority_key: P256Key,
    not_before: datetime,
    not_after: datetime,
) -> bytes:
    """The certificate (PEM) with which an archives signs documents, issued by its own authority."""
    issuer = x509.load_pem_x509_certificate(authority)
    if issuer.public_key() != authority_key.public.key:
        raise Invalid(N_("签发机构的证书与私钥不是一对，没有签发。"))
    builder = _builder(_name(organisation, "Signer"), issuer.subject, public, not_before, not_after)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(_usage(is_authority=False), critical=True)
    purposes = [DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]
    builder = builder.add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
    authority_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public.key)
    return _signed(builder.add_extension(authority_id, critical=False), authority_key)


def _name(organisation: str, role: str) -> x509.Name:
    if not organisation or len(organisation) > 60:
        raise Invalid(N_("证书上的单位名称应为 1 至 60 个字。"))
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, role),
            x509.NameAttribute(NameOID.COMMON_NAME, organisation),
        ]
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, public: P256Public, not_before: datetime, not_after: datetime
) -> x509.CertificateBuilder:
    if not_before.tzinfo is None or not_after.tzinfo is None or not_after <= not_before:
        raise Invalid(N_("证书的有效期起止时间不对。"))
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer)
    builder = builder.public_key(public.key).serial_number(x509.random_serial_number())
    builder = builder.not_valid_before(not_before).not_valid_after(not_after)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(public.key), critical=False)


def _usage(*, is_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _signed(builder: x509.CertificateBuilder, key: P256Key) -> bytes:
    return builder.sign(key.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
