"""A time-stamping authority (RFC 3161) for a region without internet: requests judged, answers signed.

There is no clock, no network and no counter here: the caller says what time it is and gives a serial number that was
never given before. Imprints by SHA-256, SHA-384, SHA-512 and SM3; signatures by whatever the certificate's key is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from asn1crypto import algos, cms, core, tsp, x509

from lantai.kit.crypto.algorithms import SM2_WITH_SM3
from lantai.kit.crypto.cms import DIGESTS, MALFORMED, running_digest
from lantai.kit.crypto.keys import CertifiedKey
from lantai.kit.errors import N_, Invalid

MAX_REQUEST_BYTES = 4096
MAX_NONCE_BYTES = 32
REQUEST_TYPE, ANSWER_TYPE = "application/timestamp-query", "application/timestamp-reply"

_LENGTHS = {"sha256": 32, "sha384": 48, "sha512": 64, "sm3": 32}
_DIGEST_OIDS = {name: oid for oid, name in DIGESTS.items()}
_SIGNED_BY = {
    "rsa-sha256": ("sha256", "1.2.840.113549.1.1.11"),
    "ecdsa-sha256": ("sha256", "1.2.840.10045.4.3.2"),
    "sm2-sm3": ("sm3", SM2_WITH_SM3),
}
_TST_INFO = "1.2.840.113549.1.9.16.1.4"


class UnfitStamper(Invalid):
    """The certificate cannot be that of a time-stamping authority."""

    message = N_("时间戳证书不能使用：它必须只用于时间戳（关键扩展 timeStamping）并在有效期内。")


class _Failure(core.BitString):  # type: ignore[misc]
    """PKIFailureInfo (RFC 3161 §2.4.2), where asn1crypto has a number in its place."""

    _map = {
        0: "bad_alg",
        2: "bad_request",
        5: "bad_data_format",
        14: "time_not_available",
        15: "unaccepted_policy",
        16: "unaccepted_extensions",
        17: "add_info_not_available",
        25: "system_failure",
    }


class _Status(core.Sequence):  # type: ignore[misc]
    _fields = [
        ("status", core.Integer),
        ("status_string", tsp.PKIFreeText, {"optional": True}),
        ("fail_info", _Failure, {"optional": True}),
    ]


class _Answer(core.Sequence):  # type: ignore[misc]
    _fields = [("status", _Status), ("time_stamp_token", cms.ContentInfo, {"optional": True})]


_GRANTED, _REJECTION = 0, 2


@dataclass(frozen=True, slots=True)
class StampRequest:
    """What is asked to be stamped."""

    algorithm: str
    imprint: bytes
    nonce: int | None
    wants_certificate: bool


class StampRefused(Exception):
    """Why a request is not granted, by the name of its failure in RFC 3161; an answer, not a refusal to a person."""

    def __init__(self, failure: str, text: str) -> None:
        super().__init__(failure, text)
        self.failure, self.text = failure, text


@dataclass(frozen=True, slots=True)
class StampAnswer:
    """The answer (DER) to a request; `token` and `request` are there when it was granted."""

    response: bytes
    token: bytes = b""
    request: StampRequest | None = None
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Stamper:
    """An authority: its key with the chain above it, its policy, and how exact its clock is."""

    key: CertifiedKey
    policy: str
    chain: tuple[bytes, ...] = ()
    accuracy_seconds: int = 1

    def require_fit(self, at: datetime) -> None:
        """Raise UnfitStamper unless the certificate may stamp at that time (RFC 3161 §2.3)."""
        certificate = x509.Certificate.load(self.key.certificate)
        usage = certificate.extended_key_usage_value
        is_alone = usage is not None and usage.native == ["time_stamping"]
        is_critical = "extended_key_usage" in certificate.critical_extensions
        if not (
            is_alone and is_critical and certificate.not_valid_before <= at <= certificate.not_valid_after
        ):
            raise UnfitStamper()

    def answer(self, request: bytes, *, serial: int, at: datetime) -> StampAnswer:
        """The answer to whatever was sent; raises UnfitStamper when the authority itself is not in order."""
        self.require_fit(at)
        try:
            asked = parse_request(request, policy=self.policy)
        except StampRefused as refused:
            return StampAnswer(_rejected(refused), failure=refused.failure)
        token = self._token(asked, serial, at)
        granted = {"status": {"status": _GRANTED}, "time_stamp_token": cms.ContentInfo.load(token)}
        return StampAnswer(bytes(_Answer(granted).dump()), token, asked)

    def _token(self, asked: StampRequest, serial: int, at: datetime) -> bytes:
        info = _info(asked, self, serial, at)
        digest, signature_oid = _SIGNED_BY[self.key.algorithm]
        certificate = x509.Certificate.load(self.key.certificate)
        attributes = _attributes(info, digest, certificate, at)
        signer = {
            "version": "v1",
            "sid": {
                "issuer_and_serial_number": {
                    "issuer": certificate.issuer,
                    "serial_number": certificate.serial_number,
                }
            },
            "digest_algorithm": {"algorithm": _DIGEST_OIDS[digest]},
            "signed_attrs": attributes,
            "signature_algorithm": {"algorithm": signature_oid},
            "signature": self.key.sign(attributes.dump()),
        }
        signed = {
            "version": "v3",
            "digest_algorithms": [{"algorithm": _DIGEST_OIDS[digest]}],
            "encap_content_info": {"content_type": _TST_INFO, "content": core.ParsableOctetString(info)},
            "signer_infos": [signer],
        }
        if asked.wants_certificate:
            chain = [x509.Certificate.load(one) for one in self.chain]
            signed["certificates"] = [certificate, *chain]
        return bytes(cms.ContentInfo({"content_type": "signed_data", "content": signed}).dump())


def parse_request(data: bytes, *, policy: str) -> StampRequest:
    """What a request (DER) asks; raises StampRefused with the failure that RFC 3161 has for it."""
    if len(data) > MAX_REQUEST_BYTES:
        raise StampRefused("bad_data_format", "request too large")
    try:
        asked = tsp.TimeStampReq.load(data, strict=True)
        if asked.dump(force=True) != data:
            raise StampRefused("bad_data_format", "not DER")
        version = asked["version"].native
        imprint = bytes(asked["message_imprint"]["hashed_message"].native)
        algorithm = DIGESTS.get(asked["message_imprint"]["hash_algorithm"]["algorithm"].dotted, "")
        wanted = asked["req_policy"]
        wanted_policy = "" if isinstance(wanted, core.Void) else wanted.dotted
        nonce = asked["nonce"].native
        has_extensions = not isinstance(asked["extensions"], core.Void)
        wants_certificate = bool(asked["cert_req"].native)
    except MALFORMED as error:
        raise StampRefused("bad_data_format", "not a time-stamp request") from error
    if version != "v1":
        raise StampRefused("bad_request", "unknown version")
    if algorithm not in _LENGTHS:
        raise StampRefused("bad_alg", "imprint must be by SHA-256, SHA-384, SHA-512 or SM3")
    if len(imprint) != _LENGTHS[algorithm]:
        raise StampRefused("bad_data_format", "imprint has the wrong length")
    if wanted_policy not in ("", policy):
        raise StampRefused("unaccepted_policy", "another policy is asked for")
    if has_extensions:
        raise StampRefused("unaccepted_extensions", "no extension is supported")
    if nonce is not None and nonce.bit_length() > 8 * MAX_NONCE_BYTES:
        raise StampRefused("bad_request", "nonce too long")
    return StampRequest(algorithm, imprint, nonce, wants_certificate)


def _rejected(refused: StampRefused) -> bytes:
    status = {
        "status": _REJECTION,
        "status_string": [refused.text],
        "fail_info": {refused.failure},
    }
    return bytes(_Answer({"status": status}).dump())


def _info(asked: StampRequest, stamper: Stamper, serial: int, at: datetime) -> bytes:
    said: dict[str, object] = {
        "version": "v1",
        "policy": stamper.policy,
        "message_imprint": {
            "hash_algorithm": {"algorithm": _DIGEST_OIDS[asked.algorithm]},
            "hashed_message": asked.imprint,
        },
        "serial_number": serial,
        "gen_time": at.astimezone(UTC).replace(microsecond=0),
        "accuracy": {"seconds": stamper.accuracy_seconds},
    }
    if asked.nonce is not None:
        said["nonce"] = asked.nonce
    return bytes(tsp.TSTInfo(said).dump())


def _attributes(info: bytes, digest: str, certificate: x509.Certificate, at: datetime) -> cms.CMSAttributes:
    """RFC 3161 §2.4.2 and RFC 5816: what is signed, and by which certificate, stand under the signature."""
    running = running_digest(digest)
    running.update(info)
    named = {
        "hash_algorithm": algos.DigestAlgorithm({"algorithm": "sha256"}),
        "cert_hash": sha256(certificate.dump()).digest(),
    }
    values: Sequence[tuple[str, object]] = (
        ("content_type", cms.ContentType(_TST_INFO)),
        ("signing_time", cms.Time({"utc_time": at.astimezone(UTC).replace(microsecond=0)}))
        if at.year < 2050
        else ("signing_time", cms.Time({"general_time": at.astimezone(UTC).replace(microsecond=0)})),
        ("message_digest", running.digest()),
        ("signing_certificate_v2", tsp.SigningCertificateV2({"certs": [named]})),
    )
    return cms.CMSAttributes([{"type": name, "values": [value]} for name, value in values])
