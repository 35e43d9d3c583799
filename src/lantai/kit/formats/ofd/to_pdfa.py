"""A whole OFD as one PDF/A-2b: every letter from an embedded font, every picture there, or it is refused.

What the single pages of a preview may leave as a box is an error here. Text can be searched and copied, for each glyph
is told which character it stands for.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pikepdf

from lantai.kit.errors import N_, Refusal
from lantai.kit.formats.ofd.container import OfdBroken, opened_container
from lantai.kit.formats.ofd.document import Document, read_documents
from lantai.kit.formats.ofd.examination import ofd_pages, ofd_text
from lantai.kit.formats.ofd.fonts import FontFile
from lantai.kit.formats.ofd.geometry import Matrix
from lantai.kit.formats.ofd.pdf_resources import PdfResources
from lantai.kit.formats.ofd.subset import TrueType
from lantai.kit.formats.ofd.to_pdf import FontNeeded, PdfCanvas
from lantai.kit.formats.ofd.walk import Walk
from lantai.kit.formats.pdfa import NotPdfa, PagesDiffer, declare, forbidden_in
from lantai.kit.formats.pdfs import pdf_pages

_MOST_TEXT = 4_000_000
_MOST_PAGES = 5_000
_A_BLOCK = 100  # of a map of characters
_MEANING = re.compile(r"^<([0-9a-f]{4})> <([0-9a-f]+)>$", re.MULTILINE)
_GLYPH = re.compile(r"<([0-9a-f]{4})>")


class LetterMissing(Refusal):
    """No font at hand has the letter."""

    message = N_("字符“%(letter)s”在嵌入字体和服务器字体中都没有，不能转换为 PDF/A。请安装相应字体后重试。")


class PictureMissing(Refusal):
    """A picture of the document is not there or cannot be decoded."""

    message = N_("文件里的图片“%(name)s”缺失或不能解码，不能转换为 PDF/A。原件未改动。")


class TextLost(Refusal):
    """The text of the document is not all in what was made."""

    message = N_("转换后缺少 %(count)d 个字符（例如“%(letter)s”），没有采用；请人工处理。")


def to_pdfa(path: str | Path, out: str | Path, *, font_file: str | Path | None = None) -> dict[str, object]:
    """Make ``made.pdf`` in ``out`` from all pages of the OFD at ``path``; meant to be run in the sandbox.

    ``font_file`` stands in for fonts that the document lacks. Raises ``LetterMissing``, ``PictureMissing``,
    ``FontNeeded``, ``FontUnfit``, ``NotPdfa``, ``TextLost``, ``PagesDiffer``, ``OfdBroken``.
    """
    path, target = Path(path), Path(out) / "made.pdf"
    resources = _Resources()
    with opened_container(path) as container:
        documents = read_documents(container)
        if sum(len(document.pages) for document in documents) > _MOST_PAGES:
            raise OfdBroken(part="Pages")
        stand_in = Path(font_file) if font_file else None
        is_signed = any(name.casefold().endswith("signatures.xml") for name in container.archive.names)
        for document in documents:
            for number in range(len(document.pages)):
                _draw(document, number, stand_in, resources)
    resources.complete()
    if found := forbidden_in(resources.pdf):
        raise NotPdfa(what="、".join(found))
    declare(resources.pdf)
    resources.pdf.save(target, deterministic_id=True, min_version="1.7", compress_streams=True)
    lost = ["structure", *(["signatures"] if is_signed else [])]
    return {"made": ["made.pdf"], "lost": lost, "proof": _prove(path, target)}


def _draw(document: Document, number: int, stand_in: Path | None, resources: _Resources) -> None:
    root = document.page(number)
    if root is None:
        raise OfdBroken(part=document.pages[number].location)
    canvas = _Canvas(document.box_of(root), stand_in, resources)
    Walk(document, canvas).page(root, document.pages[number].id)
    resources.add(*canvas.drawn())


class _Resources(PdfResources):
    """Of all pages together; knows which glyphs are used and what they mean."""

    def __init__(self) -> None:
        super().__init__()
        self.fonts: dict[tuple[int, str], tuple[str, FontFile] | None] = {}
        self.images: dict[tuple[int, str], str] = {}
        self.meant: defaultdict[str, dict[int, str]] = defaultdict(dict)
        self._files: dict[str, FontFile] = {}
        self._pages: list[Any] = []

    def font(self, data: bytes) -> tuple[str, FontFile]:
        name, file = super().font(data)
        self._files[name] = file
        return name, file

    def latin(self) -> str:
        raise FontNeeded(name="Times-Roman")

    def add(self, content: bytes, width: float, height: float) -> None:
        """One more page."""
        page = self.pdf.add_blank_page(page_size=(min(max(width, 3), 14400), min(max(height, 3), 14400)))
        page.obj.Contents = self.pdf.make_stream(content)
        self._pages.append(page)

    def complete(self) -> None:
        """Give the pages what they refer to, and the fonts their widths and meanings. Raises ``FontUnfit``."""
        for name, file in self._files.items():
            self._finish_font(name, file)
        used = {name: self.pdf.make_indirect(one) for name, one in self._fonts.items() if name in self.meant}
        states = {f"/{n[1:]}": pikepdf.Dictionary(ca=v, CA=v) for v, n in self._states.items()}
        shared = self.pdf.make_indirect(
            pikepdf.Dictionary(
                Font=pikepdf.Dictionary(used),
                XObject=pikepdf.Dictionary(self._images),
                Pattern=pikepdf.Dictionary(self._patterns),
                ExtGState=pikepdf.Dictionary(states),
            )
        )
        for page in self._pages:
            page.obj.Resources = shared

    def _finish_font(self, name: str, file: FontFile) -> None:
        meant = self.meant.get(name, {})
        if not meant:
            return
        face, font = TrueType(file.data, name), self._fonts[name]
        inner = font.DescendantFonts[0]
        base = pikepdf.Name(f"/LANTAI+{name[1:]}")
        inner.FontDescriptor.FontFile2 = self.pdf.make_stream(face.thinned(meant))
        inner.FontDescriptor.FontName = inner.BaseFont = font.BaseFont = base
        widths: list[Any] = []
        for glyph in sorted(meant):
            widths += [glyph, pikepdf.Array([round(face.advance_of(glyph) * 1000)])]
        inner.W = pikepdf.Array(widths)
        font.ToUnicode = self.pdf.make_stream(_meanings(meant))


class _Canvas(PdfCanvas):
    """Notes what each glyph means; refuses where a preview would show a box."""

    def __init__(
        self, box: tuple[float, float, float, float], stand_in: Path | None, resources: _Resources
    ) -> None:
        super().__init__(box, stand_in, resources)
        self._fonts, self._images, self._shared = resources.fonts, resources.images, resources

    def image(self, document: Document, location: str, matrix: Matrix, opacity: float) -> None:
        super().image(document, location, matrix, opacity)
        if not self._images[id(document), location]:
            raise PictureMissing(name=location[:100])

    def picture(self, data: bytes, matrix: Matrix) -> None:
        if name := self._shared.image(data):
            self._draw_image(name, matrix)
        else:
            raise PictureMissing(name="-")

    def _glyph(
        self, document: Document, reference: str, character: str, given: int | None
    ) -> tuple[str, str] | None:
        shown = super()._glyph(document, reference, character, given)
        found = _GLYPH.fullmatch(shown[1]) if shown else None
        if shown is None or found is None:
            raise LetterMissing(letter=character)
        self._shared.meant[shown[0]].setdefault(int(found[1], 16), character)
        return shown


def _meanings(meant: dict[int, str]) -> bytes:
    """The map from glyphs to characters that a reader searches and copies by (ISO 32000-1 §9.10.3)."""
    lines = [
        f"<{glyph:04x}> <{text.encode('utf-16-be').hex()}>" for glyph, text in sorted(meant.items()) if text
    ]
    blocks = []
    for at in range(0, len(lines), _A_BLOCK):
        some = lines[at : at + _A_BLOCK]
        blocks.append(f"{len(some)} beginbfchar\n" + "\n".join(some) + "\nendbfchar")
    return (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Lantai-UCS def /CMapType 2 def\n"
        "1 begincodespacerange <0000> <ffff> endcodespacerange\n"
        + "\n".join(blocks)
        + "\nendcmap CMapName currentdict /CMap defineresource pop end end\n"
    ).encode("ascii")


def _prove(path: Path, target: Path) -> dict[str, object]:
    before, after = ofd_pages(path), pdf_pages(target)
    if before != after:
        raise PagesDiffer(before=before, after=after)
    said = Counter("".join(ofd_text(path, _MOST_TEXT).split()))
    if gone := said - _written(target):
        raise TextLost(count=gone.total(), letter=next(iter(gone)))
    return {"pages": before, "characters": said.total()}


def _written(target: Path) -> Counter[str]:
    """The characters that the pages show, read back from the file: a renderer leaves out what lies over another."""
    found: Counter[str] = Counter()
    with pikepdf.open(target) as pdf:
        for page in pdf.pages:
            fonts = page.obj.Resources.Font
            means = {str(name): _read_meanings(font.ToUnicode.read_bytes()) for name, font in fonts.items()}
            here: dict[int, str] = {}
            for operands, operator in pikepdf.parse_content_stream(page, "Tf Tj"):
                if str(operator) == "Tf":
                    here = means[str(operands[0])]
                else:
                    found[here[int.from_bytes(bytes(operands[0]), "big")]] += 1
    return found


def _read_meanings(data: bytes) -> dict[int, str]:
    pairs = _MEANING.findall(data.decode("ascii"))
    return {int(glyph, 16): bytes.fromhex(text).decode("utf-16-be") for glyph, text in pairs}
