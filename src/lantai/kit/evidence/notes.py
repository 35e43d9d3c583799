"""Signed notes (C2SP signed-note v1): text, a blank line, signature lines.

Signature types, as the byte that follows the key name in the key id and that begins a verifier key:

* 0x01 Ed25519 over the text.
* 0x04 Ed25519 cosignature of a witness with its time (C2SP tlog-cosignature v1).
* 0xff, which the specification leaves to types without an assigned byte, followed by
  `oid/1.2.156.10197.1.501` and a newline: SM2 with SM3 (the OID is that of GM/T 0006). The public
  key is the uncompressed point (65 bytes), the signature the DER SEQUENCE {r, s} over the text with
  the user identity 1234567812345678.
* 0xff followed by `cosignature/v1/oid/1.2.156.10197.1.501` and a newline: the cosignature of a witness
  by SM2, over the same bytes as that by Ed25519 and with its time before it in the same way.

    key id       = SHA-256(name || 0x0A || type || public key)[:4]
    verifier key = name+hex(key id)+base64(type || public key)
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from lantai.kit.crypto import Ed25519Public, PublicKey, SigningKey, Sm2Public
from lantai.kit.errors import N_, Invalid
from lantai.kit.evidence.encoding import base64_of, from_base64

MAX_NOTE_BYTES = 256 * 1024
MAX_SIGNATURES = 64

_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,255}")
_KEY_ID = re.compile(r"[0-9a-f]{8}")
_DASH = "—"
_TIME_BYTES = 8


class BadNote(Invalid):
    """The text is not a signed note."""

    message = N_("签名文本的格式不正确。")


class BadVerifierKey(Invalid):
    """A line of the trust file is not a verifier key."""

    message = N_("验证公钥的格式不正确：%(text)s")


class SignatureType(Enum):
    """The bytes that say how a note signature was made."""

    ED25519 = b"\x01"
    COSIGNATURE = b"\x04"
    SM2 = b"\xffoid/1.2.156.10197.1.501\n"
    COSIGNATURE_SM2 = b"\xffcosignature/v1/oid/1.2.156.10197.1.501\n"


WITNESS_TYPES = frozenset({SignatureType.COSIGNATURE, SignatureType.COSIGNATURE_SM2})
_SM2_TYPES = frozenset({SignatureType.SM2, SignatureType.COSIGNATURE_SM2})


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line."""

    name: str
    key_id: bytes
    blob: bytes

    def line(self) -> str:
        """The line, with its newline."""
        return f"{_DASH} {self.name} {base64_of(self.key_id + self.blob)}\n"


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and its signatures."""

    text: str
    signatures: tuple[NoteSignature, ...]

    def render(self) -> str:
        """The note as text."""
        return self.text + "\n" + "".join(signature.line() for signature in self.signatures)


@dataclass(frozen=True, slots=True, eq=False)
class VerifierKey:
    """A public key under the name it signs with."""

    name: str
    type: SignatureType
    public: PublicKey

    @property
    def is_witness(self) -> bool:
        """Whether the key signs as a witness, with the time."""
        return self.type in WITNESS_TYPES

    @property
    def key_id(self) -> bytes:
        """The four bytes that a signature line carries."""
        seed = self.name.encode() + b"\n" + self.type.value + self.public.raw
        return hashlib.sha256(seed).digest()[:4]

    def render(self) -> str:
        """`name+hash+key`, one line of a trust file."""
        return f"{self.name}+{self.key_id.hex()}+{base64_of(self.type.value + self.public.raw)}"

    def verify(self, text: str, blob: bytes) -> bool:
        """Whether `blob` is this key's signature over `text`."""
        if not self.is_witness:
            return self.public.verify(text.encode(), blob)
        stamp = cosigned_at(blob)
        return stamp < 2**63 and self.public.verify(_cosigned(text, stamp), blob[_TIME_BYTES:])


def cosigned_at(blob: bytes) -> int:
    """The POSIX seconds that the cosignature of a witness states."""
    return int.from_bytes(blob[:_TIME_BYTES], "big")


