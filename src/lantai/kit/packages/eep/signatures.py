"""The signatures of a package: what each is over, whether it holds, and whether its certificate does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lantai.kit.crypto.algorithms import algorithm_named
from lantai.kit.crypto.certificates import algorithm_of_certificate, is_authority
from lantai.kit.crypto.signatures import SignatureFound, SignatureKind, SignatureState
from lantai.kit.crypto.streamed import verify_pieces
from lantai.kit.crypto.trust import CertificateTrust, judge_certificate
from lantai.kit.digests import digest_stream
from lantai.kit.errors import N_
from lantai.kit.packages.eep.canonical import Canonical
from lantai.kit.packages.eep.checks import layers_of
from lantai.kit.packages.eep.rules import Message, algorithm_of, is_known, messages_of
from lantai.kit.packages.eep.stream import Closing, Opening, read_tokens
from lantai.kit.packages.eep.tree import Node
from lantai.kit.packages.eep.types import EepPackage, Signature
from lantai.kit.packages.eep.values import parse_time

SIGNATURE = "电子签名"
LOCK = "锁定签名"
MOST_SIGNATURES = 32  # each takes a reading of the whole package
_PIECE_BYTES = 64 * 1024

TOO_MANY = N_("封装包里的签名超过 %(most)d 个，其余的没有验证。")
NO_CERTIFICATE = N_("签名里没有可以读取的证书，无法验证。")
NO_VALUE = N_("签名结果为空或不是 Base64，签名无效。")
ALGORITHM = N_("签名算法“%(algorithm)s”不认识，没有验证。")
RULE = N_("签名规则不是已知的写法，按已知的各种规则都没有验证通过，不能断定内容是否改动。")
WEAK = N_("签名与内容相符，但签名算法“%(algorithm)s”已不安全，不能据此断定内容没有被人改动。")
BROKEN = N_("签名与内容或证书不符：内容在签名之后改动过，或者证书不是签名时所用的。")
LOCKS_NOTHING = N_("锁定签名所指的不是封装包电子签名块里唯一的一个签名。")
UNTIMED = N_("签名没有写明时间，封装包也没有写明创建时间，无法判断证书当时是否有效。")


@dataclass(frozen=True, slots=True)
class Claim:
    """A signature and the element it is over: the ``number``-th of the file, 0 where there is none.

    That element is the one whose content was read. One that is found in another way, by its name or an
    identifier, may be a copy that somebody hid elsewhere. ``created_at`` is that of the layer.
    """

    signature: Signature
    number: int
    created_at: str


def claims_of(root: Node, package: EepPackage) -> tuple[Claim, ...]:
    """Every signature of a package that was read from ``root``, those of the first layer first."""
    return tuple(_claims(root, package))


def _claims(root: Node, package: EepPackage) -> Iterator[Claim]:
    named: list[tuple[str, int]] = []
    for nodes, layer in zip(layers_of(root), package.layers, strict=True):
        block = nodes.block.all(SIGNATURE) if nodes.block else []
        for node, signature in zip(block, layer.signatures, strict=True):
            named.append((signature.identifier, node.number))
            yield Claim(signature, nodes.signed.number, layer.created_at)
    if package.lock is not None and package.current is not None:
        # a lock is over one 电子签名 of the outermost block, whose identifier no other has
        count = len(package.current.signatures)
        numbers = [number for name, number in named if name == package.lock.identifier]
        is_there = len(numbers) == 1 and numbers[0] in [
            number for _name, number in named[len(named) - count :]
        ]
        lock = replace(package.lock, identifier=f"{LOCK}→{package.lock.identifier}")
        yield Claim(lock, numbers[0] if is_there else 0, package.current.created_at)


def verify_signatures(
    path: Path, claims: Sequence[Claim], trust: CertificateTrust
) -> tuple[SignatureFound, ...]:
    """What became of each signature in the package ``path``.

    The canonical form is digested as it is read, once for each signature.
    """
    found = [_Judging(path, claim, trust).answer() for claim in claims[:MOST_SIGNATURES]]
    unread = claims[MOST_SIGNATURES:]
    return (
        *found,
        *(_found(one.signature, SignatureState.UNVERIFIED, TOO_MANY, most=MOST_SIGNATURES) for one in unread),
    )


def canonical_octets(path: Path, number: int) -> Iterator[bytes]:
    """The canonical form of the ``number``-th element of the file, in pieces."""
    with path.open("rb") as stream:
        pieces: list[bytes] = []
        size, depth, seen, start = 0, 0, 0, 0
        canonical = Canonical(pieces.append)
        for token in read_tokens(stream):
            if isinstance(token, Opening):
                depth += 1
                seen += 1
                start = depth if seen == number else start
            if not start:
                depth -= isinstance(token, Closing)
                continue
            canonical.take(token)
            size += len(pieces[-1])
            is_last = isinstance(token, Closing) and depth == start
            if is_last or size >= _PIECE_BYTES:
                yield b"".join(pieces)
                pieces.clear()
                size = 0
            if is_last:
                return
            depth -= isinstance(token, Closing)


class _Judging:
    def __init__(self, path: Path, claim: Claim, trust: CertificateTrust) -> None:
        self._path = path
        self._claim = claim
        self._signature = claim.signature
        self._trust = trust
        self._certificates = [one for block in claim.signature.blocks for one in block.certificates if one]

    def answer(self) -> SignatureFound:
        signature = self._signature
        if not self._claim.number:
            return _found(signature, SignatureState.INVALID, LOCKS_NOTHING)
        if not signature.value:
            return _found(signature, SignatureState.INVALID, NO_VALUE)
        signer = self._signer()
        if not signer:
            return _found(signature, SignatureState.INVALID, NO_CERTIFICATE)
        algorithm = algorithm_of(signature.algorithm)
        if algorithm and algorithm_named(algorithm) is None:
            return _found(signature, SignatureState.UNVERIFIED, ALGORITHM, algorithm=algorithm[:60])
        if any(self._holds(signer, algorithm, message) for message in messages_of(signature.rule)):
            chosen = algorithm_named(algorithm) if algorithm else None
            if chosen is not None and chosen.is_weak:
                return _found(signature, SignatureState.UNVERIFIED, WEAK, algorithm=chosen.name)
            return self._judged(signer)
        if is_known(signature.rule):
            return _found(signature, SignatureState.INVALID, BROKEN)
        return _found(signature, SignatureState.UNVERIFIED, RULE)

    def _signer(self) -> bytes:
        """The first certificate of somebody who is no authority, since senders order their chains differently."""
        readable = [one for one in self._certificates if algorithm_of_certificate(one)]
        return next((one for one in readable if not _issues(one)), readable[0] if readable else b"")

    def _holds(self, signer: bytes, algorithm: str, message: Message) -> bool:
        pieces: Iterable[bytes] = canonical_octets(self._path, self._claim.number)
        if message is Message.DIGEST:
            pieces = (digest_of(pieces, algorithm_of_certificate(signer)),)
        return verify_pieces(signer, self._signature.value, pieces, algorithm=algorithm, allow_weak=True)

    def _judged(self, signer: bytes) -> SignatureFound:
        """The time is the signer's word; a package that was changed to lie about it would not hold."""
        signature = self._signature
        at = parse_time(signature.signed_at) or parse_time(self._claim.created_at)
        if at is None:
            return _found(signature, SignatureState.UNVERIFIED, UNTIMED)
        verdict = judge_certificate(signer, chain=self._certificates, trust=self._trust, at=at)
        return replace(
            _found(signature, verdict.state, verdict.message),
            signer=verdict.subject or signature.signer,
            params=dict(verdict.params),
            algorithm=algorithm_of_certificate(signer),
        )


def digest_of(pieces: Iterable[bytes], algorithm: str) -> bytes:
    """What is signed by the rule of the digest, by a key of that algorithm."""
    digests, _size = digest_stream(pieces)
    return bytes.fromhex(digests.sm3 if algorithm == "sm2-sm3" else digests.sha256)


def _issues(certificate: bytes) -> bool:
    try:
        return is_authority(certificate)
    except ValueError:
        return False


def _found(signature: Signature, state: SignatureState, message: str, **params: str | int) -> SignatureFound:
    return SignatureFound(
        name=signature.identifier,
        kind=SignatureKind.SIGNATURE,
        state=state,
        signer=signature.signer,
        signed_at=parse_time(signature.signed_at),
        algorithm=signature.algorithm[:60],
        message=message,
        params=params,
    )
