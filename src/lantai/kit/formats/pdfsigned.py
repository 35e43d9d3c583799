"""Signatures and time stamps of PDF files (PAdES, adbe.pkcs7), by our own trust.

pyHanko reads the file and tells whether later revisions only added what a signature allows; the
signed message is checked by `lantai.kit.crypto`, because pyHanko knows neither SM2 nor SM3. A
signature counts only when it covers its whole revision except for its own hole, and when nothing
that changes the page came after it.
"""

from __future__ import annotations

import errno
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import BinaryIO, NoReturn

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult, ModificationLevel
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import EmbeddedPdfSignature, SignatureCoverageLevel
from pyhanko.sign.validation.pdf_embedded import extract_contents

from lantai.kit.crypto.certificates import subject_of
from lantai.kit.crypto.cms import (
    DATA,
    Outcome,
    SignedMessage,
    UnreadableMessage,
    check_message,
    digest_in_memory,
    first_object,
    read_message,
    running_digest,
)
from lantai.kit.crypto.signatures import SignatureFound, SignatureKind, SignatureState
from lantai.kit.crypto.timestamps import judge_token
from lantai.kit.crypto.trust import CertificateTrust, judge_certificate
from lantai.kit.errors import N_
from lantai.kit.formats.pdfs import content_of, mentions_signature

MAX_SIGNATURES = 64
MAX_HOLE_BYTES = 8 * 1024 * 1024
CHUNK_BYTES = 1024 * 1024
TAIL_BYTES = 1024

_DETACHED = ("/adbe.pkcs7.detached", "/ETSI.CAdES.detached")
_SHA1_INSIDE = "/adbe.pkcs7.sha1"
_BLANKS = b"\0\t\n\f\r "
_DOCUMENT_STAMP = "/ETSI.RFC3161"

# What pyHanko and the libraries below it raise for a damaged or hostile file.
_BAD_FILE = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    LookupError,
    PdfError,
    RuntimeError,  # with it RecursionError and NotImplementedError
    TypeError,
    ValueError,
    zlib.error,
)

_UNREADABLE = N_("文件带有签名，但其结构已损坏，签名无法核验。")
_NOT_COVERED = N_("签名没有覆盖文件的全部内容，未覆盖的部分可能是签名之后加上的。")
_CHANGED = N_("文件内容与签名不符，签名之后已被改动。")
_UPDATED = N_("签名之后文件又追加了签名所不允许的改动。")
_FORGED = N_("签名不是由所附证书的密钥作出的。")
_ADDED = N_("签名之后文件又追加了签名所允许的内容（填写、批注或再次签名）。")


class _Refused(Exception):
    """A signature that is not valid, with the msgid of the reason."""

    def __init__(self, message: str, state: SignatureState = SignatureState.INVALID, **params: str) -> None:
        super().__init__(message)
        self.message, self.state, self.params = message, state, params


def pdf_signatures(path: Path, trust: CertificateTrust) -> tuple[SignatureFound, ...]:
    """Every signature and time stamp of a PDF in the order of its form, empty where there is none.

    Never raises for what is in the file: what cannot be read is INVALID. Raises OSError.
    """
    with content_of(path) as content:
        if not mentions_signature(content):
            return ()
    with path.open("rb") as stream:
        try:
            return tuple(_found(stream, trust))
        except _BAD_FILE:
            return (_failure("", _UNREADABLE),)
        except OSError as error:
            if error.errno != errno.EINVAL:  # that is a seek to where the file says, before its beginning
                raise
            return (_failure("", _UNREADABLE),)


def _found(stream: BinaryIO, trust: CertificateTrust) -> Iterator[SignatureFound]:
    reader = PdfFileReader(stream, strict=False)
    if reader.encrypted:
        yield _failure("", N_("文件已加密，其签名没有核验。"), SignatureState.UNVERIFIED)
        return
    fields = enumerate_sig_fields(reader, filled_status=True)
    seen = 0
    for name, _, field in islice(fields, MAX_SIGNATURES):
        seen += 1
        yield from _judged(_Place(reader, field, str(name)), trust)
    if next(fields, None) is not None:
        yield _failure("", N_("文件的签名超过 %(limit)d 个，其余没有核验。"), limit=MAX_SIGNATURES)
    if seen == 0:
        yield _failure("", N_("文件带有签名数据，但没有列入签名域，无法核验。"))


def _judged(place: _Place, trust: CertificateTrust) -> Iterator[SignatureFound]:
    """The signature in one field and the time stamp over it."""
    try:
        area = _read_area(place)
        message = None if area.kind == _DOCUMENT_STAMP else _read_message(area)
        if message is None:
            yield _document_stamp(area, trust)
            return
        yield from _signature(area, message, trust)
    except _Refused as refused:
        yield _failure(place.fq_name, refused.message, refused.state, **refused.params)
    except UnreadableMessage as refused:
        yield _failure(place.fq_name, refused.message)
    except _BAD_FILE:
        yield _failure(place.fq_name, _UNREADABLE)


