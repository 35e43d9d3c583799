"""Evidence records (RFC 4998): one time stamp over many digests, renewed before it weakens, proved one by one.

    EvidenceRecord = version, digest algorithms, archive time-stamp sequence
    sequence       = chains; a new chain begins when the digest algorithm changes (hash-tree renewal)
    chain          = archive time stamps; a new one covers the token before (time-stamp renewal)
    archive stamp  = reduced hash tree of one digest + RFC 3161 token over the root

A group of digests is one tree of pairs, both sorted before they are hashed (RFC 4998 §4.2); each list of a reduced
tree has at least two members here, so that nothing hangs on how a single one is hashed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from asn1crypto import algos, cms, core

from lantai.kit.crypto.cms import DIGESTS, MALFORMED, UnreadableMessage, read_message
from lantai.kit.crypto.signatures import SignatureState
from lantai.kit.crypto.timestamps import (
    TIME_STAMPING,
    TokenVerdict,
    answers_in,
    imprint_of,
    judge_token,
    lists_in,
)
from lantai.kit.crypto.trust import CertificateTrust, judge_certificate
from lantai.kit.digests import sm3
from lantai.kit.errors import N_, Invalid

MAX_RECORD_BYTES = 4 * 1024 * 1024
MAX_STAMPS = 256
MAX_LISTS = 64
MAX_MEMBERS = 256

Hash = Callable[[bytes], bytes]
HASHES: Mapping[str, Hash] = {
    "sha256": lambda data: hashlib.sha256(data).digest(),
    "sha384": lambda data: hashlib.sha384(data).digest(),
    "sha512": lambda data: hashlib.sha512(data).digest(),
    "sm3": sm3,
}
_OIDS = {name: oid for oid, name in DIGESTS.items()}


class BadEvidenceRecord(Invalid):
    """The data is not an evidence record that we could have written."""

    message = N_("证据记录的格式不正确。")


class _PartialTree(core.SequenceOf):  # type: ignore[misc]
    _child_spec = core.OctetString


class _ReducedTree(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _PartialTree


class _Stamp(core.Sequence):  # type: ignore[misc]
    _fields = [
        ("digest_algorithm", algos.DigestAlgorithm, {"implicit": 0, "optional": True}),
        ("reduced_hashtree", _ReducedTree, {"implicit": 2, "optional": True}),
        ("time_stamp", cms.ContentInfo),
    ]


class _Chain(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _Stamp


class _Chains(core.SequenceOf):  # type: ignore[misc]
    _child_spec = _Chain


class _DigestAlgorithms(core.SequenceOf):  # type: ignore[misc]
    _child_spec = algos.DigestAlgorithm


class _Record(core.Sequence):  # type: ignore[misc]
    _fields = [
        ("version", core.Integer),
        ("digest_algorithms", _DigestAlgorithms),
        ("archive_time_stamp_sequence", _Chains),
    ]


@dataclass(frozen=True, slots=True)
class ArchiveStamp:
    """One token, and how one digest leads to what it stamps; no lists: the digest itself was stamped."""

    algorithm: str
    lists: tuple[tuple[bytes, ...], ...]
    token: bytes

    def root(self, digest: bytes) -> bytes | None:
        """The root that the lists lead to from `digest`, None when it is not among the first (RFC 4998 §4.3)."""
        of, found = HASHES[self.algorithm], digest
        for number, members in enumerate(self.lists):
            if number == 0 and digest not in members:
                return None
            row = {*members, found}
            found = of(b"".join(sorted(row)))
        return found


@dataclass(frozen=True, slots=True)
class EvidenceRecord:
    """All stamps over one digest, oldest first, in chains of one digest algorithm each."""

    chains: tuple[tuple[ArchiveStamp, ...], ...]

    def render(self) -> bytes:
        """The record in DER."""
        algorithms = dict.fromkeys(stamp.algorithm for chain in self.chains for stamp in chain)
        return bytes(
            _Record(
                {
                    "version": 1,
                    "digest_algorithms": [{"algorithm": _OIDS[name]} for name in algorithms],
                    "archive_time_stamp_sequence": _sequence(self.chains),
                }
            ).dump()
        )

    @property
    def newest(self) -> ArchiveStamp:
        """The stamp on which the record stands today."""
        return self.chains[-1][-1]


def _sequence(chains: Sequence[Sequence[ArchiveStamp]]) -> _Chains:
    return _Chains([_Chain([_stamp(one) for one in chain]) for chain in chains])


def _stamp(one: ArchiveStamp) -> _Stamp:
    said: dict[str, object] = {
        "digest_algorithm": {"algorithm": _OIDS[one.algorithm]},
        "time_stamp": cms.ContentInfo.load(one.token),
    }
    if one.lists:
        said["reduced_hashtree"] = _ReducedTree([_PartialTree(list(members)) for members in one.lists])
    return _Stamp(said)


def parse_record(data: bytes) -> EvidenceRecord:
    """The record in `data`; raises BadEvidenceRecord, also for another spelling than `render`'s."""
    if len(data) > MAX_RECORD_BYTES:
        raise BadEvidenceRecord()
    try:
        found = _Record.load(data, strict=True)
        chains = found["archive_time_stamp_sequence"]
        if found["version"].native != 1 or sum(len(chain) for chain in chains) > MAX_STAMPS:
            raise BadEvidenceRecord()
        record = EvidenceRecord(tuple(tuple(_parsed(one) for one in chain) for chain in chains))
        is_whole = bool(record.chains) and all(record.chains)
        if not is_whole or record.render() != data:
            raise BadEvidenceRecord()
    except MALFORMED as error:
        raise BadEvidenceRecord() from error
    return record


