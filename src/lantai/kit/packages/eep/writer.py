"""Writing a package of DA/T 48-2009: the original one, or a modified one around it, signed and locked.

What is signed stands in the file in its canonical form, so that the octets between `<被签名对象` and
`</被签名对象>` are those that were signed; anybody may cut them out and verify them with other tools.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from lantai.kit.crypto.certificates import subject_of
from lantai.kit.crypto.keys import CertifiedKey
from lantai.kit.digests import Hasher
from lantai.kit.errors import N_, Invalid
from lantai.kit.packages import durable
from lantai.kit.packages.building import TargetExists
from lantai.kit.packages.eep.canonical import Canonical
from lantai.kit.packages.eep.outgoing import layer_tokens, leaf, opened, signature_tokens
from lantai.kit.packages.eep.rules import ALGORITHM_TEXTS, Message, text_of
from lantai.kit.packages.eep.schema import FORMAT_DESCRIPTION, MODIFIED, ORIGINAL, VERSION
from lantai.kit.packages.eep.stream import NAMESPACE, ROOT, Closing, Opening, Token, read_tokens
from lantai.kit.packages.eep.types import CertificateBlock, Content, Layer, Signature

MOST_SIGNED_BYTES = 32 * 1024 * 1024  # beyond it the digest is signed: a key takes its message whole


class NotModifiable(Invalid):
    """The package that is to be modified is none."""

    message = N_("“%(name)s”不是可以修改的电子文件封装包，没有生成新的封装包。")


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signs, the certificates above its own, and where more about them is."""

    key: CertifiedKey
    chain: tuple[bytes, ...] = ()
    reference: str = ""
    name: str = ""


def write_original(
    target: Path,
    content: Content,
    *,
    creator: str,
    created_at: datetime,
    signers: Sequence[Signer] = (),
    lock: Signer | None = None,
) -> Layer:
    """Write an original package (原始型) to ``target``, which must not exist; each signer signs it.

    ``lock`` signs the last signature. ``created_at`` must be aware and is the signing time too. Raises
    `TargetExists`, `EepIncomplete`, `EepValueInvalid`, `EepSourceMissing`, `XmlUnsayable` and `StoreFull`.
    """
    layer = Layer(ORIGINAL, _moment(created_at), creator, content)
    return _write(target, layer, None, 0, signers, lock)


def write_modified(
    target: Path,
    previous: Path,
    content: Content,
    *,
    creator: str,
    created_at: datetime,
    signers: Sequence[Signer] = (),
    lock: Signer | None = None,
) -> Layer:
    """Write a modified package (修改型) around ``previous``, whose signatures stay good.

    ``content`` may refer to the data of earlier layers by their 编码数据ID. A lock of ``previous`` has no
    place in the new package and falls away. Raises `NotModifiable` and what `write_original` raises.
    """
    number = _layers_in(previous)
    layer = Layer(MODIFIED, _moment(created_at), creator, content, modification_id=f"修改{number}")
    return _write(target, layer, previous, number, signers, lock)


def _moment(at: datetime) -> str:
    if at.tzinfo is None:
        raise Invalid(N_("封装包的创建时间没有时区，没有生成。"), field="created_at")
    return at.replace(microsecond=0).isoformat()


def _layers_in(path: Path) -> int:
    """How many layers a package has; raises `NotModifiable`."""
    found, root = 0, ""
    try:
        with path.open("rb") as stream:
            for token in read_tokens(stream):
                if isinstance(token, Opening):
                    root = root or token.name.local
                    found += token.name.local == "被签名对象" and token.name.namespace == NAMESPACE
    except Invalid as error:
        raise NotModifiable(name=path.name) from error
    if root != ROOT or not found:
        raise NotModifiable(name=path.name)
    return found


def _write(
    target: Path,
    layer: Layer,
    previous: Path | None,
    number: int,
    signers: Sequence[Signer],
    lock: Signer | None,
) -> Layer:
    if target.exists():
        raise TargetExists(name=target.name)
    building = target.with_name(f".{target.name}.part")
    try:
        with durable.refusing_when_full():
            with building.open("wb") as stream:
                signed = _Writing(stream, number).write(layer, previous, signers, lock)
                stream.flush()
                os.fsync(stream.fileno())
            building.rename(target)
            durable.sync_folder(target.parent)
    except BaseException:  # boundary: whatever happens, nothing half is left
        building.unlink(missing_ok=True)
        raise
    return replace(layer, signatures=signed)