class _Place(EmbeddedPdfSignature):
    """Where a signature lies: pyHanko's class without its reading of the message, which knows no SM2."""

    def __init__(self, reader: PdfFileReader, field: generic.PdfObject, name: str) -> None:
        self.reader = reader
        self.sig_field = field.get_object()  # type: ignore[no-untyped-call]
        self.fq_name = name
        value = self.sig_field.raw_get("/V")
        self.sig_object = value.get_object()
        self.revision_of = value
        self.coverage = None
        self.external_digests = {}
        self._docmdp = self._fieldmdp = None
        self._docmdp_queried = self._fieldmdp_queried = False

    def load(self) -> None:
        """Read the hole, its place and its revision; whatever is amiss in them raises one of _BAD_FILE."""
        self.byte_range = self.sig_object.raw_get("/ByteRange")
        self.pkcs7_content = extract_contents(self.sig_object)
        self.signed_revision = self.reader.xrefs.get_last_change(self.revision_of.reference)


@dataclass(frozen=True, slots=True)
class _Area:
    """The bytes that a signature covers, and what fills the hole in them."""

    place: _Place
    stream: BinaryIO
    first: tuple[int, int]
    last: tuple[int, int]
    kind: str  # the /SubFilter
    content: bytes
    is_whole_file: bool

    def chunks(self) -> Iterator[bytes]:
        for start, length in (self.first, self.last):
            self.stream.seek(start)
            while length > 0:
                chunk = self.stream.read(min(CHUNK_BYTES, length))
                if not chunk:
                    return
                length -= len(chunk)
                yield chunk

    def digest(self, name: str) -> bytes:
        running = running_digest(name)
        for chunk in self.chunks():
            running.update(chunk)
        return running.digest()


def _read_area(place: _Place) -> _Area:
    """The area of a signature; refuses one that leaves out more than its own hole."""
    place.load()
    stream = place.reader.stream
    size = stream.seek(0, 2)
    numbers = [int(one) for one in islice(place.byte_range, 5)]
    if len(numbers) != 4 or numbers[0] != 0 or min(numbers) < 0:
        raise _Refused(_NOT_COVERED)
    _, length, start, rest = numbers
    if start + rest > size or not 2 <= start - length <= MAX_HOLE_BYTES:
        raise _Refused(_NOT_COVERED)
    stream.seek(length)
    hole = stream.read(start - length)
    # Only this signature's own contents may be left out, and nothing beside them.
    if hole[:1] + hole[-1:] != b"<>" or bytes.fromhex(hole[1:-1].decode("ascii")) != place.pkcs7_content:
        raise _Refused(_NOT_COVERED)
    return _Area(
        place=place,
        stream=stream,
        first=(0, length),
        last=(start, rest),
        kind=str(place.sig_object.get("/SubFilter", "")),
        content=place.pkcs7_content,
        is_whole_file=start + rest == size,
    )


def _read_message(area: _Area) -> SignedMessage:
    if area.kind not in (*_DETACHED, _SHA1_INSIDE):
        _refuse_kind(area)
    message = read_message(first_object(area.content))
    is_inside = area.kind == _SHA1_INSIDE
    if message.content_type not in DATA or (message.content is not None) != is_inside:
        raise UnreadableMessage()
    return message


def _refuse_kind(area: _Area) -> NoReturn:
    """A kind of signature that is not read here; one that was only renamed is still held to its digest."""
    try:
        message = read_message(first_object(area.content))
    except UnreadableMessage:
        message = None
    if message and message.content is None and _content_outcome(area, message) is Outcome.CHANGED:
        raise _Refused(_CHANGED)
    unsupported = N_("签名格式“%(format)s”不受支持，签名没有核验。")
    raise _Refused(unsupported, SignatureState.UNVERIFIED, format=area.kind[:80])


def _signature(area: _Area, message: SignedMessage, trust: CertificateTrust) -> Iterator[SignatureFound]:
    stamp = _stamp_over(area, message, trust) if message.token else None
    signed_at = _signed_at(area, message, stamp)
    state, remark, params = _verdict(area, message, trust, signed_at)
    yield SignatureFound(
        name=area.place.fq_name,
        kind=SignatureKind.SIGNATURE,
        state=state,
        signer=subject_of(message.certificate),
        signed_at=signed_at,
        algorithm=message.algorithm,
        message=remark,
        params=params,
    )
    if stamp is not None:
        yield stamp


