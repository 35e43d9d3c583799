"""When evidence records have to be renewed, and the renewal of many of them by one time stamp."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from lantai.kit.crypto.certificates import read_certificate, read_crl
from lantai.kit.crypto.cms import read_message
from lantai.kit.crypto.ocsp import serials_in
from lantai.kit.crypto.signatures import SignatureState
from lantai.kit.crypto.timestamps import TIME_STAMPING, with_lists
from lantai.kit.crypto.trust import CertificateTrust, judge_certificate
from lantai.kit.errors import N_, Invalid, Refusal
from lantai.kit.evidence.archivestamps import (
    ArchiveStamp,
    EvidenceRecord,
    renewed_digest,
    token_digest,
    tree_of,
)

MARGIN = timedelta(days=180)


class NotRenewable(Refusal):
    """The newest stamp of a record is not good any more."""

    message = N_("证据记录最近的时间戳已不可信，续期没有意义。")


Stamp = Callable[
    [bytes, str], bytes
]  # (imprint, algorithm) -> token; who has a network, or an authority, gives it


class Need(StrEnum):
    """What has to be done to a record."""

    NOTHING = "nothing"
    STAMP = "stamp"  # the certificate of the newest stamp ends: stamp the stamp
    REHASH = "rehash"  # the digest algorithm ends: read the content again, stamp everything anew


@dataclass(frozen=True, slots=True)
class Due:
    """What has to be done, and by when."""

    need: Need
    before: datetime | None = None


def due(
    record: EvidenceRecord,
    *,
    at: datetime,
    retired: Mapping[str, datetime],
    margin: timedelta = MARGIN,
) -> Due:
    """Whether a record has to be renewed now, `margin` before its certificate or its algorithm ends.

    The algorithm comes first: a new stamp by the old one would soon have to be made again.
    """
    newest = record.newest
    ends = retired.get(newest.algorithm)
    if ends is not None and at >= ends - margin:
        return Due(Need.REHASH, ends)
    not_after = read_certificate(read_message(newest.token).certificate).not_valid_after_utc
    if at >= not_after - margin:
        return Due(Need.STAMP, not_after)
    return Due(Need.NOTHING, min(not_after, ends) if ends else not_after)


def stamp_digests(digests: Sequence[bytes], algorithm: str, stamp: Stamp) -> list[EvidenceRecord]:
    """A record for each digest, all by one time stamp."""
    root, trees = tree_of(digests, algorithm)
    token = stamp(root, algorithm)
    return [EvidenceRecord(((ArchiveStamp(algorithm, lists, token),),)) for lists in trees]


@dataclass(frozen=True, slots=True)
class Revocations:
    """What says that the certificates of a token were not revoked: lists, or answers about single ones (DER)."""

    crls: tuple[bytes, ...] = ()
    answers: tuple[bytes, ...] = ()


def lists_for(record: EvidenceRecord, *, trust: CertificateTrust, at: datetime) -> Revocations:
    """The lists and answers by which the newest token of a record is good at `at`, to be kept with it.

    Raises NotRenewable where its certificate is not good any more: a stamp over it would prove nothing.
    """
    found = read_message(record.newest.token)
    verdict = judge_certificate(
        found.certificate, chain=found.chain, trust=trust, at=at, purpose=TIME_STAMPING
    )
    if verdict.state is not SignatureState.VALID:
        raise NotRenewable(verdict.message, **verdict.params)
    path = [read_certificate(one) for one in (found.certificate, *found.chain, *trust.intermediates)]
    issuers, serials = {one.issuer for one in path}, {one.serial_number for one in path}
    return Revocations(
        tuple(der for der in trust.crls if read_crl(der).issuer in issuers),
        tuple(der for der in trust.answers if serials & serials_in(der)),
    )


def with_revocation(record: EvidenceRecord, found: Revocations) -> EvidenceRecord:
    """The record with them inside its newest token, which the next stamp then covers (RFC 4998 §4.2).

    To be done before `restamp` or `rehash`, never after: no stamp covers the newest token yet.
    """
    if found == Revocations():
        return record
    newest = replace(record.newest, token=with_lists(record.newest.token, found.crls, found.answers))
    return replace(record, chains=(*record.chains[:-1], (*record.chains[-1][:-1], newest)))


def restamp(records: Sequence[EvidenceRecord], stamp: Stamp) -> list[EvidenceRecord]:
    """Time-stamp renewal: the newest token of each record gets a stamp, all by one; nothing is read again.

    All records have to stand on the same algorithm; raises Invalid.
    """
    algorithms = {record.newest.algorithm for record in records}
    if len(algorithms) != 1:
        raise Invalid(N_("一次续期的证据记录必须使用同一种摘要算法。"))
    (algorithm,) = algorithms
    root, trees = tree_of([token_digest(record.newest.token, algorithm) for record in records], algorithm)
    token = stamp(root, algorithm)
    return [
        replace(
            record,
            chains=(*record.chains[:-1], (*record.chains[-1], ArchiveStamp(algorithm, lists, token))),
        )
        for record, lists in zip(records, trees, strict=True)
    ]


def rehash(
    records: Sequence[EvidenceRecord], digests: Sequence[bytes], algorithm: str, stamp: Stamp
) -> list[EvidenceRecord]:
    """Hash-tree renewal: contents read again give `digests` by a new algorithm, stamped with all that was before."""
    covered = [
        renewed_digest(digest, record.chains, algorithm)
        for record, digest in zip(records, digests, strict=True)
    ]
    root, trees = tree_of(covered, algorithm)
    token = stamp(root, algorithm)
    return [
        EvidenceRecord((*record.chains, (ArchiveStamp(algorithm, lists, token),)))
        for record, lists in zip(records, trees, strict=True)
    ]
