"""Office documents as PDF/A-2b by ``soffice`` of LibreOffice, a separate program: what it is told, and the proof.

It is started behind walls that are not here (``lantai.platform.sandbox``). Its layout is its own; that no text was
lost is checked, where the words of the original can be read without it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pypdfium2

from lantai.kit.errors import N_, Refusal
from lantai.kit.formats.pdfs import pdf_pages, pdf_text
from lantai.kit.formats.xmlsafe import BrokenXml, UnsafeXml, parse_xml, split_tag
from lantai.kit.formats.zips import CappedZip, ZipBomb, ZipBroken, ZipEncrypted

PROGRAM, PROFILE = "soffice", "profile"
RESTART = 81  # it has made its settings and wants to be started once more
_PART_MB = 256
_MOST_TEXT = 4_000_000
_LEAST_SHARE = 0.98  # numbering and fields are written anew by the program
_EXPORTS = {"text": "writer_pdf_Export", "sheet": "calc_pdf_Export", "slides": "impress_pdf_Export"}
_FAMILIES = {
    "sheet": "fmt/214 fmt/445 fmt/595 fmt/55 fmt/56 fmt/57 fmt/58 fmt/59 fmt/60 fmt/61 fmt/62 fmt/137 fmt/294 "
    "fmt/295 fmt/1755",
    "slides": "fmt/215 fmt/487 fmt/629 fmt/125 fmt/126 x-fmt/88 fmt/138 fmt/292 fmt/293 fmt/1754",
    "text": "fmt/412 fmt/523 fmt/189 fmt/37 fmt/38 fmt/39 fmt/40 fmt/609 x-fmt/1 x-fmt/2 x-fmt/64 x-fmt/65 fmt/136 "
    "fmt/290 fmt/291 fmt/1756 fmt/45 fmt/46 fmt/47 fmt/48 fmt/49 fmt/50 fmt/51 fmt/52 fmt/53 fmt/355 fmt/969",
}
FAMILY_OF = {puid: family for family, puids in _FAMILIES.items() for puid in puids.split()}
_WORDS = {"word/document.xml", "xl/sharedStrings.xml", "content.xml"}
_SLIDE = "ppt/slides/slide"


class NothingMade(Refusal):
    """The program left no document."""

    message = N_("Office 转换程序没有生成 PDF：%(reason)s。原件未改动；请用原软件另存。")


class WordsLost(Refusal):
    """Text of the document is not in what was made."""

    message = N_("转换后的 PDF 只有原文 %(share)s%% 的文字，没有采用；请用原软件另存。")


def arguments(puid: str, place: str, made: str) -> list[str]:
    """What to tell the program about the document at ``place`` so that it writes a PDF into the folder ``made``."""
    options = '{"SelectPdfVersion":{"type":"long","value":"2"}}'
    target = f"pdf:{_EXPORTS[FAMILY_OF.get(puid, 'text')]}:{options}"
    quiet = ["--headless", "--norestore", "--nologo", "--nodefault", "--nofirststartwizard"]
    return [
        f"-env:UserInstallation=file://{made}/{PROFILE}",
        *quiet,
        "--convert-to",
        target,
        "--outdir",
        made,
        place,
    ]


def proof(path: str | Path, made_path: str | Path) -> dict[str, object]:
    """Pages and share of the text; meant to be run in the sandbox. Raises ``NothingMade``, ``WordsLost``."""
    made = Path(made_path)
    try:
        pages = pdf_pages(made)
    except pypdfium2.PdfiumError as broken:
        raise NothingMade(reason=str(broken)[:200]) from broken
    if not pages:
        raise NothingMade(reason="0")
    said = Counter("".join("".join(_words(Path(path))).split()))
    kept = Counter("".join(pdf_text(made, _MOST_TEXT).split()))
    found: dict[str, object] = {"pages": pages, "characters": said.total()}
    if said:
        share = 1 - (said - kept).total() / said.total()
        found["text_share"] = round(share, 4)
        if share < _LEAST_SHARE:
            raise WordsLost(share=f"{share * 100:.1f}")
    return found


def _words(path: Path) -> Iterator[str]:
    """The text of an OOXML or ODF document; nothing where it is neither."""
    try:
        with CappedZip(path) as archive:
            for name in archive.names:
                if name in _WORDS or (name.startswith(_SLIDE) and name.endswith(".xml")):
                    yield from _texts(archive.read(name, limit_mb=_PART_MB), name)
    except (ZipEncrypted, ZipBroken, ZipBomb, BrokenXml, UnsafeXml):
        return


def _texts(data: bytes, name: str) -> Iterator[str]:
    root = parse_xml(data, name=name)
    if name == "content.xml":
        body = next(root.iter("{*}body"), root)
        yield from (str(text) for text in body.itertext())
        return
    for element in root.iter("{*}t"):
        if split_tag(str(element.tag))[1] == "t" and element.text:
            yield element.text