def _verdict(
    area: _Area, message: SignedMessage, trust: CertificateTrust, signed_at: datetime | None
) -> tuple[SignatureState, str, dict[str, str | int]]:
    """First the content, then what came after it, last the certificate."""
    outcome = _content_outcome(area, message)
    if outcome is Outcome.UNKNOWN:
        return SignatureState.UNVERIFIED, N_("签名所用的算法不受支持，签名没有核验。"), {}
    if outcome in (Outcome.CHANGED, Outcome.FORGED):
        return SignatureState.INVALID, _FORGED if outcome is Outcome.FORGED else _CHANGED, {}
    later = _later_changes(area)
    if outcome is Outcome.WEAK:
        return SignatureState.UNVERIFIED, N_("签名采用已不安全的 SHA-1 算法，不能证明内容未被改动。"), {}
    if signed_at is None:
        return SignatureState.UNVERIFIED, N_("签名没有签署时间，不能判断当时证书是否有效。"), {}
    found = judge_certificate(message.certificate, chain=message.chain, trust=trust, at=signed_at)
    if found.state is SignatureState.VALID and later:
        return found.state, later, {}
    return found.state, found.message, dict(found.params)


def _content_outcome(area: _Area, message: SignedMessage) -> Outcome:
    if area.kind == _SHA1_INSIDE:
        if message.content != area.digest("sha1"):
            return Outcome.CHANGED
        inside = message.content or b""
        found = check_message(message, digest_of=digest_in_memory(inside), content_of=lambda: inside)
        return Outcome.WEAK if found is Outcome.GOOD else found
    return check_message(message, digest_of=area.digest, content_of=area.chunks)


def _later_changes(area: _Area) -> str:
    """The remark that later revisions deserve, or "" when there is none; refuses what changes the document."""
    if area.is_whole_file:
        return ""
    place = area.place
    coverage = place.evaluate_signature_coverage()
    # A hybrid file shows one set of objects to old readers and another to new ones.
    if coverage < SignatureCoverageLevel.ENTIRE_REVISION or place.reader.xrefs.hybrid_xrefs_present:
        raise _Refused(_NOT_COVERED)
    if not _ends_properly(area):
        raise _Refused(_NOT_COVERED)
    place.coverage = coverage  # type: ignore[assignment]  # declared by pyHanko by its first value only
    try:
        found = place.evaluate_modifications(DEFAULT_DIFF_POLICY)
    except _BAD_FILE as error:
        raise _Refused(_UPDATED) from error
    if not isinstance(found, DiffResult) or found.modification_level is ModificationLevel.OTHER:
        raise _Refused(_UPDATED)
    allowed = place.docmdp_level
    if allowed is not None and found.modification_level.value > allowed.value:
        raise _Refused(_UPDATED)
    return _ADDED if found.modification_level.value > ModificationLevel.LTA_UPDATES.value else ""


def _ends_properly(area: _Area) -> bool:
    """Whether only revisions follow the signed one; loose bytes belong to none, and nobody compares them."""
    size = area.stream.seek(0, 2)
    end = sum(area.last)
    if area.place.signed_revision + 1 == area.place.reader.xrefs.total_revisions:
        area.stream.seek(end)
        return size - end <= TAIL_BYTES and area.stream.read(TAIL_BYTES).strip(_BLANKS) == b""
    area.stream.seek(max(end, size - TAIL_BYTES))
    return area.stream.read(TAIL_BYTES).strip(_BLANKS).endswith(b"%%EOF")


def _signed_at(area: _Area, message: SignedMessage, stamp: SignatureFound | None) -> datetime | None:
    """When it was signed: by a valid time stamp, else as the signer says."""
    if stamp is not None and stamp.state is SignatureState.VALID:
        return stamp.signed_at
    if message.signing_time is not None:
        return message.signing_time
    try:
        found = generic.parse_pdf_date(str(area.place.sig_object["/M"]))
    except (KeyError, ValueError, PdfError):
        return None
    return found.astimezone(UTC) if found.tzinfo else None


def _stamp_over(area: _Area, message: SignedMessage, trust: CertificateTrust) -> SignatureFound:
    """The time stamp that the signer had put on the signature itself."""
    return _stamp(area.place.fq_name, message.token, digest_in_memory(message.signature), trust)


def _document_stamp(area: _Area, trust: CertificateTrust) -> SignatureFound:
    """A time stamp over the whole file, as PAdES adds for long-term keeping."""
    found = _stamp(area.place.fq_name, first_object(area.content), area.digest, trust)
    if found.state is not SignatureState.INVALID:
        _later_changes(area)
    return found


def _stamp(
    name: str, token: bytes, digest_of: Callable[[str], bytes], trust: CertificateTrust
) -> SignatureFound:
    verdict = judge_token(token, digest_of=digest_of, trust=trust)
    return SignatureFound(
        name=name,
        kind=SignatureKind.TIMESTAMP,
        state=verdict.state,
        signer=verdict.signer,
        signed_at=verdict.at,
        message=verdict.message,
        params=verdict.params,
    )


def _failure(
    name: str, message: str, state: SignatureState = SignatureState.INVALID, **params: str | int
) -> SignatureFound:
    return SignatureFound(name, SignatureKind.SIGNATURE, state, message=message, params=params)
