"""The trust file: what a verifier must have got from the archives by another way than the evidence.

One text file for a region. A line is a verifier key (`name+hash+key`), a comment (`#`) or empty;
between them stand the PEM certificates with which the archives sign PDF certificates.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from lantai.kit.errors import N_, Invalid
from lantai.kit.evidence.notes import NoteSignature, VerifierKey, parse_verifier_key

MAX_TRUST_CHARS = 4 * 1024 * 1024

_BEGIN, _END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"
_PEM = re.compile(f"{_BEGIN}[A-Za-z0-9+/=\\s]+{_END}")


class BadTrustFile(Invalid):
    """The trust file cannot be used."""

    message = N_("信任文件第 %(number)d 行无法识别。")


@dataclass(frozen=True)
class TrustStore:
    """The keys of logs and witnesses, and the certificates of signers, that are believed."""

    keys: tuple[VerifierKey, ...] = ()
    certificates: tuple[x509.Certificate, ...] = ()

    @classmethod
    def parse(cls, text: str) -> TrustStore:
        """The store of a trust file; raises BadTrustFile or BadVerifierKey, never skips a line."""
        if len(text) > MAX_TRUST_CHARS:
            raise BadTrustFile(N_("信任文件过大。"))
        keys: list[VerifierKey] = []
        certificates: list[x509.Certificate] = []
        for number, part in _parts(text):
            if part.startswith(_BEGIN):
                certificates.append(_certificate(part, number))
            elif part and not part.startswith("#"):
                keys.append(parse_verifier_key(part))
        return cls(tuple(keys), tuple(certificates))

    @classmethod
    def load(cls, path: Path) -> TrustStore:
        """The store of the trust file at `path`; raises Invalid or OSError."""
        with path.open("rb") as stream:
            data = stream.read(4 * MAX_TRUST_CHARS + 1)
        try:
            return cls.parse(data.decode("utf-8"))
        except UnicodeDecodeError as error:
            raise Invalid(N_("信任文件不是 UTF-8 编码的文本。")) from error

    def render(self) -> str:
        """The trust file of this store."""
        pems = [found.public_bytes(Encoding.PEM).decode() for found in self.certificates]
        return "".join([*(f"{key.render()}\n" for key in self.keys), *pems])

    def key_of(self, signature: NoteSignature) -> VerifierKey | None:
        """The trusted key that a signature line names, by name and key id; None for a stranger."""
        for key in self.keys:
            if key.name == signature.name and key.key_id == signature.key_id:
                return key
        return None

    def is_log_of(self, origin: str, key: VerifierKey) -> bool:
        """Whether `key` may speak for the log `origin`: same name, and not the key of a witness."""
        return key.name == origin and not key.is_witness


def _parts(text: str) -> Iterator[tuple[int, str]]:
    """Lines and whole PEM blocks, each with the number of its first line."""
    block: list[str] = []
    first = 0
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if line == _BEGIN or block:
            first = first if block else number
            block.append(line)
            if line == _END:
                yield first, "\n".join(block)
                block = []
        else:
            yield number, line
    if block:
        raise BadTrustFile(number=first)


def _certificate(block: str, number: int) -> x509.Certificate:
    try:
        if not _PEM.fullmatch(block):
            raise BadTrustFile(number=number)
        found = x509.load_pem_x509_certificate(block.encode())
        key = found.public_key()
    except ValueError as error:
        raise BadTrustFile(number=number) from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise BadTrustFile(N_("信任文件第 %(number)d 行的证书不是 ECDSA P-256 证书。"), number=number)
    return found
