"""A page of an OFD as SVG: the outlines of its letters, its words and its pictures in one file."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from lxml import etree

from lantai.kit.formats.ofd.container import OfdBroken, opened_container
from lantai.kit.formats.ofd.document import Document, page_of, read_documents
from lantai.kit.formats.ofd.fonts import installed_chinese_font
from lantai.kit.formats.ofd.geometry import IDENTITY, Matrix
from lantai.kit.formats.ofd.glyphs import glyph_path
from lantai.kit.formats.ofd.letters import Letter, letter_matrix, letters, size_of
from lantai.kit.formats.ofd.package import xml_text
from lantai.kit.formats.ofd.paths import path_operators
from lantai.kit.formats.ofd.pictures import decoded_picture
from lantai.kit.formats.ofd.shading import Gradient, Stop
from lantai.kit.formats.ofd.style import Paint, Style
from lantai.kit.formats.ofd.subset import FontUnfit, TrueType
from lantai.kit.formats.ofd.walk import Outline, Walk

_SVG = "http://www.w3.org/2000/svg"
_BROWSER_FORMATS = ((b"\x89PNG", "png"), (b"\xff\xd8\xff", "jpeg"), (b"GIF8", "gif"))
_VERBS = {"m": "M", "l": "L", "c": "C", "h": "Z"}
_FALLBACK = "serif"
_SOURCES = {"fill": "FillColor", "stroke": "StrokeColor"}


def page_svg(path: Path, index: int, *, font_file: Path | None = None) -> bytes:
    """The page at ``index``, with its annotations and seals, as an SVG document in UTF-8.

    Pages are counted from 0 through all documents of the package.
    Letters are drawn by the outlines of the fonts inside, else of ``font_file`` or a Chinese font of
    this machine, and their words lie over them unseen, to be found and copied. Letters that none of
    these has are left to the fonts of whoever looks at it. Raises ``OfdBroken``, ``FontUnfit`` and the
    refusals of ``CappedZip``.
    """
    with opened_container(path) as container:
        document, number = page_of(read_documents(container), index)
        root = document.page(number)
        if root is None:
            raise OfdBroken(part=document.pages[number].location)
        stand_in = font_file or installed_chinese_font()
        fallback = TrueType.load(stand_in) if stand_in else None
        canvas = _SvgCanvas(document.box_of(root), fallback)
        Walk(document, canvas).page(root, document.pages[number].id)
        return canvas.finish()


class _SvgCanvas:
    """Builds the tree; groups stand for what is clipped together."""

    def __init__(self, box: tuple[float, float, float, float], stand_in: TrueType | None) -> None:
        self._stand_in = stand_in
        self._shapes: dict[tuple[int, int], str] = {}
        x, y, width, height = box
        self._root = etree.Element(f"{{{_SVG}}}svg", nsmap={None: _SVG})
        self._root.set("viewBox", " ".join(f"{v:g}" for v in box))
        self._root.set("width", f"{width:g}mm")
        self._root.set("height", f"{height:g}mm")
        self._definitions = self._add(self._root, "defs")
        self._add(self._root, "rect", x=x, y=y, width=width, height=height, fill="#fff")
        self._open: list[list[Any]] = [[self._root]]
        self._fonts: dict[tuple[int, str], TrueType | None] = {}
        self._images: dict[tuple[int, str], str] = {}
        self._clips = self._gradients = 0

    def finish(self) -> bytes:
        return bytes(etree.tostring(self._root, xml_declaration=True, encoding="UTF-8"))

    def begin(self) -> None:
        self._open.append([self._here])

    def end(self) -> None:
        self._open.pop()

    def clip(self, outlines: Sequence[Outline]) -> None:
        self._clips += 1
        name = f"c{self._clips}"
        area = self._add(self._definitions, "clipPath", id=name)
        for data, matrix in outlines:
            self._add(area, "path", d=_data(data, matrix))
        self._open[-1].append(self._add(self._here, "g", **{"clip-path": f"url(#{name})"}))

    def path(self, outline: Outline, style: Style, *, fill: bool, stroke: bool, is_even_odd: bool) -> None:
        data = _data(outline[0], Matrix())
        if data:
            made = self._add(self._here, "path", d=data, transform=_transform(outline[1]))
            self._paint(made, style, fill=fill, stroke=stroke)
            if is_even_odd:
                made.set("fill-rule", "evenodd")

    def image(self, document: Document, location: str, matrix: Matrix, opacity: float) -> None:
        key = id(document), location
        if key not in self._images:
            data = document.container.resource(location, near="") if location else None
            self._images[key] = _data_uri(data) if data else ""
        self._draw(self._images[key], matrix, opacity)

    def picture(self, data: bytes, matrix: Matrix) -> None:
        uri = _data_uri(data)
        if uri:
            self._draw(uri, matrix, 1.0)

    def text(self, document: Document, element: Any, matrix: Matrix, style: Style) -> None:
        font = self._font(document, element.get("Font") or "")
        group = self._add(self._here, "g", transform=_transform(matrix))
        fill, stroke = style.flag("Fill", default=True), style.flag("Stroke", default=False)
        self._paint(group, style, fill=fill, stroke=stroke)
        wanted = [name for name, is_wanted in (("fill", fill), ("stroke", stroke)) if is_wanted]
        runs = [(name, run) for name in wanted if (run := style.gradient(_SOURCES[name])) is not None]
        shape = letter_matrix(element)
        drawn: list[Letter] = []
        others: list[Letter] = []
        for letter in letters(element):
            name = self._shape(font, letter)
            (others if name is None and letter.character.strip() else drawn).append(letter)
            if name:
                place = shape.then(Matrix(e=letter.x, f=letter.y))
                made = self._add(group, "use", href=f"#{name}", transform=_transform(place))
                for attribute, run in runs:  # measured where the letter is, not where its group is
                    made.set(attribute, self._gradient(run, place.inverse() or IDENTITY))
        if stroke:
            group.set("stroke-width", f"{style.line_mm / (size_of(element) or 1.0):g}")
        self._words(group, element, drawn, is_seen=False)
        self._words(group, element, others, is_seen=True)

    def _shape(self, font: TrueType | None, letter: Letter) -> str | None:
        """The name of a letter's outline; empty for a blank, None where no font at hand has it."""
        for face in (font, self._stand_in):
            given = letter.glyph if face is font else None
            glyph = given if given is not None else face.glyph(letter.character) if face else 0
            data = glyph_path(face, glyph) if face and glyph else None
            if data is not None:
                return self._defined(id(face), glyph, data)
        return None

    def _defined(self, face: int, glyph: int, data: str) -> str:
        if not data:
            return ""
        if (face, glyph) not in self._shapes:
            name = self._shapes[face, glyph] = f"g{len(self._shapes)}"
            self._add(self._definitions, "path", id=name, d=data)
        return self._shapes[face, glyph]

    def _words(self, group: Any, element: Any, found: list[Letter], *, is_seen: bool) -> None:
        """Letters as text; unseen ones lie over their outlines."""
        shape, size = letter_matrix(element), size_of(element)
        # A letter's own matrix has its height in it and y upwards; SVG has both already.
        turn = Matrix(shape.a / size, shape.b / size, -shape.c / size, -shape.d / size) if size else Matrix()
        for run in ([found] if found else []) if turn == IDENTITY else [[one] for one in found]:
            made = self._add(group, "text")
            made.set("font-size", f"{size:g}")
            made.set("font-family", _FALLBACK)
            if turn == IDENTITY:
                made.set("x", " ".join(f"{one.x:g}" for one in run))
                made.set("y", " ".join(f"{one.y:g}" for one in run))
            else:
                made.set("transform", _transform(turn.then(Matrix(e=run[0].x, f=run[0].y))))
            if not is_seen:
                made.set("opacity", "0")
            made.text = xml_text("".join(one.character for one in run))

    def _paint(self, made: Any, style: Style, *, fill: bool, stroke: bool) -> None:
        made.set("fill", "none")
        for name, wanted in (("fill", fill), ("stroke", stroke)):
            if wanted:
                run = style.gradient(_SOURCES[name])
                plain = style.paint(_SOURCES[name])
                made.set(name, self._gradient(run, IDENTITY) if run is not None else _colour(plain))
                opacity = run.opacity if run is not None else plain.opacity
                if opacity < 1.0:
                    made.set(f"{name}-opacity", f"{opacity:.3f}")
        if stroke:
            made.set("stroke-width", f"{style.line_mm:g}")

    def _gradient(self, run: Gradient, place: Matrix) -> str:
        """A reference to a run of colours; ``place`` leads from the object's space to that of the element."""
        self._gradients += 1
        name = f"s{self._gradients}"
        (x1, y1), (x2, y2) = run.start, run.end
        stops, extends = list(run.stops), run.extends
        if run.radii is None:
            made = self._add(self._definitions, "linearGradient", x1=x1, y1=y1, x2=x2, y2=y2)
        else:
            inner, outer = run.radii
            if inner > outer:  # SVG goes from the smaller circle to the larger one
                inner, outer, x1, y1, x2, y2 = outer, inner, x2, y2, x1, y1
                stops, extends = [Stop(1 - one.at, one.colour) for one in reversed(stops)], extends[::-1]
            made = self._add(
                self._definitions, "radialGradient", fx=x1, fy=y1, fr=inner, cx=x2, cy=y2, r=outer
            )
        made.set("id", name)
        made.set("gradientUnits", "userSpaceOnUse")
        made.set("gradientTransform", _transform(run.matrix.then(place)))
        self._stops(made, stops, extends)
        return f"url(#{name})"

    def _stops(self, made: Any, stops: list[Stop], extends: tuple[bool, bool]) -> None:
        """SVG goes on with the outermost colours; where they must not, a clear stop lies at the edge."""
        before = [(stops[0], 0)] if not extends[0] else []
        after = [(stops[-1], 0)] if not extends[1] else []
        for one, opacity in [*before, *((stop, 1) for stop in stops), *after]:
            colour = "#" + "".join(f"{round(v * 255):02x}" for v in one.colour)
            stop = self._add(made, "stop", offset=f"{one.at:.5f}")
            stop.set("stop-color", colour)
            if not opacity:
                stop.set("stop-opacity", "0")

    @property
    def _here(self) -> Any:
        return self._open[-1][-1]

    def _draw(self, uri: str, matrix: Matrix, opacity: float) -> None:
        if uri:
            made = self._add(self._here, "image", width=1, height=1, href=uri, preserveAspectRatio="none")
        else:
            made = self._add(
                self._here, "path", d="M0 0H1V1H0ZM0 0L1 1M0 1L1 0", fill="none", stroke="#b2b2b2"
            )
            made.set("stroke-width", "0.01")
        made.set("transform", _transform(matrix))
        if opacity < 1.0:
            made.set("opacity", f"{opacity:.3f}")

    def _font(self, document: Document, reference: str) -> TrueType | None:
        key = id(document), reference
        if key not in self._fonts:
            font = document.resources.fonts.get(reference)
            data = document.container.resource(font.file, near="") if font and font.file else None
            self._fonts[key] = _readable(data) if data else None
        return self._fonts[key]

    def _add(self, parent: Any, name: str, **attributes: object) -> Any:
        made = etree.SubElement(parent, f"{{{_SVG}}}{name}")
        for key, value in attributes.items():
            made.set(key, f"{value:g}" if isinstance(value, float) else str(value))
        return made