def _parsed(one: _Stamp) -> ArchiveStamp:
    algorithm = DIGESTS.get(one["digest_algorithm"]["algorithm"].dotted, "")
    tree = one["reduced_hashtree"]
    lists = [] if isinstance(tree, core.Void) else [tuple(bytes(node) for node in part) for part in tree]
    size = len(HASHES[algorithm](b""))
    if len(lists) > MAX_LISTS or any(not 1 <= len(members) <= MAX_MEMBERS for members in lists):
        raise BadEvidenceRecord()
    if any(len(node) != size for members in lists for node in members):
        raise BadEvidenceRecord()
    return ArchiveStamp(algorithm, tuple(lists), bytes(one["time_stamp"].dump()))


def tree_of(digests: Sequence[bytes], algorithm: str) -> tuple[bytes, list[tuple[tuple[bytes, ...], ...]]]:
    """The root over digests, and for each of them, in their order, its reduced tree; equal digests share one place.

    The first list holds the digest and its neighbour, each further one only what has to be added.
    """
    of = HASHES[algorithm]
    level = sorted(set(digests))
    if not level:
        raise Invalid(N_("没有可以加盖时间戳的摘要。"))
    reduced: dict[bytes, list[tuple[bytes, ...]]] = {digest: [] for digest in level}
    below: dict[bytes, list[bytes]] = {digest: [digest] for digest in level}
    while len(level) > 1:
        above: dict[bytes, list[bytes]] = {}
        for at in range(0, len(level) - 1, 2):
            left, right = level[at], level[at + 1]
            parent = of(b"".join(sorted((left, right))))
            for node, other in ((left, right), (right, left)):
                for digest in below[node]:
                    is_first = not reduced[digest]
                    reduced[digest].append(tuple(sorted((left, right))) if is_first else (other,))
            above[parent] = below[left] + below[right]
        if len(level) % 2:
            above[level[-1]] = below[level[-1]]
        below, level = above, list(above)
    return level[0], [tuple(reduced[digest]) for digest in digests]


def renewed_digest(digest: bytes, chains: Sequence[Sequence[ArchiveStamp]], algorithm: str) -> bytes:
    """What a new chain stamps for one content: H(its digest ‖ H(all chains before)) (RFC 4998 §5.2).

    `digest` is by the new algorithm, computed from the content itself.
    """
    of = HASHES[algorithm]
    return of(digest + of(bytes(_sequence(chains).dump())))


def token_digest(token: bytes, algorithm: str) -> bytes:
    """What a time-stamp renewal stamps: the digest of the token before (RFC 4998 §5.2)."""
    return HASHES[algorithm](token)


@dataclass(frozen=True, slots=True)
class RecordVerdict:
    """What a record proves: the content was there `since`, as of the moment it was judged for."""

    state: SignatureState
    since: datetime | None = None
    message: str = ""
    params: Mapping[str, str | int] | None = None


class _Doubt(Exception):
    def __init__(
        self, state: SignatureState, message: str, params: Mapping[str, str | int] | None = None
    ) -> None:
        super().__init__(message)
        self.state, self.message, self.params = state, message, params or {}


