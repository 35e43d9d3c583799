"""From a signer's certificate up to an authority that is believed (RFC 5280 §6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from lantai.kit.crypto.certificates import is_authority, key_of, read_certificate, subject_of, was_signed_by
from lantai.kit.crypto.constraints import Fit, fit_of
from lantai.kit.crypto.keys import UnknownKey
from lantai.kit.crypto.ocsp import answered
from lantai.kit.crypto.revocation import Revocation, revocation_of
from lantai.kit.crypto.signatures import SignatureState
from lantai.kit.crypto.strength import weakness_of
from lantai.kit.errors import N_

MAX_DEPTH = 8
MAX_LINKS = 64  # a sender's chain may be made to be walked for ever
MAX_CHAIN = 32

_UNDERSTOOD = frozenset(
    {
        ExtensionOID.BASIC_CONSTRAINTS,
        ExtensionOID.KEY_USAGE,
        ExtensionOID.EXTENDED_KEY_USAGE,
        ExtensionOID.NAME_CONSTRAINTS,
        ExtensionOID.SUBJECT_ALTERNATIVE_NAME,
    }
)
# For web servers, time stamps and OCSP: who has only these does not sign documents.
_OTHER_PURPOSES = frozenset({"1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.9"})


@dataclass(frozen=True, slots=True)
class CertificateVerdict:
    """What became of a certificate: `message` is the msgid of why it is not valid, or what was not checked."""

    state: SignatureState
    subject: str
    message: str = ""
    params: Mapping[str, str | int] = field(default_factory=dict)


def judge(
    certificate: bytes,
    *,
    chain: Sequence[bytes],
    anchors: Sequence[bytes],
    intermediates: Sequence[bytes],
    crls: Sequence[bytes],
    answers: Sequence[bytes],
    at: datetime,
    purpose: str,
) -> CertificateVerdict:
    """The best that any path from `certificate` to one of `anchors` gives; never raises for bad input."""
    subject = subject_of(certificate)
    try:
        read_certificate(certificate)
        key_of(certificate)
    except (ValueError, UnknownKey):
        message = N_("签名者的证书无法读取，或其密钥算法不受支持。")
        return CertificateVerdict(SignatureState.UNVERIFIED, subject, message)
    search = _Search(
        (*_readable(intermediates), *_readable(chain[:MAX_CHAIN])),
        _readable(anchors),
        tuple(crls),
        tuple(answers),
        at,
    )
    verdict = _judge_use(certificate, subject, purpose) or search.judge_from(certificate, subject)
    if verdict.state is SignatureState.UNVERIFIED and (weak := _judge_strength((certificate,), subject)):
        return weak  # what the sender can mend comes before what the archives has not configured
    if verdict.state is SignatureState.VALID and not crls and not answers:
        message = N_("未设置证书吊销列表，没有检查证书是否已被吊销。")
        return CertificateVerdict(SignatureState.VALID, subject, message)
    return verdict


def _judge_use(certificate: bytes, subject: str, purpose: str) -> CertificateVerdict | None:
    """A verdict when the certificate itself may not be used to sign, else None."""
    extensions = read_certificate(certificate).extensions
    try:
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
        may_sign = usage.digital_signature or usage.content_commitment
    except x509.ExtensionNotFound:
        may_sign = True
    if not may_sign:
        return _invalid(subject, N_("证书“%(subject)s”的密钥用法不允许签名。"), subject=subject)
    purposes = _purposes(extensions)
    is_fit = purpose in purposes if purpose else not purposes or bool(purposes - _OTHER_PURPOSES)
    if not is_fit:
        return _invalid(subject, N_("证书“%(subject)s”的扩展密钥用法不允许这样签名。"), subject=subject)
    return None


def _judge_strength(path: Sequence[bytes], subject: str) -> CertificateVerdict | None:
    """UNVERIFIED when a key of the path is too weak to be relied on, else None."""
    for one in path:
        weakness = weakness_of(one)
        if weakness is not None:
            message, params = weakness
            return _unverified(subject, message, subject=subject_of(one), **params)
    return None


def _purposes(extensions: x509.Extensions) -> frozenset[str]:
    """The extended key usages as object identifiers, empty where nothing is said."""
    try:
        purposes = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return frozenset()
    return frozenset(one.dotted_string for one in purposes)


@dataclass(slots=True)
class _Search:
    """One walk over everything that might link a certificate to an anchor."""

    helpers: tuple[bytes, ...]
    anchors: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    answers: tuple[bytes, ...]
    at: datetime
    links_left: int = MAX_LINKS

    def judge_from(self, certificate: bytes, subject: str) -> CertificateVerdict:
        """Valid when one path is; else the first bad path's reason, or that there is none."""
        reasons: list[CertificateVerdict] = []
        for path in self._paths((certificate,)):
            found = self._judge_path(path, subject)
            if found.state is SignatureState.VALID:
                return found
            reasons.append(found)
        if not reasons and self._claims_an_issuer_falsely(certificate):
            return _invalid(
                subject, N_("证书“%(subject)s”上签发机构的签名不对，证书系伪造或已被改动。"), subject=subject
            )
        # A path that shows a fault says more than one on which something could not be known.
        reasons.sort(key=lambda one: one.state is not SignatureState.INVALID)
        return (
            reasons[0]
            if reasons
            else _unverified(subject, N_("证书“%(subject)s”不能追溯到受信任的根证书。"), subject=subject)
        )

    def _paths(self, path: tuple[bytes, ...]) -> Iterator[tuple[bytes, ...]]:
        """Every path of true links from the end of `path` up to an anchor, anchors first."""
        if path[-1] in self.anchors:
            yield path
            return
        if len(path) >= MAX_DEPTH:
            return
        for issuer in dict.fromkeys((*self.anchors, *self.helpers)):
            if issuer not in path and self._is_link(path[-1], issuer):
                yield from self._paths((*path, issuer))

    def _is_link(self, certificate: bytes, issuer: bytes) -> bool:
        if read_certificate(certificate).issuer != read_certificate(issuer).subject or self.links_left <= 0:
            return False
        self.links_left -= 1
        return was_signed_by(issuer, certificate)

    def _judge_path(self, path: tuple[bytes, ...], subject: str) -> CertificateVerdict:
        """The verdict over one path, signer first, anchor last."""
        for depth, one in enumerate(path):
            reason = self._fault_of(one, depth)
            if reason:
                return _invalid(subject, reason, subject=subject_of(one), at=_day(self.at))
        for one in path:
            if _has_unknown_critical(one):
                return _unverified(
                    subject, N_("证书“%(subject)s”有无法识别的关键扩展项。"), subject=subject_of(one)
                )
        fit, whose = fit_of(path)
        if fit is Fit.OUTSIDE:
            message = N_("证书“%(subject)s”上的名称不在签发机构获准签发的范围之内。")
            return _invalid(subject, message, subject=subject_of(whose))
        found = self._judge_revocation(path, subject)
        if found.state is SignatureState.VALID and fit is Fit.UNKNOWN:
            message = N_("签发机构限制了名称的范围，而证书“%(subject)s”上有一种无法比较的名称，没有采信。")
            return _unverified(subject, message, subject=subject_of(whose))
        if found.state is SignatureState.VALID:
            return _judge_strength(path, subject) or found
        return found

    def _fault_of(self, one: bytes, depth: int) -> str:
        """The msgid of what is wrong with the certificate `depth` links above the signer, or ""."""
        certificate = read_certificate(one)
        if not certificate.not_valid_before_utc <= self.at <= certificate.not_valid_after_utc:
            return N_("签名时（%(at)s）证书“%(subject)s”不在有效期内。")
        if depth == 0:
            return ""
        if not is_authority(one) or not _may_issue(certificate):
            return N_("证书“%(subject)s”不是可以签发证书的机构证书。")
        if _is_too_deep(certificate, depth - 1):
            return N_("证书“%(subject)s”之下的证书层级超过了它允许的层数。")
        return ""

    def _judge_revocation(self, path: tuple[bytes, ...], subject: str) -> CertificateVerdict:
        """An anchor is believed without a list; everything below it has to be on none."""
        unknown = ""
        for one, issuer in pairwise(path):
            found = self._revocation_of(one, issuer)
            if found is Revocation.REVOKED:
                message = N_("签名时（%(at)s）证书“%(subject)s”已被吊销。")
                return _invalid(subject, message, subject=subject_of(one), at=_day(self.at))
            if found is Revocation.UNKNOWN and not unknown:
                unknown = subject_of(issuer)
        if unknown and (self.crls or self.answers):
            message = N_("没有“%(issuer)s”覆盖签名时间（%(at)s）的吊销列表，不能判断证书是否已被吊销。")
            return _unverified(subject, message, issuer=unknown, at=_day(self.at))
        return CertificateVerdict(SignatureState.VALID, subject)

    def _revocation_of(self, one: bytes, issuer: bytes) -> Revocation:
        """What lists and answers say together: whoever knows of a revocation is believed."""
        listed = revocation_of(one, issuer, self.crls, self.at)
        if listed is Revocation.REVOKED or not self.answers:
            return listed
        told = answered(one, issuer, self.answers, self.at, self.crls)
        return told if told is Revocation.REVOKED or listed is Revocation.UNKNOWN else listed

    def _claims_an_issuer_falsely(self, certificate: bytes) -> bool:
        """Whether the name and key identifier are of an anchor whose key did not sign the certificate."""
        one = read_certificate(certificate)
        return any(
            one.issuer == read_certificate(anchor).subject
            and _names_key_of(one, read_certificate(anchor))
            and not was_signed_by(anchor, certificate)
            for anchor in self.anchors
        )


