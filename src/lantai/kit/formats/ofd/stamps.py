"""The seals that are seen on a page: their pictures, taken out of the signatures."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

from lantai.kit.formats.ofd.container import Container, OfdBroken
from lantai.kit.formats.ofd.document import Document, read_document
from lantai.kit.formats.ofd.ses import Seal, SesUnreadable, read_seal, read_sealed_value
from lantai.kit.formats.ofd.signed import SignatureEntry
from lantai.kit.formats.zips import CappedZip, ZipBomb, ZipBroken, ZipEncrypted

_SEAL_MB = 32


@dataclass(frozen=True, slots=True)
class SeenStamp:
    """A seal's picture, its box on the page in millimetres, and the part of it that is shown."""

    picture: bytes
    is_vector: bool
    box: tuple[float, float, float, float]
    clip: tuple[float, float, float, float] | None


def stamps_of(document: Document, page_id: str) -> Iterator[SeenStamp]:
    """The seals on a page; whether they are true is told by ``ofd_signatures``."""
    for entry in document.signatures:
        here = [stamp for stamp in entry.stamps if stamp.page_id == page_id]
        seal = _seal_of(document.container, entry) if here else None
        if seal is not None and seal.picture:
            is_vector = seal.picture_type == "ofd"
            yield from (SeenStamp(seal.picture, is_vector, one.box, one.clip) for one in here)


@contextmanager
def vector_seal(picture: bytes) -> Iterator[Document | None]:
    """The document that a seal's picture is; None when it cannot be read."""
    try:
        archive = CappedZip(BytesIO(picture), total_mb=_SEAL_MB)
    except (ZipBroken, ZipBomb):
        yield None
        return
    with archive:
        try:
            document = read_document(Container(archive))
        except (OfdBroken, ZipBroken, ZipBomb, ZipEncrypted):
            document = None
        yield document


def _seal_of(container: Container, entry: SignatureEntry) -> Seal | None:
    """The seal inside the signature value, else the one that lies beside it."""
    value = container.archive.find(entry.value) if entry.value else None
    beside = container.archive.find(entry.seal) if entry.seal else None
    for part, read in ((value, lambda data: read_sealed_value(data).seal), (beside, read_seal)):
        if part is not None:
            try:
                return read(container.archive.read(part, limit_mb=_SEAL_MB))
            except SesUnreadable:
                continue
    return None
