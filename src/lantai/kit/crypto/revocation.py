"""Certificate revocation lists: which of them speak for an issuer at a time, and what they say (RFC 5280 §6.3)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum

from cryptography import x509
from cryptography.x509.oid import CRLEntryExtensionOID, ExtensionOID

from lantai.kit.crypto.certificates import NONSENSE, is_authority, read_certificate, read_crl, was_signed_by


class Revocation(StrEnum):
    """What the lists of an issuer say about one certificate at one time."""

    GOOD = "good"
    REVOKED = "revoked"
    UNKNOWN = "unknown"  # no list of this issuer, or none that reaches to that time


def revocation_of(certificate: bytes, issuer: bytes, crls: Iterable[bytes], at: datetime) -> Revocation:
    """What `crls` say about a certificate of `issuer` as of `at`; lists not signed by the issuer do not count."""
    one = read_certificate(certificate)
    is_covered = False
    for der in crls:
        found = _trusted_list(der, issuer)
        if found is None or not _is_about(found, certificate):
            continue
        if _is_revoked(found, one.serial_number, at):
            return Revocation.REVOKED
        is_covered = is_covered or _reaches(found, at)
    return Revocation.GOOD if is_covered else Revocation.UNKNOWN


def _trusted_list(der: bytes, issuer: bytes) -> x509.CertificateRevocationList | None:
    """The list when `issuer` made it and every critical extension of it is understood."""
    try:
        found = read_crl(der)
        holder = read_certificate(issuer)
        if found.issuer != holder.subject or not may_sign_lists(holder):
            return None
        if not was_signed_by(issuer, der, is_crl=True) or not _is_understood(found):
            return None
    except ValueError:
        return None
    return found


def may_sign_lists(issuer: x509.Certificate) -> bool:
    """Whether the key usage of a certificate, where it has one, allows the signing of revocation lists."""
    try:
        return issuer.extensions.get_extension_for_class(x509.KeyUsage).value.crl_sign
    except x509.ExtensionNotFound:
        return True


def _is_understood(found: x509.CertificateRevocationList) -> bool:
    for extension in found.extensions:
        if extension.oid == ExtensionOID.ISSUING_DISTRIBUTION_POINT:
            point = extension.value
            if not isinstance(point, x509.IssuingDistributionPoint):
                return False
            # An indirect list names certificates of other issuers, one for some reasons is not complete.
            if point.indirect_crl or point.only_some_reasons or point.only_contains_attribute_certs:
                return False
        elif extension.critical:  # a delta list, for one
            return False
    return True


def _is_about(found: x509.CertificateRevocationList, certificate: bytes) -> bool:
    """Whether the scope of a list includes a certificate (RFC 5280 §5.2.5)."""
    try:
        point = found.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return True
    if is_authority(certificate):
        return not point.only_contains_user_certs
    return not point.only_contains_ca_certs


def _is_revoked(found: x509.CertificateRevocationList, serial: int, at: datetime) -> bool:
    entry = found.get_revoked_certificate_by_serial_number(serial)
    return entry is not None and _since(entry) <= at


def _since(entry: x509.RevokedCertificate) -> datetime:
    """When the certificate stopped to be good: the key may have been lost before the issuer wrote it down."""
    since = entry.revocation_date_utc
    try:
        known = entry.extensions.get_extension_for_oid(CRLEntryExtensionOID.INVALIDITY_DATE).value
    except (x509.ExtensionNotFound, *NONSENSE):
        return since
    return min(since, known.invalidity_date_utc) if isinstance(known, x509.InvalidityDate) else since


def _reaches(found: x509.CertificateRevocationList, at: datetime) -> bool:
    """Whether the list was current at `at` or is younger; an old one cannot know of a later revocation."""
    return at <= (found.next_update_utc or found.last_update_utc)
