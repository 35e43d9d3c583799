"""The trust file: what a verifier must have got from the archives by another way than the evidence.

One text file for a region. A line is a verifier key (`name+hash+key`), a comment (`#`) or empty;
between them stand the PEM certificates with which the archives sign PDF certificates. A comment that begins
with `#history ` and goes on in Base64 is the history of the keys of a log (keyhistory.py): who reads it believes each
key only where it spoke for the log. A program that passes over comments believes the plain lines; a key that was
compromised stands in the history alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from lantai.kit.errors import N_, Invalid
from lantai.kit.evidence.encoding import base64_of, from_base64
from lantai.kit.evidence.keyhistory import BadHistory, KeyHistory
from lantai.kit.evidence.notes import NoteSignature, VerifierKey, parse_verifier_key

MAX_TRUST_CHARS = 4 * 1024 * 1024
HISTORY = "#history "

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
    histories: tuple[KeyHistory, ...] = ()

    @classmethod
    def parse(cls, text: str) -> TrustStore:
        """The store of a trust file; raises BadTrustFile or BadVerifierKey, never skips a line."""
        if len(text) > MAX_TRUST_CHARS:
            raise BadTrustFile(N_("信任文件过大。"))
        keys: list[VerifierKey] = []
        certificates: list[x509.Certificate] = []
        histories: list[KeyHistory] = []
        for number, part in _parts(text):
            if part.startswith(_BEGIN):
                certificates.append(_certificate(part, number))
            elif part.startswith(HISTORY):
                histories.append(_history(part.removeprefix(HISTORY)))
            elif part and not part.startswith("#"):
                keys.append(parse_verifier_key(part))
        return cls(tuple(keys), tuple(certificates), tuple(histories))

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
        told = [f"{HISTORY}{base64_of(one.render().encode())}\n" for one in self.histories]
        return "".join([*(f"{key.render()}\n" for key in self.keys), *told, *pems])

    def with_history(self, history: KeyHistory) -> TrustStore:
        """The store that also knows the former and later keys of a log of which it trusts one.

        Raises BadHistory when no key of the history is trusted already: anybody can write a history.
        """
        if not any(history.term_of(key) for key in self.keys if self.is_log_of(history.origin, key)):
            raise BadHistory(N_("密钥历史与已信任的公钥没有联系，不能采信。"))
        others = (one for one in self.histories if one.origin != history.origin)
        return TrustStore(self.keys, self.certificates, (*others, history))

    def key_of(self, signature: NoteSignature) -> VerifierKey | None:
        """The trusted key that a signature line names, by name and key id; None for a stranger."""
        for key in (*self.keys, *(term.key for one in self.histories for term in one.terms)):
            if key.name == signature.name and key.key_id == signature.key_id:
                return key
        return None

    def believes(self, key: VerifierKey, size: int, seen_at: datetime | None = None) -> bool:
        """Whether a key that `key_of` found speaks for its log at `size`; a key without a history always does.

        `seen_at` is when others, by their cosignature or stamp, saw the checkpoint.
        """
        terms = [term for one in self.histories if (term := one.term_of(key))]
        return all(term.covers(size, seen_at) for term in terms)

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


def _history(text: str) -> KeyHistory:
    try:
        return KeyHistory.parse(from_base64(text).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise BadHistory(N_("密钥历史的写法不规范。")) from error


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