def _readable(certificates: Sequence[bytes]) -> tuple[bytes, ...]:
    """Those that can be read; a sender's chain may hold anything."""
    found = []
    for der in dict.fromkeys(certificates):
        try:
            read_certificate(der)
        except ValueError:
            continue
        found.append(der)
    return tuple(found)


def _may_issue(certificate: x509.Certificate) -> bool:
    try:
        return certificate.extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound:
        return True


def _is_too_deep(certificate: x509.Certificate, authorities_below: int) -> bool:
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    return constraints.path_length is not None and authorities_below > constraints.path_length


def _has_unknown_critical(der: bytes) -> bool:
    return any(one.critical and one.oid not in _UNDERSTOOD for one in read_certificate(der).extensions)


def _names_key_of(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    """Whether the authority key identifier is the issuer's; an authority may have changed its key."""
    try:
        named = certificate.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
        own = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    except x509.ExtensionNotFound:
        return False
    return named.key_identifier == own.digest


def _day(at: datetime) -> str:
    return at.date().isoformat()


def _invalid(holder: str, message: str, **params: str) -> CertificateVerdict:
    return CertificateVerdict(SignatureState.INVALID, holder, message, params)


def _unverified(holder: str, message: str, **params: str | int) -> CertificateVerdict:
    return CertificateVerdict(SignatureState.UNVERIFIED, holder, message, params)