def judge_record(
    data: bytes,
    *,
    digest_of: Callable[[str], bytes],
    trust: CertificateTrust,
    at: datetime,
    retired: Mapping[str, datetime] | None = None,
) -> RecordVerdict:
    """Judge a record as of `at`: every token was still good, by certificate and algorithm, when the next was made.

    `digest_of` gives the content's digest by an algorithm's name; `retired` says from when an algorithm is no
    longer believed. Bad input is a verdict, never an error.
    """
    try:
        record = parse_record(data)
        return RecordVerdict(SignatureState.VALID, _judged(record, digest_of, trust, at, retired or {}))
    except BadEvidenceRecord as error:
        return RecordVerdict(SignatureState.INVALID, None, error.message)
    except _Doubt as doubt:
        return RecordVerdict(doubt.state, None, doubt.message, doubt.params)


def _judged(
    record: EvidenceRecord,
    digest_of: Callable[[str], bytes],
    trust: CertificateTrust,
    at: datetime,
    retired: Mapping[str, datetime],
) -> datetime:
    since: datetime | None = None
    before: tuple[ArchiveStamp, datetime] | None = None
    for number, chain in enumerate(record.chains):
        algorithm = chain[0].algorithm
        digest = digest_of(algorithm)
        covered = renewed_digest(digest, record.chains[:number], algorithm) if number else digest
        for place, stamp in enumerate(chain):
            if stamp.algorithm != algorithm:
                raise _Doubt(SignatureState.INVALID, N_("同一条时间戳链使用了不同的摘要算法。"))
            wanted = token_digest(chain[place - 1].token, algorithm) if place else covered
            made_at = _stamped_at(stamp, wanted, trust)
            if before is not None:
                _require_in_time(*before, made_at, trust, retired)
            since, before = since or made_at, (stamp, made_at)
    if before is None or since is None:
        raise BadEvidenceRecord()
    _require_in_time(*before, at, trust, retired)
    return since


def _stamped_at(stamp: ArchiveStamp, wanted: bytes, trust: CertificateTrust) -> datetime:
    root = stamp.root(wanted)
    if root is None:
        raise _Doubt(SignatureState.INVALID, N_("内容的摘要不在时间戳所覆盖的范围内，内容或记录已被改动。"))
    try:
        _, algorithm = imprint_of(stamp.token)
    except UnreadableMessage as error:
        raise _Doubt(SignatureState.INVALID, error.message) from error
    if algorithm != stamp.algorithm:
        raise _Doubt(SignatureState.INVALID, N_("同一条时间戳链使用了不同的摘要算法。"))
    verdict: TokenVerdict = judge_token(stamp.token, imprint=root, trust=trust)
    if verdict.state is not SignatureState.VALID or verdict.at is None:
        raise _Doubt(verdict.state, verdict.message, verdict.params)
    return verdict.at


def _require_in_time(
    stamp: ArchiveStamp,
    made_at: datetime,
    until: datetime,
    trust: CertificateTrust,
    retired: Mapping[str, datetime],
) -> None:
    """A stamp has to have been good until the next one, or now."""
    if until < made_at:
        raise _Doubt(SignatureState.INVALID, N_("后一个时间戳早于前一个。"))
    ends = retired.get(stamp.algorithm)
    if ends is not None and until >= ends:
        said = {"algorithm": stamp.algorithm, "on": f"{ends:%Y-%m-%d}"}
        raise _Doubt(
            SignatureState.UNVERIFIED,
            N_("摘要算法 %(algorithm)s 自 %(on)s 起不再采信，时间戳没有及时续期。"),
            said,
        )
    found = read_message(stamp.token)
    # Lists and answers that were put into the token before it was stamped again: those of today may have forgotten it.
    known = replace(
        trust,
        crls=(*trust.crls, *lists_in(stamp.token)),
        answers=(*trust.answers, *answers_in(stamp.token)),
    )
    verdict = judge_certificate(
        found.certificate, chain=found.chain, trust=known, at=until, purpose=TIME_STAMPING
    )
    if verdict.state is not SignatureState.VALID:
        said = {"on": f"{until:%Y-%m-%d}"}
        raise _Doubt(SignatureState.UNVERIFIED, N_("时间戳证书在 %(on)s 已失效，时间戳没有及时续期。"), said)
