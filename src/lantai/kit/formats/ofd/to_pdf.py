"""A page of an OFD as a one-page PDF, which pdfium then turns into a picture.

Text keeps its outlines where the font is embedded; a font that is not is replaced by the font file
given, or by one of this machine. What cannot be shown truly is refused, not drawn wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from lantai.kit.errors import N_, Refusal
from lantai.kit.formats.ofd.container import OfdBroken, opened_container
from lantai.kit.formats.ofd.document import Document, page_of, read_documents
from lantai.kit.formats.ofd.fonts import FontFile, installed_chinese_font
from lantai.kit.formats.ofd.geometry import Matrix
from lantai.kit.formats.ofd.letters import letter_matrix, letters
from lantai.kit.formats.ofd.paths import path_operators
from lantai.kit.formats.ofd.pdf_resources import PdfResources
from lantai.kit.formats.ofd.style import Paint, Style
from lantai.kit.formats.ofd.walk import Outline, Walk

_POINTS_PER_MM = 72 / 25.4
_LATIN = "latin-1"
_MISSING_IMAGE = "0.7 G 0.01 w 0 0 1 1 re 0 0 m 1 1 l 0 1 m 1 0 l S"
# A hollow box, as every reader shows for a letter that no font has.
_MISSING_LETTER = "q {at} cm 0.03 w 0.08 0 0.8 0.8 re S Q"


class FontNeeded(Refusal):
    """The document has Chinese text in fonts that are neither inside it nor on this machine."""

    message = N_(
        "文件没有嵌入字体“%(name)s”，服务器上也没有可替代的中文字体，不能预览。请安装中文字体，或下载查看。"
    )


def page_as_pdf(path: Path, index: int, *, font_file: Path | None = None) -> bytes:
    """The page at ``index``, with its annotations and seals, as a PDF of one page.

    Pages are counted from 0 through all documents of the package.
    Raises ``OfdBroken``, ``FontNeeded`` and the refusals of ``CappedZip``.
    """
    with opened_container(path) as container:
        document, number = page_of(read_documents(container), index)
        root = document.page(number)
        if root is None:
            raise OfdBroken(part=document.pages[number].location)
        box = document.box_of(root)
        canvas = PdfCanvas(box, font_file)
        Walk(document, canvas).page(root, document.pages[number].id)
        return canvas.finish()


class PdfCanvas:
    """Writes PDF operators; the first of them turns millimetres from above into points from below."""

    def __init__(
        self,
        box: tuple[float, float, float, float],
        font_file: Path | None,
        resources: PdfResources | None = None,
    ) -> None:
        self._stand_in_path = font_file
        self._resources = resources or PdfResources()
        self._fonts: dict[tuple[int, str], tuple[str, FontFile] | None] = {}
        self._images: dict[tuple[int, str], str] = {}
        k = _POINTS_PER_MM
        self._width, self._height = box[2] * k, box[3] * k
        self._page = Matrix(k, 0.0, 0.0, -k, -box[0] * k, self._height + box[1] * k)
        self._out = [f"{_cm(self._page)} cm"]

    def finish(self) -> bytes:
        return self._resources.page(*self.drawn())

    def drawn(self) -> tuple[bytes, float, float]:
        """The operators, and the size of the page in points."""
        return "\n".join(self._out).encode(_LATIN), self._width, self._height

    def begin(self) -> None:
        self._out.append("q")

    def end(self) -> None:
        self._out.append("Q")

    def clip(self, outlines: Sequence[Outline]) -> None:
        drawn = [operators for data, matrix in outlines if (operators := path_operators(data, matrix))]
        if drawn:
            self._out.append("\n".join(drawn) + " W n")

    def path(self, outline: Outline, style: Style, *, fill: bool, stroke: bool, is_even_odd: bool) -> None:
        drawn = path_operators(outline[0], Matrix())
        if not drawn:
            return
        self._out.append(f"{_cm(outline[1])} cm {style.line_operators()}")
        self._colours(style, outline[1], fill=fill, stroke=stroke)
        operator = {(True, True): "B", (True, False): "f", (False, True): "S"}[fill, stroke]
        self._out.append(f"{drawn}\n{operator}{'*' if is_even_odd else ''}")

    def image(self, document: Document, location: str, matrix: Matrix, opacity: float) -> None:
        key = id(document), location
        if key not in self._images:
            data = document.container.resource(location, near="") if location else None
            self._images[key] = self._resources.image(data) if data else ""
        if opacity < 1.0:
            self._out.append(f"{self._resources.transparency(opacity)} gs")
        self._draw_image(self._images[key], matrix)

    def picture(self, data: bytes, matrix: Matrix) -> None:
        name = self._resources.image(data)
        if name:
            self._draw_image(name, matrix)

    def text(self, document: Document, element: Any, matrix: Matrix, style: Style) -> None:
        fill, stroke = style.flag("Fill", default=True), style.flag("Stroke", default=False)
        mode = {(True, True): 2, (True, False): 0, (False, True): 1, (False, False): 3}[fill, stroke]
        self._out.append(f"{_cm(matrix)} cm {style.line_operators()}")
        self._colours(style, matrix, fill=fill, stroke=stroke)
        boxes: list[str] = []
        self._out.append(f"BT {mode} Tr")
        self._out += self._letters(document, element, boxes)
        self._out.append("ET")
        self._out += boxes

    def _draw_image(self, name: str, matrix: Matrix) -> None:
        self._out.append(f"{_cm(matrix)} cm")
        # A crossed box says that something is missing here; nothing would be a wrong picture.
        self._out.append(f"1 0 0 -1 0 1 cm {name} Do" if name else _MISSING_IMAGE)

    def _colours(self, style: Style, matrix: Matrix, *, fill: bool, stroke: bool) -> None:
        opacity = 1.0
        for name, is_wanted in (("StrokeColor", stroke), ("FillColor", fill)):
            if is_wanted:
                operators, opacity = self._colour(style, name, matrix, is_fill=name == "FillColor")
                self._out.append(operators)
        if opacity < 1.0:
            self._out.append(f"{self._resources.transparency(opacity)} gs")

    def _colour(self, style: Style, name: str, matrix: Matrix, *, is_fill: bool) -> tuple[str, float]:
        run, mesh = style.gradient(name), style.mesh(name)
        place, pattern, opacity = matrix.then(self._page), "", 1.0
        if run is not None:
            pattern, opacity = self._resources.gradient(run, place), run.opacity
        elif mesh is not None:
            pattern, opacity = self._resources.mesh(mesh, place), mesh.opacity
        if pattern:
            space, colour = ("cs", "scn") if is_fill else ("CS", "SCN")
            return f"/Pattern {space} {pattern} {colour}", opacity
        plain: Paint = style.paint(name)
        operator = plain.fill_operator if is_fill else plain.stroke_operator
        return f"{plain.operands} {operator}", plain.opacity

    def _letters(self, document: Document, element: Any, boxes: list[str]) -> Iterator[str]:
        shape = letter_matrix(element)
        turned = " ".join(f"{v:.4f}" for v in shape[:4])
        reference = element.get("Font") or ""
        for letter in letters(element):
            if letter.glyph is None and (letter.character.isspace() or not letter.character.isprintable()):
                continue
            shown = self._glyph(document, reference, letter.character, letter.glyph)
            if shown:
                yield f"{shown[0]} 1 Tf {turned} {letter.x:.4f} {letter.y:.4f} Tm {shown[1]} Tj"
            else:
                boxes.append(_MISSING_LETTER.format(at=f"{turned} {letter.x:.4f} {letter.y:.4f}"))

    def _glyph(
        self, document: Document, reference: str, character: str, given: int | None
    ) -> tuple[str, str] | None:
        """Font and string to show ``character`` with; None where the fonts at hand do not have it."""
        own = self._own_font(document, reference)
        if own is not None and given is not None:
            return own[0], f"<{given & 0xFFFF:04x}>"
        if own is not None and (glyph := own[1].glyph(character)):
            return own[0], f"<{glyph:04x}>"
        stand_in = self._stand_in()
        if stand_in is not None and (glyph := stand_in[1].glyph(character)):
            return stand_in[0], f"<{glyph:04x}>"
        if character.isascii() and character.isprintable():
            return self._resources.latin(), f"<{ord(character):02x}>"
        if stand_in is not None or own is not None:
            return None
        font = document.resources.fonts.get(reference)
        raise FontNeeded(name=font.name if font else reference)

    def _own_font(self, document: Document, reference: str) -> tuple[str, FontFile] | None:
        key = id(document), reference
        if key not in self._fonts:
            font = document.resources.fonts.get(reference)
            data = document.container.resource(font.file, near="") if font and font.file else None
            self._fonts[key] = self._resources.font(data) if data else None
        return self._fonts[key]

    def _stand_in(self) -> tuple[str, FontFile] | None:
        key = 0, ""
        if key not in self._fonts:
            path = self._stand_in_path or installed_chinese_font()
            self._fonts[key] = self._resources.font(path.read_bytes()) if path else None
        return self._fonts[key]


def _cm(matrix: Matrix) -> str:
    return " ".join(f"{v:.6f}" for v in matrix)
