"""Evidence outlives certificates and algorithms when it is renewed in time (RFC 4998), and only then."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import count

import pytest

from lantai.kit import digests
from lantai.kit.crypto.certificates import read_certificate
from lantai.kit.crypto.issuing import make_authority, make_certified, make_crl
from lantai.kit.crypto.ocsp import status_request
from lantai.kit.crypto.signatures import SignatureState
from lantai.kit.crypto.timestamps import judge_token, lists_in, request_for, token_of, with_lists
from lantai.kit.crypto.trust import NO_TRUST, CertificateTrust
from lantai.kit.crypto.tsa import Stamper
from lantai.kit.errors import Invalid
from lantai.kit.evidence import archivestamps
from lantai.kit.evidence.archivestamps import EvidenceRecord, judge_record, parse_record
from lantai.kit.evidence.renewal import (
    Need,
    NotRenewable,
    Revocations,
    Stamp,
    due,
    lists_for,
    rehash,
    restamp,
    stamp_digests,
    with_revocation,
)
from tests.kit.crypto.openssl import Authority, make_openssl_authority, needs_openssl

CONTENTS = [b"sample content %d" % n for n in range(11)]
SHA256 = [hashlib.sha256(content).digest() for content in CONTENTS]
SM3 = [digests.sm3(content) for content in CONTENTS]
RETIRED = {"sha256": datetime(2040, 1, 1, tzinfo=UTC)}
SERIALS = count(1)


def _year(year: int, month: int = 6) -> datetime:
    return datetime(year, month, 1, tzinfo=UTC)


@cache
def _authority(first: int, last: int, algorithm: str) -> tuple[Stamper, bytes]:
    term = {"not_before": _year(first, 1), "not_after": _year(last, 12)}
    root = make_authority("样例时间戳根", algorithm=algorithm, **term)
    key = make_certified("样例时间戳", issuer=root, purposes=["time_stamping"], **term)
    return Stamper(key, "1.2.3.4.77"), root.certificate


def _by(first: int, last: int, at: datetime, algorithm: str = "ecdsa-sha256"):
    """A stamp of the authority that lives from one year to another, at a moment."""

    def stamp(imprint: bytes, digest: str) -> bytes:
        asked = request_for(imprint, algorithm=digest, nonce=next(SERIALS))
        answer = _authority(first, last, algorithm)[0].answer(asked, serial=next(SERIALS), at=at)
        return token_of(answer.response, imprint=imprint)

    return stamp


def _trust() -> CertificateTrust:
    terms = ((2026, 2036), (2030, 2039), (2034, 2046))
    return CertificateTrust(
        (*(_authority(*term, "ecdsa-sha256")[1] for term in terms), _authority(2034, 2046, "sm2-sm3")[1])
    )


def _judge(record: EvidenceRecord, n: int, at: datetime, **others: object):
    def digest_of(name: str) -> bytes:
        return archivestamps.HASHES[name](CONTENTS[n])

    said = {"digest_of": digest_of, "trust": _trust(), "at": at, "retired": RETIRED} | others
    return judge_record(record.render(), **said)


@pytest.fixture(scope="module")
def first() -> list[EvidenceRecord]:
    return stamp_digests(SHA256, "sha256", _by(2026, 2036, _year(2026)))


@pytest.fixture(scope="module")
def renewed(first) -> list[EvidenceRecord]:
    """Stamped 2026, the stamp stamped 2035, hashed anew by SM3 in 2039 with an SM2 stamp."""
    second = restamp(first, _by(2034, 2046, _year(2035)))
    return rehash(second, SM3, "sm3", _by(2034, 2046, _year(2039), "sm2-sm3"))


def test_one_stamp_proves_every_digest_of_many_and_none_that_is_not_among_them(first) -> None:
    tokens = {record.newest.token for record in first}
    assert len(tokens) == 1
    for n, record in enumerate(first):
        verdict = _judge(record, n, _year(2030))
        assert (verdict.state, verdict.since, verdict.message) == (SignatureState.VALID, _year(2026), "")
        stranger = _judge(record, n, _year(2030), digest_of=lambda _: hashlib.sha256(b"stranger").digest())
        assert stranger.state is SignatureState.INVALID


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 8, 33])
def test_trees_of_any_size_lead_every_digest_to_the_root(size: int) -> None:
    row = [hashlib.sha256(b"%d" % n).digest() for n in range(size)]
    root, trees = archivestamps.tree_of(row, "sha256")
    stranger = hashlib.sha256(b"stranger").digest()
    for digest, lists in zip(row, trees, strict=True):
        stamp = archivestamps.ArchiveStamp("sha256", lists, b"")
        assert stamp.root(digest) == root
        assert stamp.root(stranger) != root
        assert all(len(members) >= (2 if number == 0 else 1) for number, members in enumerate(lists))


def test_evi_65_evidence_renewed_in_time_stands_in_2041_and_speaks_of_2026(renewed) -> None:
    for n in (0, 5, 10):
        verdict = _judge(renewed[n], n, _year(2041))
        assert (verdict.state, verdict.since, verdict.message) == (SignatureState.VALID, _year(2026), "")
    assert [[one.algorithm for one in chain] for chain in renewed[0].chains] == [
        ["sha256", "sha256"],
        ["sm3"],
    ]


def test_evi_65_evidence_that_was_not_renewed_in_time_does_not_stand(first) -> None:
    assert _judge(first[0], 0, _year(2041)).state is SignatureState.UNVERIFIED
    late = restamp(first, _by(2034, 2046, _year(2037)))
    assert _judge(late[0], 0, _year(2038)).state is SignatureState.UNVERIFIED
    in_time = restamp(first, _by(2034, 2046, _year(2035)))
    assert _judge(in_time[0], 0, _year(2038)).state is SignatureState.VALID
    assert _judge(in_time[0], 0, _year(2041)).state is SignatureState.UNVERIFIED, "SHA-256 is retired by then"
    too_late = rehash(in_time, SM3, "sm3", _by(2034, 2046, _year(2040), "sm2-sm3"))
    assert _judge(too_late[0], 0, _year(2041)).state is SignatureState.UNVERIFIED
    assert _judge(too_late[0], 0, _year(2041), retired={}).state is SignatureState.VALID


def test_what_has_to_be_done_is_said_in_time(first, renewed) -> None:
    def need(record: EvidenceRecord, at: datetime) -> Need:
        return due(record, at=at, retired=RETIRED).need

    assert need(first[0], _year(2030)) is Need.NOTHING
    assert need(first[0], _year(2036, 1)) is Need.NOTHING
    assert need(first[0], _year(2036, 7)) is Need.STAMP
    assert need(first[0], _year(2039, 9)) is Need.REHASH
    assert need(renewed[0], _year(2041)) is Need.NOTHING
    said = due(first[0], at=_year(2036, 7), retired=RETIRED)
    assert said.before == _year(2036, 12)
    assert due(first[0], at=_year(2030), retired={}, margin=timedelta(days=3650)).need is Need.STAMP


def test_content_that_changed_between_two_chains_is_found(first) -> None:
    changed = [digests.sm3(b"changed"), *SM3[1:]]
    broken = rehash(first, changed, "sm3", _by(2034, 2046, _year(2035), "sm2-sm3"))
    assert _judge(broken[0], 0, _year(2036)).state is SignatureState.INVALID
    assert _judge(broken[1], 1, _year(2036)).state is SignatureState.VALID


def test_a_stamp_taken_out_swapped_or_by_a_stranger_is_found(renewed, first) -> None:
    record = renewed[3]
    (old, again), (new,) = record.chains
    for chains in (((again,), (new,)), ((old,), (new,)), ((new,), (old, again)), ((old, again, old), (new,))):
        assert _judge(EvidenceRecord(chains), 3, _year(2041)).state is not SignatureState.VALID
    assert _judge(record, 3, _year(2041), trust=NO_TRUST).state is SignatureState.UNVERIFIED
    backwards = restamp(first, _by(2026, 2036, _year(2026, 5)))
    assert _judge(backwards[0], 0, _year(2030)).state is SignatureState.INVALID
    mixed = replace(old, algorithm="sha512", lists=())
    assert _judge(EvidenceRecord(((mixed,),)), 3, _year(2030)).state is SignatureState.INVALID


def test_a_record_has_one_spelling_in_der(renewed) -> None:
    data = renewed[0].render()
    assert parse_record(data) == renewed[0]
    for bad in (b"", b"0", data[:-1], data + b"\0", b"\x30\x00", data[:200] + data[201:]):
        with pytest.raises(Invalid):
            parse_record(bad)
    verdict = judge_record(b"0", digest_of=lambda _: b"", trust=NO_TRUST, at=_year(2030))
    assert verdict.state is SignatureState.INVALID


def test_a_changed_byte_of_a_record_never_makes_it_speak_of_an_earlier_time(renewed) -> None:
    data = renewed[0].render()
    for place in range(0, len(data), 41):
        bad = bytearray(data)
        bad[place] ^= 1
        verdict = judge_record(
            bytes(bad),
            digest_of=lambda name: archivestamps.HASHES[name](CONTENTS[0]),
            trust=_trust(),
            at=_year(2041),
            retired=RETIRED,
        )
        assert verdict.state is not SignatureState.VALID or verdict.since == _year(2026)


def test_records_on_two_algorithms_are_not_restamped_by_one_stamp(first, renewed) -> None:
    with pytest.raises(Invalid):
        restamp([first[0], renewed[0]], _by(2034, 2046, _year(2035)))
    with pytest.raises(Invalid):
        stamp_digests([], "sha256", _by(2034, 2046, _year(2035)))


@needs_openssl
def test_evi_65_a_stamp_of_openssl_is_renewed_by_another_authority(tmp_path) -> None:
    """The first token is made by `openssl ts`, which knows no clock but that of the machine."""
    theirs = make_openssl_authority(tmp_path, "rsa-sha256")
    theirs.issue("stamper", "stamper")

    def by_openssl(imprint: bytes, algorithm: str) -> bytes:
        return token_of(
            theirs.stamp(request_for(imprint, algorithm=algorithm, nonce=5)), imprint=imprint, nonce=5
        )

    now = datetime.now(UTC).replace(microsecond=0)
    old = stamp_digests(SHA256, "sha256", by_openssl)
    new = restamp(old, _by(2034, 2046, _year(2034)))
    trust = CertificateTrust((theirs.certificate, *_trust().anchors))
    verdict = _judge(new[2], 2, _year(2039), trust=trust)
    assert (verdict.state, verdict.message) == (SignatureState.VALID, "")
    assert abs(verdict.since - now) < timedelta(minutes=5)
    assert _judge(old[2], 2, _year(2039), trust=trust).state is SignatureState.UNVERIFIED
    _answers_are_judged_from_the_file(theirs, by_openssl, now)


def _answers_are_judged_from_the_file(theirs: Authority, stamp: Stamp, now: datetime) -> None:
    """An answer of `openssl ocsp`, inside the token before it is stamped again, is all that is left later."""
    theirs.issue("responder", "responder")
    answer = theirs.answer(status_request(theirs.der("stamper"), theirs.certificate))
    (record,) = stamp_digests(SHA256[:1], "sha256", stamp)
    renewed_at = now + timedelta(days=1)
    asked = CertificateTrust((theirs.certificate,), answers=(answer,))
    found = lists_for(record, trust=asked, at=renewed_at)
    assert found == Revocations((), (answer,))
    (renewed,) = restamp([with_revocation(record, found)], _by(2026, 2036, renewed_at))
    later = CertificateTrust((theirs.certificate, *_trust().anchors))
    assert _judge(renewed, 0, _year(2030), trust=later).state is SignatureState.VALID
    late = _by(2026, 2036, now + timedelta(days=9))
    (other,) = restamp([with_revocation(record, found)], late)
    assert _judge(other, 0, _year(2030), trust=later).state is SignatureState.UNVERIFIED, (
        "the answer was too old"
    )
    first, second = renewed.chains[0]
    bare = EvidenceRecord(((replace(first, token=record.newest.token), second),))
    assert _judge(bare, 0, _year(2030), trust=later).state is SignatureState.INVALID, "taken out afterwards"
    theirs.revoke("stamper")
    gone = theirs.answer(status_request(theirs.der("stamper"), theirs.certificate))
    with pytest.raises(NotRenewable):
        lists_for(record, trust=replace(asked, answers=(gone,)), at=renewed_at)


@cache
def _listed(algorithm: str = "ecdsa-sha256"):
    """An authority of 2026 to 2036 that makes lists: its root key, a stamper, the serial number of that."""
    term = {"not_before": _year(2026, 1), "not_after": _year(2036, 12)}
    root = make_authority("样例吊销根", algorithm=algorithm, **term)
    key = make_certified("样例时间戳二", issuer=root, purposes=["time_stamping"], **term)
    return root, Stamper(key, "1.2.3.4.77"), read_certificate(key.certificate).serial_number


def _by_listed(at: datetime):
    def stamp(imprint: bytes, digest: str) -> bytes:
        asked = request_for(imprint, algorithm=digest, nonce=next(SERIALS))
        answer = _listed()[1].answer(asked, serial=next(SERIALS), at=at)
        return token_of(answer.response, imprint=imprint)

    return stamp


def _list(at: datetime, *revoked: tuple[int, datetime]) -> bytes:
    return make_crl(_listed()[0], list(revoked), at=at, next_update=at + timedelta(days=7))


def _trusting(*crls: bytes) -> CertificateTrust:
    return CertificateTrust((_listed()[0].certificate, *_trust().anchors), crls=crls)


def test_lists_go_into_a_token_without_touching_what_was_signed():
    (record,) = stamp_digests(SHA256[:1], "sha256", _by_listed(_year(2026)))
    crl = _list(_year(2035))
    token = with_lists(record.newest.token, [crl])
    assert lists_in(token) == (crl,) and lists_in(record.newest.token) == ()
    assert with_lists(token, [crl]) == token
    verdict = judge_token(token, imprint=SHA256[0], trust=_trusting())
    assert verdict.state is SignatureState.VALID
    assert parse_record(with_revocation(record, Revocations((crl,))).render()).newest.token == token


def test_evi_65_revocation_is_judged_from_the_file_when_no_list_is_left():
    renewed_at, judged_at = _year(2035), _year(2041)
    (record,) = stamp_digests(SHA256[:1], "sha256", _by_listed(_year(2026)))
    lists = lists_for(record, trust=_trusting(_list(renewed_at)), at=renewed_at)
    (renewed,) = restamp([with_revocation(record, lists)], _by(2034, 2046, renewed_at))
    assert len(lists_in(renewed.chains[0][0].token)) == 1
    said = {"trust": _trusting(), "retired": {}}
    assert _judge(renewed, 0, judged_at, **said).state is SignatureState.VALID
    revoked = _list(renewed_at, (_listed()[2], _year(2034)))
    (other,) = restamp([with_revocation(record, Revocations((revoked,)))], _by(2034, 2046, renewed_at))
    assert _judge(other, 0, judged_at, **said).state is not SignatureState.VALID, (
        "revoked before it was renewed"
    )


def test_lists_put_in_or_taken_out_after_the_renewal_are_found():
    renewed_at = _year(2035)
    (record,) = stamp_digests(SHA256[:1], "sha256", _by_listed(_year(2026)))
    (renewed,) = restamp(
        [with_revocation(record, Revocations((_list(renewed_at),)))], _by(2034, 2046, renewed_at)
    )
    first, second = renewed.chains[0]
    bare = replace(first, token=record.newest.token)
    more = replace(first, token=with_lists(first.token, [_list(_year(2034))]))
    for changed in (bare, more):
        found = _judge(EvidenceRecord(((changed, second),)), 0, _year(2041), trust=_trusting(), retired={})
        assert found.state is SignatureState.INVALID


def test_a_stamp_whose_certificate_was_revoked_is_not_renewed():
    at = _year(2035)
    (record,) = stamp_digests(SHA256[:1], "sha256", _by_listed(_year(2026)))
    for crl in (_list(at, (_listed()[2], _year(2034))), _list(_year(2034))):
        with pytest.raises(NotRenewable):
            lists_for(record, trust=_trusting(crl), at=at)
    assert lists_for(record, trust=_trusting(), at=at) == Revocations(), (
        "where nobody keeps lists there are none"
    )