def _readable(data: bytes) -> TrueType | None:
    try:
        return TrueType(data)
    except FontUnfit:
        return None


def _colour(paint: Paint) -> str:
    values = [float(word) for word in paint.operands.split()]
    if len(values) == 1:
        values *= 3
    if len(values) == 4:
        values = [(1 - ink) * (1 - values[3]) for ink in values[:3]]
    return "#" + "".join(f"{round(v * 255):02x}" for v in values)


def _data(data: str, matrix: Matrix) -> str:
    drawn = (line.rpartition(" ") for line in path_operators(data, matrix).splitlines())
    return " ".join(f"{_VERBS[verb]}{points}" for points, _, verb in drawn)


def _transform(matrix: Matrix) -> str:
    return f"matrix({' '.join(f'{v:.6g}' for v in matrix)})"


def _data_uri(data: bytes) -> str:
    """The picture as it is where browsers know its format, else as PNG; empty when it cannot be decoded."""
    picture = decoded_picture(data)
    if picture is None:
        return ""
    kind = next((kind for mark, kind in _BROWSER_FORMATS if data.startswith(mark)), None)
    if kind is None:
        out = BytesIO()
        picture.save(out, "PNG")
        data, kind = out.getvalue(), "png"
    return f"data:image/{kind};base64,{base64.b64encode(data).decode('ascii')}"
