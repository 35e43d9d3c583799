"""PDF in PDFium, pages and text, and its bytes as they are; read through a file that we opened."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import pypdfium2

from lantai.kit.formats.matching import Words

_IN_MEMORY_BYTES = 32 << 20
_OF_SIGNATURES = (b"ByteRange", b"adbe.pkcs7", b"ETSI.CAdES", b"ETSI.RFC3161")

Content: TypeAlias = bytes | mmap.mmap


def pdf_text(source: Path | bytes, limit: int) -> str:
    """Text of the pages in order, at most ``limit`` characters; empty when PDFium cannot open the file."""
    try:
        with opened_pdf(source) as pdf:
            return _first_text(pdf, limit)
    except pypdfium2.PdfiumError:
        return ""


def pdf_pages(path: Path) -> int:
    """Number of pages. Raises ``pypdfium2.PdfiumError``."""
    with opened_pdf(path) as pdf:
        return len(pdf)


@contextmanager
def opened_pdf(source: Path | bytes) -> Iterator[pypdfium2.PdfDocument]:
    """A document in PDFium, read through a file that we opened: PDFium resolves a path by itself, and the
    sandbox knows only what it was handed. Raises ``pypdfium2.PdfiumError``."""
    if isinstance(source, Path) and source.stat().st_size <= _IN_MEMORY_BYTES:
        source = source.read_bytes()  # each look of PDFium into a file is a call back to us
    stream = nullcontext(source) if isinstance(source, bytes) else source.open("rb")
    with stream as opened, closing(pypdfium2.PdfDocument(opened)) as pdf:
        yield pdf


@contextmanager
def content_of(path: Path) -> Iterator[Content]:
    """The bytes of a file: a small one is read, so that it can be searched fast, a big one is only mapped."""
    with path.open("rb") as file:
        if path.stat().st_size <= _IN_MEMORY_BYTES:
            yield file.read()
            return
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
            yield mapped


def mentions_signature(content: Content) -> bool:
    """Whether a PDF has one of the words without which no signature is; spares ordinary files the work."""
    if isinstance(content, bytes):
        return bool(_of_signatures().hits(content))
    return any(content.find(word) >= 0 for word in _OF_SIGNATURES)


@lru_cache(maxsize=1)
def _of_signatures() -> Words:
    return Words(list(_OF_SIGNATURES))


def _first_text(pdf: Any, limit: int) -> str:
    parts: list[str] = []
    left = limit
    for page in pdf:
        with closing(page), closing(page.get_textpage()) as text:
            parts.append(text.get_text_bounded()[:left].replace("\r\n", "\n"))
        left -= len(parts[-1])
        if left <= 0:
            break
    return "\n".join(parts)[:limit]