class _Writing:
    def __init__(self, stream: BinaryIO, number: int) -> None:
        self._stream = stream
        self._number = number

    def write(
        self, layer: Layer, previous: Path | None, signers: Sequence[Signer], lock: Signer | None
    ) -> tuple[Signature, ...]:
        self._text('<?xml version="1.0" encoding="UTF-8"?>\n')
        self._text(f'<{ROOT} xmlns="{NAMESPACE}">\n')
        self._tokens(leaf("封装包格式描述", FORMAT_DESCRIPTION))
        self._tokens(leaf("版本", VERSION))
        kept = _kept(previous) if previous else None
        message = self._signable(layer_tokens(layer, kept))
        signed = tuple(self._sign(one, message, layer, n) for n, one in enumerate(signers, 1))
        if signed:
            self._text("\n")
            last = self._block(signed)
            if lock is not None:
                self._lock(lock, last, signed[-1], layer)
        self._text(f"\n</{ROOT}>\n")
        return signed

    def _sign(self, signer: Signer, message: _Signable, layer: Layer, number: int) -> Signature:
        made = _signature(signer, message, layer.created_at)
        return replace(made, identifier=f"修改{self._number}-签名{number}")

    def _block(self, signed: Sequence[Signature]) -> _Signable:
        """Write the block; what the last signature of it looks like, for a lock to sign."""
        self._tokens(iter([opened("电子签名块")]))
        last = [self._signable(signature_tokens("电子签名", "签名标识符", one)) for one in signed][-1]
        self._tokens(iter([Closing(opened("电子签名块").name)]))
        return last

    def _lock(self, signer: Signer, message: _Signable, locked: Signature, layer: Layer) -> None:
        made = replace(_signature(signer, message, layer.created_at), identifier=locked.identifier)
        self._text("\n")
        self._tokens(signature_tokens("锁定签名", "被锁定签名标识符", made))

    def _tokens(self, tokens: Iterator[Token]) -> None:
        """Write ``tokens`` below the root, whose namespace they share."""
        canonical = Canonical(self._stream.write, above=NAMESPACE)
        for token in tokens:
            canonical.take(token)

    def _signable(self, tokens: Iterator[Token]) -> _Signable:
        """Write an element in its canonical form, which is to be signed."""
        signable = _Signable()

        def sink(data: bytes) -> None:
            self._stream.write(data)
            signable.take(data)

        canonical = Canonical(sink)
        for token in tokens:
            canonical.take(token)
        return signable

    def _text(self, text: str) -> None:
        self._stream.write(text.encode())


class _Signable:
    """The octets to be signed: kept while they are few, digested in any case."""

    def __init__(self) -> None:
        self._kept: list[bytes] = []
        self._hasher = Hasher()

    def take(self, data: bytes) -> None:
        self._hasher.update(data)
        if self._hasher.size_bytes <= MOST_SIGNED_BYTES:
            self._kept.append(data)
        else:
            self._kept.clear()

    def message(self, algorithm: str) -> tuple[Message, bytes]:
        """By which rule it is signed, and what the key gets."""
        if self._hasher.size_bytes <= MOST_SIGNED_BYTES:
            return Message.OCTETS, b"".join(self._kept)
        digests = self._hasher.digests()
        return Message.DIGEST, bytes.fromhex(digests.sm3 if algorithm == "sm2-sm3" else digests.sha256)


def _signature(signer: Signer, signable: _Signable, at: str) -> Signature:
    key = signer.key
    rule, message = signable.message(key.algorithm)
    return Signature(
        identifier="",
        rule=text_of(rule),
        value=key.sign(message),
        blocks=(CertificateBlock((key.certificate, *signer.chain), signer.reference),),
        algorithm=ALGORITHM_TEXTS[key.algorithm],
        signed_at=at,
        signer=signer.name or subject_of(key.certificate),
    )


def _kept(previous: Path) -> Iterator[Token]:
    """The outermost 被签名对象 and 电子签名块 of a package, token by token."""
    with previous.open("rb") as stream:
        depth, is_kept = 0, False
        for token in read_tokens(stream):
            if isinstance(token, Opening):
                depth += 1
                if depth == 2:
                    is_kept = token.name.local in ("被签名对象", "电子签名块")
            if is_kept and depth >= 2:
                yield token
            if isinstance(token, Closing):
                depth -= 1
