"""One OFD page as a PDF page: outlines, pictures and letters become what PDF has for them; PDFium draws.

Letters use the fonts inside the document by glyph number; for others a stand-in font is needed. A gradient is
shown by its first colour; the picture of an electronic seal, which lives in the signature, is not drawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf
from PIL import Image

from lantai.kit.errors import N_, Refusal
from lantai.kit.formats.images import ImageBroken, PixelFlood, opened_image
from lantai.kit.formats.ofd.container import OfdBroken, children, numbers, opened_container, text_of
from lantai.kit.formats.ofd.document import Document, read_document
from lantai.kit.formats.ofd.fonts import FontFile, installed_chinese_font
from lantai.kit.formats.ofd.geometry import Matrix, offsets, placed
from lantai.kit.formats.ofd.paths import path_operators
from lantai.kit.formats.ofd.style import Paint, Style

_POINTS_PER_MM = 72 / 25.4
_MAX_DEPTH = 8
_MAX_IMAGE_PIXELS = 60_000_000
_LATIN = "latin-1"


class FontNeeded(Refusal):
    """The document has Chinese text in fonts that are neither inside it nor on this machine."""

    message = N_(
        "文件没有嵌入字体“%(name)s”，服务器上也没有可替代的中文字体，不能预览。请安装中文字体，或下载查看。"
    )


def page_as_pdf(path: Path, index: int, *, font_file: Path | None = None) -> bytes:
    """The page at ``index`` (from 0) as a PDF of one page.

    Raises ``OfdBroken``, ``FontNeeded`` and the refusals of ``CappedZip``.
    """
    with opened_container(path) as container:
        document = read_document(container)
        root = document.page(index)
        if root is None:
            raise OfdBroken(part=document.pages[index].location)
        return _Sheet(document, font_file).draw(root, document.pages[index].id)


class _Sheet:
    """The PDF page under construction."""

    def __init__(self, document: Document, font_file: Path | None) -> None:
        self.document = document
        self.resources = document.resources
        self.stand_in_path = font_file
        self.pdf = pikepdf.Pdf.new()
        self.page_fonts: dict[str, Any] = {}
        self.images: dict[str, Any] = {}
        self.states: dict[float, str] = {}
        self.fonts: dict[str, tuple[str, FontFile] | None] = {}
        self.image_names: dict[str, str] = {}
        self.out: list[str] = []

    def draw(self, root: Any, page_id: str) -> bytes:
        box = self.document.box_of(root)
        width, height = box[2] * _POINTS_PER_MM, box[3] * _POINTS_PER_MM
        k = _POINTS_PER_MM
        self.out.append(f"{k:.6f} 0 0 {-k:.6f} {-box[0] * k:.4f} {height + box[1] * k:.4f} cm")
        for layer in self.document.layers(root):
            self._objects(layer, Matrix(), layer, 0)
        self._annotations(page_id)
        return self._finish(width, height)

    def _finish(self, width: float, height: float) -> bytes:
        page = self.pdf.add_blank_page(page_size=(min(width, 14400), min(height, 14400)))
        states = {name[1:]: pikepdf.Dictionary(ca=value, CA=value) for value, name in self.states.items()}
        page.obj.Resources = pikepdf.Dictionary(
            Font=pikepdf.Dictionary(self.page_fonts),
            XObject=pikepdf.Dictionary(self.images),
            ExtGState=pikepdf.Dictionary({f"/{n}": s for n, s in states.items()}),
        )
        page.obj.Contents = self.pdf.make_stream("\n".join(self.out).encode(_LATIN))
        target = BytesIO()
        self.pdf.save(target, compress_streams=False)
        return target.getvalue()

    def _annotations(self, page_id: str) -> None:
        location = self.document.annotations.get(page_id)
        found = self.document.container.xml(location) if location else None
        if not found:
            return
        for note in children(found[1], "Annot"):
            if (note.get("Visible") or "true").lower() == "false":
                continue
            for appearance in children(note, "Appearance"):
                self._objects(appearance, placed(appearance.get("Boundary"), None), appearance, 0)

    def _objects(self, parent: Any, outer: Matrix, layer: Any, depth: int) -> None:
        drawers = {"TextObject": self._text, "PathObject": self._path, "ImageObject": self._image}
        for element in parent.iterchildren("{*}*"):
            kind = element.tag.rpartition("}")[2]
            if (element.get("Visible") or "true").lower() == "false":
                continue
            if kind in drawers:
                self._one(element, outer, layer, drawers[kind])
            elif depth < _MAX_DEPTH and kind in {"PageBlock", "Content", "Layer"}:
                self._objects(element, outer, layer, depth + 1)
            elif depth < _MAX_DEPTH and kind == "CompositeObject":
                inner = placed(element.get("Boundary"), element.get("CTM")).then(outer)
                unit = self.resources.composites.get(element.get("ResourceID") or "")
                if unit is not None:
                    self._objects(unit, inner, element, depth + 1)

    def _one(self, element: Any, outer: Matrix, layer: Any, drawer: Any) -> None:
        matrix = placed(element.get("Boundary"), element.get("CTM")).then(outer)
        self.out.append("q")
        self._clip(element, outer)
        drawer(element, matrix, Style(element, self.resources, layer))
        self.out.append("Q")

    def _clip(self, element: Any, outer: Matrix) -> None:
        for clips in children(element, "Clips"):
            with_object = (clips.get("TransFlag") or "true").lower() != "false"
            place = placed(element.get("Boundary"), element.get("CTM") if with_object else None).then(outer)
            for clip in children(clips, "Clip"):
                outlines = [self._clip_area(area, place) for area in children(clip, "Area")]
                if any(outlines):
                    self.out.append("\n".join(outlines) + " W n")

    def _clip_area(self, area: Any, place: Matrix) -> str:
        own = Matrix.parse(area.get("CTM")).then(place)
        return "\n".join(
            path_operators(
                text_of(path, "AbbreviatedData"), placed(path.get("Boundary"), path.get("CTM")).then(own)
            )
            for path in children(area, "Path")
        )

    def _path(self, element: Any, matrix: Matrix, style: Style) -> None:
        outline = path_operators(text_of(element, "AbbreviatedData"), Matrix())
        fill, stroke = style.flag("Fill", default=False), style.flag("Stroke", default=True)
        if not outline or not (fill or stroke):
            return
        self.out.append(f"{_cm(matrix)} cm {style.line_operators()}")
        self._colours(style, fill=fill, stroke=stroke)
        even_odd = "*" if fill and (element.get("Rule") or "") == "Even-Odd" else ""
        operator = {(True, True): "B", (True, False): "f", (False, True): "S"}[fill, stroke]
        self.out.append(f"{outline}\n{operator}{even_odd}")

    def _colours(self, style: Style, *, fill: bool, stroke: bool) -> None:
        opacity = 1.0
        if stroke:
            line = style.paint("StrokeColor")
            self.out.append(f"{line.operands} {line.stroke_operator}")
            opacity = line.opacity
        if fill:
            inside: Paint = style.paint("FillColor")
            self.out.append(f"{inside.operands} {inside.fill_operator}")
            opacity = inside.opacity
        if opacity < 1.0:
            name = self.states.setdefault(round(opacity, 3), f"/A{len(self.states)}")
            self.out.append(f"{name} gs")

    def _image(self, element: Any, matrix: Matrix, style: Style) -> None:
        if element.get("CTM") is None:
            corner = numbers(element.get("Boundary"))
            matrix = Matrix(a=corner[2], d=corner[3]).then(matrix) if len(corner) == 4 else matrix
        name = self._image_name(element.get("ResourceID") or "")
        if style.opacity < 1.0:
            state = self.states.setdefault(round(style.opacity, 3), f"/A{len(self.states)}")
            self.out.append(f"{state} gs")
        self.out.append(f"{_cm(matrix)} cm")
        if name:
            self.out.append(f"1 0 0 -1 0 1 cm {name} Do")
        else:  # a crossed box says that something is missing here; nothing would be a wrong picture
            self.out.append("0.7 G 0.01 w 0 0 1 1 re 0 0 m 1 1 l 0 1 m 1 0 l S")

    def _image_name(self, reference: str) -> str:
        if reference not in self.image_names:
            location = self.resources.media.get(reference)
            data = self.document.container.resource(location, near="") if location else None
            self.image_names[reference] = self._embed_image(data) if data else ""
        return self.image_names[reference]

    def _embed_image(self, data: bytes) -> str:
        try:
            with opened_image(BytesIO(data), max_pixels=_MAX_IMAGE_PIXELS) as picture:
                colours = picture.convert("RGBA")
        except (ImageBroken, PixelFlood):
            return ""
        name = f"/Im{len(self.images)}"
        stream = self._raster(colours.convert("RGB"), "/DeviceRGB")
        stream["/SMask"] = self._raster(colours.getchannel("A"), "/DeviceGray")
        self.images[name] = stream
        return name

    def _raster(self, picture: Image.Image, space: str) -> Any:
        return self.pdf.make_stream(
            picture.tobytes(),
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Image,
            Width=picture.width,
            Height=picture.height,
            ColorSpace=pikepdf.Name(space),
            BitsPerComponent=8,
        )

    def _text(self, element: Any, matrix: Matrix, style: Style) -> None:
        fill, stroke = style.flag("Fill", default=True), style.flag("Stroke", default=False)
        mode = {(True, True): 2, (True, False): 0, (False, True): 1, (False, False): 3}[fill, stroke]
        self.out.append(f"{_cm(matrix)} cm {style.line_operators()}")
        self._colours(style, fill=fill, stroke=stroke)
        self.out.append(f"BT {mode} Tr")
        for letter in self._letters(element):
            self.out.append(letter)
        self.out.append("ET")

    def _letters(self, element: Any) -> Iterator[str]:
        size = (numbers(element.get("Size")) or [3.5])[0]
        wide = (numbers(element.get("HScale")) or [1.0])[0]
        turned = _turned(element.get("CharDirection"), size, wide)
        given = _given_glyphs(element)
        position, x, y = 0, 0.0, 0.0
        for code in children(element, "TextCode"):
            text = code.text or ""
            x = (numbers(code.get("X")) or [x])[0]
            y = (numbers(code.get("Y")) or [y])[0]
            across, down = offsets(code.get("DeltaX"), len(text)), offsets(code.get("DeltaY"), len(text))
            for index, character in enumerate(text):
                shown = self._glyph(element.get("Font") or "", character, given.get(position))
                if shown:
                    yield f"{shown[0]} 1 Tf {turned} {x:.4f} {y:.4f} Tm {shown[1]} Tj"
                x += across[index] if index < len(across) else (0.0 if down else size * wide)
                y += down[index] if index < len(down) else 0.0
                position += 1

    def _glyph(self, reference: str, character: str, given: int | None) -> tuple[str, str] | None:
        """Font and string to show ``character`` with; None for white space."""
        own = self._own_font(reference)
        if own is not None and given is not None:
            return own[0], f"<{given & 0xFFFF:04x}>"
        if own is not None and (glyph := own[1].glyph(character)):
            return own[0], f"<{glyph:04x}>"
        if character.isspace() or not character.isprintable():
            return None
        stand_in = self._stand_in()
        if stand_in is not None and (glyph := stand_in[1].glyph(character)):
            return stand_in[0], f"<{glyph:04x}>"
        if character.isascii():
            return self._latin(), f"<{ord(character):02x}>"
        font = self.resources.fonts.get(reference)
        raise FontNeeded(name=font.name if font else reference)

    def _own_font(self, reference: str) -> tuple[str, FontFile] | None:
        if reference not in self.fonts:
            font = self.resources.fonts.get(reference)
            data = self.document.container.resource(font.file, near="") if font and font.file else None
            self.fonts[reference] = self._embed_font(data) if data else None
        return self.fonts[reference]

    def _stand_in(self) -> tuple[str, FontFile] | None:
        key = "\x00stand-in"
        if key not in self.fonts:
            path = self.stand_in_path or installed_chinese_font()
            self.fonts[key] = self._embed_font(path.read_bytes()) if path else None
        return self.fonts[key]

    def _embed_font(self, data: bytes) -> tuple[str, FontFile]:
        name = f"/F{len(self.page_fonts)}"
        descriptor = pikepdf.Dictionary(
            Type=pikepdf.Name.FontDescriptor,
            FontName=pikepdf.Name(name),
            Flags=4,
            FontBBox=[-1000, -1000, 2000, 2000],
            ItalicAngle=0,
            Ascent=880,
            Descent=-120,
            CapHeight=880,
            StemV=80,
            FontFile2=self.pdf.make_stream(data),
        )
        inner = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.CIDFontType2,
            BaseFont=pikepdf.Name(name),
            CIDSystemInfo=pikepdf.Dictionary(Registry="Adobe", Ordering="Identity", Supplement=0),
            CIDToGIDMap=pikepdf.Name.Identity,
            FontDescriptor=self.pdf.make_indirect(descriptor),
        )
        self.page_fonts[name] = pikepdf.Dictionary(
            Type=pikepdf.Name.Font,
            Subtype=pikepdf.Name.Type0,
            BaseFont=pikepdf.Name(name),
            Encoding=pikepdf.Name("/Identity-H"),
            DescendantFonts=[self.pdf.make_indirect(inner)],
        )
        return name, FontFile(data)

    def _latin(self) -> str:
        self.page_fonts.setdefault(
            "/Latin",
            pikepdf.Dictionary(
                Type=pikepdf.Name.Font,
                Subtype=pikepdf.Name.Type1,
                BaseFont=pikepdf.Name("/Times-Roman"),
                Encoding=pikepdf.Name.WinAnsiEncoding,
            ),
        )
        return "/Latin"


def _given_glyphs(element: Any) -> dict[int, int]:
    """Glyph number by position of the character, from the CGTransform elements that map one to one."""
    found: dict[int, int] = {}
    for change in children(element, "CGTransform"):
        start = int((numbers(change.get("CodePosition")) or [0])[0])
        codes = int((numbers(change.get("CodeCount")) or [1])[0])
        glyphs = [int(g) for g in numbers(text_of(change, "Glyphs"))]
        if codes == len(glyphs):
            found |= {start + i: g for i, g in enumerate(glyphs)}
    return found


def _turned(direction: str | None, size: float, wide: float) -> str:
    """The first four numbers of a letter's matrix: its size, turned clockwise by quarters, upright."""
    quarter = int((numbers(direction) or [0])[0]) // 90 % 4
    cosine, sine = ((1, 0), (0, 1), (-1, 0), (0, -1))[quarter]
    a, b, c, d = size * wide * cosine, size * wide * sine, size * sine, -size * cosine
    return f"{a:.4f} {b:.4f} {c:.4f} {d:.4f}"


def _cm(matrix: Matrix) -> str:
    return " ".join(f"{v:.6f}" for v in matrix)