def parse_verifier_key(line: str) -> VerifierKey:
    """The key of `name+hash+key`; raises BadVerifierKey unless the hash is that of the key."""
    name, _, rest = line.partition("+")
    named_id, _, encoded = rest.partition("+")
    refused = BadVerifierKey(text=line[:80])
    if not _NAME.fullmatch(name) or not _KEY_ID.fullmatch(named_id):
        raise refused
    try:
        key = _verifier_key(name, from_base64(encoded))
    except Invalid as error:
        raise refused from error
    if key.key_id.hex() != named_id:
        raise refused
    return key


def _verifier_key(name: str, payload: bytes) -> VerifierKey:
    for kind in SignatureType:
        if payload.startswith(kind.value):
            raw = payload[len(kind.value) :]
            of_raw = Sm2Public.from_raw if kind in _SM2_TYPES else Ed25519Public.from_raw
            return VerifierKey(name, kind, of_raw(raw))
    raise BadVerifierKey(text=name)


def verifier_key(name: str, public: PublicKey) -> VerifierKey:
    """The verifier key under which a log publishes an Ed25519 or SM2 key."""
    kinds = {"ed25519": SignatureType.ED25519, "sm2": SignatureType.SM2}
    if public.algorithm not in kinds or not _NAME.fullmatch(name):
        raise BadVerifierKey(text=name)
    return VerifierKey(name, kinds[public.algorithm], public)


def witness_key(name: str, public: PublicKey) -> VerifierKey:
    """The verifier key under which a witness publishes the Ed25519 or SM2 key of its cosignatures."""
    kinds = {"ed25519": SignatureType.COSIGNATURE, "sm2": SignatureType.COSIGNATURE_SM2}
    if public.algorithm not in kinds or not _NAME.fullmatch(name):
        raise BadVerifierKey(text=name)
    return VerifierKey(name, kinds[public.algorithm], public)


def sign_note(text: str, signers: Sequence[tuple[str, SigningKey]]) -> Note:
    """The note of `text` signed by each (name, key) in turn."""
    _require_text(text)
    lines = []
    for name, key in signers:
        verifier = verifier_key(name, key.public)
        lines.append(NoteSignature(name, verifier.key_id, key.sign(text.encode())))
    return Note(text, tuple(lines))


def cosign(note: Note, name: str, key: SigningKey, *, posix_seconds: int) -> Note:
    """The note with the cosignature of a witness added (tlog-cosignature v1)."""
    verifier = witness_key(name, key.public)
    stamp = posix_seconds.to_bytes(_TIME_BYTES, "big")
    blob = stamp + key.sign(_cosigned(note.text, posix_seconds))
    return Note(note.text, (*note.signatures, NoteSignature(name, verifier.key_id, blob)))


def _cosigned(text: str, posix_seconds: int) -> bytes:
    return f"cosignature/v1\ntime {posix_seconds}\n{text}".encode()


def parse_note(text: str) -> Note:
    """The note in `text`; raises BadNote for anything that `render` would not have written."""
    body, separator, tail = text.rpartition("\n\n")
    if len(text) > MAX_NOTE_BYTES or not separator or not tail.endswith("\n"):
        raise BadNote()
    lines = tail[:-1].split("\n")
    if len(lines) > MAX_SIGNATURES:
        raise BadNote()
    note = Note(body + "\n", tuple(_parsed_line(line) for line in lines))
    _require_text(note.text)
    return note


def _parsed_line(line: str) -> NoteSignature:
    parts = line.split(" ")
    if len(parts) != 3 or parts[0] != _DASH or not _NAME.fullmatch(parts[1]):
        raise BadNote()
    payload = from_base64(parts[2])
    if len(payload) <= 4:
        raise BadNote()
    return NoteSignature(parts[1], payload[:4], payload[4:])


def _require_text(text: str) -> None:
    has_control = any(char < " " and char != "\n" for char in text)
    if len(text) < 2 or not text.endswith("\n") or has_control:
        raise BadNote()
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise BadNote() from error
