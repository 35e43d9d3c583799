"""The text of a document page by page, and where words stand on a page. Run it in the sandbox.

A page is what a reader is led to: a page of a PDF or OFD, a slide, a sheet of a workbook, some minutes of a
transcript. What has no pages has one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
import pypdfium2.raw as pdfium

from lantai.kit.formats.identify import Identified, identify
from lantai.kit.formats.ocr import Box, NotRecognised, Word, recognised
from lantai.kit.formats.ofd.container import opened_container
from lantai.kit.formats.ofd.document import read_documents
from lantai.kit.formats.ofd.text import page_text, placed_words
from lantai.kit.formats.old_office import is_old_office, old_office
from lantai.kit.formats.own import OFD
from lantai.kit.formats.pdfs import opened_pdf
from lantai.kit.formats.texts import text_of_file
from lantai.kit.formats.xmlsafe import parse_xml, split_tag
from lantai.kit.formats.zips import CappedZip
from lantai.kit.text import highlight

MOST_PAGES = 5_000
_PAGE_CHARS = 100_000
_PART_MB = 64
_MOST_BOXES = 400
_MINUTES = 5  # of a transcript on one page
_SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")
_SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
_CUE = re.compile(r"^\s*\[?(?:(\d+):)?(\d{1,2}):(\d{2})(?:[.,]\d+)?\]?(?:\s*-->.*)?(.*)$")
_TRANSCRIPTS = (".srt", ".vtt", ".lrc")
_RECOGNISED = (".alto.xml", ".alto", ".hocr", ".hocr.html", ".ocr.json")
_DEVICE = 1_000_000  # PDFium's whole numbers, finer than any picture


def is_recognised(name: str) -> bool:
    """Whether a file of this name holds what text recognition found on the pages of another one."""
    return name.lower().endswith(_RECOGNISED)


def stem_of(name: str) -> str:
    """The name without what says its kind: what a picture and its recognised text share."""
    lower = name.lower()
    ending = next((one for one in sorted(_RECOGNISED, key=len, reverse=True) if lower.endswith(one)), "")
    return lower[: -len(ending)] if ending else lower.rpartition(".")[0] or lower


def texts_of_pages(path: str | Path, name: str = "", limit: int = 2_000_000) -> list[str]:
    """The text of each page in order, all of them at most ``limit`` characters; [] where there is none to be had.

    Raises the refusals of the readers.
    """
    path = Path(path)
    name = name or path.name
    found: list[str] = []
    left = limit
    for text in _pages(path, name, identify(path, name=name)):
        text = text.replace("\x00", "")[: min(left, _PAGE_CHARS)]
        found.append(text)
        left -= len(text)
        if left <= 0 or len(found) >= MOST_PAGES:
            break
    return found if any(text.strip() for text in found) else []


def _pages(path: Path, name: str, identified: Identified) -> Iterator[str]:
    if is_recognised(name):
        yield from ("".join(word.text for word in page) for page in recognised(path, name))
    elif identified.puid == OFD.puid:
        yield from _ofd(path)
    elif "application/pdf" in identified.mime:
        yield from _pdf(path)
    elif name.lower().endswith(_TRANSCRIPTS):
        yield from _transcript(text_of_file(path, _PAGE_CHARS * 20))
    elif identified.mime.startswith("text/"):
        yield text_of_file(path, _PAGE_CHARS)
    elif _is_zip(path):
        yield from _office(path)
    elif is_old_office(path):
        yield from old_office(path, _PAGE_CHARS * 20)


def _is_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def _ofd(path: Path) -> Iterator[str]:
    with opened_container(path) as container:
        for document in read_documents(container):
            for index in range(len(document.pages)):
                yield page_text(document, index)


def _pdf(path: Path) -> Iterator[str]:
    try:
        with opened_pdf(path) as pdf:
            for page in pdf:
                with closing(page), closing(page.get_textpage()) as text:
                    yield text.get_text_bounded().replace("\r\n", "\n")
    except pypdfium2.PdfiumError:
        return


def _office(path: Path) -> Iterator[str]:
    """A text document is one page, as its pages are made by whoever shows it."""
    with CappedZip(path) as archive:
        names = archive.names
        slides = _numbered(names, _SLIDE)
        sheets = _numbered(names, _SHEET)
        for part in ("word/document.xml", "content.xml"):
            if part in names:
                yield _of_paragraphs(parse_xml(archive.read(part, limit_mb=_PART_MB), name=part))
                return
        for slide in slides:
            yield _of_paragraphs(parse_xml(archive.read(slide, limit_mb=_PART_MB), name=slide))
        shared = "xl/sharedStrings.xml"
        strings: list[str] = []
        if sheets and shared in names:
            root = parse_xml(archive.read(shared, limit_mb=_PART_MB), name=shared)
            strings = ["".join(map(str, entry.itertext())) for entry in root.iter("{*}si")]
        for sheet in sheets:
            yield _of_cells(parse_xml(archive.read(sheet, limit_mb=_PART_MB), name=sheet), strings)


def _numbered(names: Iterable[str], pattern: re.Pattern[str]) -> list[str]:
    found = [(int(match[1]), name) for name in names if (match := pattern.fullmatch(name))]
    return [name for _number, name in sorted(found)]


def _of_paragraphs(root: Any) -> str:
    lines: list[str] = []
    for paragraph in root.iter("{*}p", "{*}h"):
        inner = (one for one in paragraph.iter() if split_tag(str(one.tag))[1] == "t")
        text = "".join(one.text or "" for one in inner) or _plain_text(paragraph)
        if text:
            lines.append(text)
    return "\n".join(lines)


def _plain_text(paragraph: Any) -> str:
    """The words of an ODF paragraph, whose text stands between elements."""
    is_odf = "opendocument" in split_tag(str(paragraph.tag))[0]
    return "".join(map(str, paragraph.itertext())) if is_odf else ""


def _of_cells(root: Any, strings: list[str]) -> str:
    rows: list[str] = []
    for row in root.iter("{*}row"):
        cells = [text for cell in row.iter("{*}c") if (text := _cell(cell, strings))]
        if cells:
            rows.append("\t".join(cells))
    return "\n".join(rows)


def _cell(cell: Any, strings: list[str]) -> str:
    value = next(cell.iter("{*}v"), None)
    if cell.get("t") == "s" and value is not None:
        place = int(value.text) if (value.text or "").isdecimal() else -1
        return strings[place] if 0 <= place < len(strings) else ""
    if cell.get("t") == "inlineStr":
        return "".join(one.text or "" for one in cell.iter("{*}t"))
    return (value.text or "") if value is not None else ""


def _transcript(text: str) -> Iterator[str]:
    """What was said, without times and numbers; a page for every five minutes."""
    pages: dict[int, list[str]] = {}
    page = 0
    for line in text.splitlines():
        cue = _CUE.match(line)
        if cue:
            page = (int(cue[1] or 0) * 60 + int(cue[2])) // _MINUTES
            line = cue[4]
        if line.strip() and not line.strip().isdecimal() and line.strip() != "WEBVTT":
            pages.setdefault(page, []).append(line.strip())
    for number in range(max(pages, default=-1) + 1):
        yield "\n".join(pages.get(number, []))


@dataclass(frozen=True, slots=True)
class _Lettered:
    """The text of a page with the box of each character that has one."""

    text: str
    boxes: list[Box | None]


def boxes_of_words(path: str | Path, page: int, words: list[str], name: str = "") -> list[Box]:
    """Where the words stand on a page (from 1): left, top, width and height as shares of the page.

    Words are compared as in a search. [] where the file says nothing of places; raises the readers' refusals.
    """
    path = Path(path)
    lettered = _lettered(path, page, name or path.name)
    found: list[Box] = []
    at = 0
    for segment, is_hit in highlight(lettered.text, words):
        if is_hit:
            found += _lines(lettered.boxes[at : at + len(segment)])
        at += len(segment)
    return found[:_MOST_BOXES]


def _lettered(path: Path, page: int, name: str) -> _Lettered:
    if is_recognised(name):
        try:
            pages = recognised(path, name)
        except NotRecognised:
            return _Lettered("", [])
        return _spread(pages[page - 1]) if 0 < page <= len(pages) else _Lettered("", [])
    identified = identify(path, name=name)
    if identified.puid == OFD.puid:
        return _ofd_letters(path, page - 1)
    if "application/pdf" in identified.mime:
        return _pdf_letters(path, page - 1)
    return _Lettered("", [])


def _spread(words: Iterable[Word]) -> _Lettered:
    """The box of a word shared out among its characters."""
    text: list[str] = []
    boxes: list[Box | None] = []
    for word in words:
        text.append(word.text)
        for order in range(len(word.text)):
            if word.box is None:
                boxes.append(None)
                continue
            left, top, width, height = word.box
            share = width / len(word.text)
            boxes.append((left + order * share, top, share, height))
    return _Lettered("".join(text), boxes)


def _ofd_letters(path: Path, index: int) -> _Lettered:
    with opened_container(path) as container:
        for document in read_documents(container):
            if index >= len(document.pages):
                index -= len(document.pages)
                continue
            root = document.page(index)
            if root is None:
                break
            x, y, width, height = document.box_of(root)
            words: list[Word] = []
            for one in placed_words(document, index):
                left, top, wide, high = one.box
                box = ((left - x) / width, (top - y) / height, wide / width, high / height)
                words += (Word(one.text, box), Word("\n", None))
            return _spread(words)
    return _Lettered("", [])


def _pdf_letters(path: Path, index: int) -> _Lettered:
    text: list[str] = []
    boxes: list[Box | None] = []
    try:
        with opened_pdf(path) as pdf:
            if not 0 <= index < len(pdf):
                return _Lettered("", [])
            with closing(pdf[index]) as page, closing(page.get_textpage()) as letters:
                for place in range(min(letters.count_chars(), _PAGE_CHARS)):
                    char = chr(pdfium.FPDFText_GetUnicode(letters, place) or 0xFFFD)
                    is_half = "\ud800" <= char <= "\udfff"
                    text.append("\ufffd" if is_half else char)
                    boxes.append(_on_page(page, letters.get_charbox(place)) if char.strip() else None)
    except pypdfium2.PdfiumError:
        return _Lettered("", [])
    return _Lettered("".join(text), boxes)


def _on_page(page: Any, box: tuple[float, float, float, float]) -> Box | None:
    """From the PDF's own coordinates to shares of the page as it is shown, turned and cut."""
    left, bottom, right, top = box
    ends = [_device(page, left, top), _device(page, right, bottom)]
    (x, y), (to_x, to_y) = (
        (min(one) for one in zip(*ends, strict=True)),
        (max(one) for one in zip(*ends, strict=True)),
    )
    return (x, y, to_x - x, to_y - y) if to_x > x and to_y > y else None


def _device(page: Any, x: float, y: float) -> tuple[float, float]:
    from ctypes import byref, c_int

    across, down = c_int(), c_int()
    pdfium.FPDF_PageToDevice(page, 0, 0, _DEVICE, _DEVICE, 0, x, y, byref(across), byref(down))
    return across.value / _DEVICE, down.value / _DEVICE


def _lines(boxes: Iterable[Box | None]) -> Iterator[Box]:
    """One box for what stands in one line."""
    here: Box | None = None
    for box in boxes:
        if box is None:
            continue
        if here is not None and abs(box[1] - here[1]) < here[3] / 2 and box[0] >= here[0]:
            top, bottom = min(here[1], box[1]), max(here[1] + here[3], box[1] + box[3])
            here = (here[0], top, box[0] + box[2] - here[0], bottom - top)
            continue
        if here is not None:
            yield here
        here = box
    if here is not None:
        yield here
