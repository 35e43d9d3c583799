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
    """What `crls` say about a certificate of `issuer` as of `at`; lists not signed by the issuer do not count.

    A delta list (§5.2.4) reports its own revocations wherever it comes from the issuer; it prolongs a complete
    list, and takes back a hold, only where it continues that list.
    """
    serial = read_certificate(certificate).serial_number
    trusted = (_trusted_list(der, issuer) for der in crls)
    lists = [one for one in trusted if one is not None and _is_about(one, certificate)]
    complete = [one for one in lists if _base_of(one) is None]
    deltas = [one for one in lists if _base_of(one) is not None]
    is_covered = False
    for one in complete:
        continued = [delta for delta in deltas if _continues(delta, one)]
        if _is_revoked(one, serial, at) and not any(_is_released(delta, serial, at) for delta in continued):
            return Revocation.REVOKED
        is_covered = is_covered or any(_reaches(each, at) for each in (one, *continued))
    if any(_is_revoked(delta, serial, at) for delta in deltas):
        return Revocation.REVOKED
    return Revocation.GOOD if is_covered else Revocation.UNKNOWN


def _base_of(found: x509.CertificateRevocationList) -> int | None:
    """The number of the complete list that a delta list continues; None for a complete list."""
    try:
        return found.extensions.get_extension_for_class(x509.DeltaCRLIndicator).value.crl_number
    except x509.ExtensionNotFound:
        return None


def _number_of(found: x509.CertificateRevocationList) -> int | None:
    try:
        return found.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number
    except x509.ExtensionNotFound:
        return None


def _continues(delta: x509.CertificateRevocationList, complete: x509.CertificateRevocationList) -> bool:
    """Whether a delta list may be read together with a complete one (§5.2.4 a to c): numbers and scope fit."""
    base, number, later = _base_of(delta), _number_of(complete), _number_of(delta)
    if base is None or number is None or later is None:
        return False
    return base <= number < later and _scope_of(delta) == _scope_of(complete)


def _scope_of(found: x509.CertificateRevocationList) -> x509.IssuingDistributionPoint | None:
    try:
        return found.extensions.get_extension_for_class(x509.IssuingDistributionPoint).value
    except x509.ExtensionNotFound:
        return None


def _is_released(delta: x509.CertificateRevocationList, serial: int, at: datetime) -> bool:
    """Whether a hold was over at `at`: the list that took it back had been made by then."""
    entry = delta.get_revoked_certificate_by_serial_number(serial)
    return entry is not None and _takes_back(entry) and delta.last_update_utc <= at


def _takes_back(entry: x509.RevokedCertificate) -> bool:
    try:
        reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    except (x509.ExtensionNotFound, *NONSENSE):
        return False
    return reason is x509.ReasonFlags.remove_from_crl


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
        elif extension.critical and extension.oid != ExtensionOID.DELTA_CRL_INDICATOR:
            return False
    return True


def _is_about(found: x509.CertificateRevocationList, certificate: bytes) -> bool:
    """Whether the scope of a list includes a certificate (RFC 5280 §5.2.5)."""
    point = _scope_of(found)
    if point is None:
        return True
    if is_authority(certificate):
        return not point.only_contains_user_certs
    return not point.only_contains_ca_certs


def _is_revoked(found: x509.CertificateRevocationList, serial: int, at: datetime) -> bool:
    entry = found.get_revoked_certificate_by_serial_number(serial)
    return entry is not None and not _takes_back(entry) and _since(entry) <= at


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
