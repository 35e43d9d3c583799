"""Going through all that is seen on a page, from back to front, whatever it is drawn on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from lantai.kit.formats.ofd.container import children, numbers, text_of
from lantai.kit.formats.ofd.document import Document
from lantai.kit.formats.ofd.geometry import IDENTITY, Matrix, placed
from lantai.kit.formats.ofd.patterns import Pattern, pattern_of
from lantai.kit.formats.ofd.stamps import SeenStamp, stamps_of, vector_seal
from lantai.kit.formats.ofd.style import Style

_MAX_DEPTH = 8
Outline = tuple[str, Matrix]


class Canvas(Protocol):
    """What a page is drawn on. Lengths are millimetres, y grows downwards."""

    def begin(self) -> None:
        """What follows, up to ``end``, shares its clips."""
        ...

    def clip(self, outlines: Sequence[Outline]) -> None:
        """Show only what lies inside the outlines, until ``end``."""
        ...

    def end(self) -> None:
        """Forget the clips since ``begin``."""
        ...

    def path(self, outline: Outline, style: Style, *, fill: bool, stroke: bool, is_even_odd: bool) -> None:
        """Fill and stroke an outline."""
        ...

    def image(self, document: Document, location: str, matrix: Matrix, opacity: float) -> None:
        """Draw a picture; ``matrix`` leads from the unit square to the page."""
        ...

    def picture(self, data: bytes, matrix: Matrix) -> None:
        """Draw a picture that is no part of the package."""
        ...

    def text(self, document: Document, element: Any, matrix: Matrix, style: Style) -> None:
        """Draw a text object."""
        ...


class Walk:
    """Draws the pages of a document on a canvas."""

    def __init__(self, document: Document, canvas: Canvas, *, depth: int = 0) -> None:
        self._document, self._canvas, self._depth = document, canvas, depth

    def page(self, root: Any, page_id: str, outer: Matrix = IDENTITY) -> None:
        """Draw a page with its templates, annotations and seals."""
        for layer in self._document.layers(root):
            self._objects(layer, outer, layer, 0)
        self._annotations(page_id, outer)
        for stamp in stamps_of(self._document, page_id):
            self._stamp(stamp, outer)

    def _annotations(self, page_id: str, outer: Matrix) -> None:
        location = self._document.annotations.get(page_id)
        found = self._document.container.xml(location) if location else None
        if not found:
            return
        for note in children(found[1], "Annot"):
            if (note.get("Visible") or "true").lower() != "false":
                for appearance in children(note, "Appearance"):
                    place = placed(appearance.get("Boundary"), None).then(outer)
                    self._objects(appearance, place, appearance, 0)

    def _stamp(self, stamp: SeenStamp, outer: Matrix) -> None:
        """A seal's picture in its box, cut where it runs over several pages."""
        x, y, width, height = stamp.box
        self._canvas.begin()
        if stamp.clip is not None:
            left, top, wide, high = stamp.clip
            frame = (
                f"M {left} {top} L {left + wide} {top} L {left + wide} {top + high} L {left} {top + high} C"
            )
            self._canvas.clip([(frame, Matrix(e=x, f=y).then(outer))])
        place = Matrix(width, 0.0, 0.0, height, x, y).then(outer)
        if not stamp.is_vector:
            self._canvas.picture(stamp.picture, place)
        elif self._depth == 0:
            self._vector_stamp(stamp, place)
        self._canvas.end()

    def _vector_stamp(self, stamp: SeenStamp, place: Matrix) -> None:
        """A seal that is itself an OFD of one page; one inside another is not followed."""
        with vector_seal(stamp.picture) as seal:
            root = seal.page(0) if seal is not None and seal.pages else None
            if seal is None or root is None:
                return
            box = seal.box_of(root)
            scale = Matrix(1 / box[2], 0.0, 0.0, 1 / box[3], -box[0] / box[2], -box[1] / box[3])
            Walk(seal, self._canvas, depth=1).page(root, seal.pages[0].id, scale.then(place))

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
                unit = self._document.resources.composites.get(element.get("ResourceID") or "")
                if unit is not None:
                    self._objects(unit, inner, element, depth + 1)

    def _one(self, element: Any, outer: Matrix, layer: Any, drawer: Any) -> None:
        matrix = placed(element.get("Boundary"), element.get("CTM")).then(outer)
        self._canvas.begin()
        self._clip(element, outer)
        drawer(element, matrix, Style(element, self._document.resources, layer))
        self._canvas.end()

    def _clip(self, element: Any, outer: Matrix) -> None:
        for clips in children(element, "Clips"):
            with_object = (clips.get("TransFlag") or "true").lower() != "false"
            place = placed(element.get("Boundary"), element.get("CTM") if with_object else None).then(outer)
            for clip in children(clips, "Clip"):
                outlines = [one for area in children(clip, "Area") for one in _clip_outlines(area, place)]
                if outlines:
                    self._canvas.clip(outlines)

    def _path(self, element: Any, matrix: Matrix, style: Style) -> None:
        data = text_of(element, "AbbreviatedData")
        fill, stroke = style.flag("Fill", default=False), style.flag("Stroke", default=True)
        pattern = pattern_of(style.source("FillColor")) if fill else None
        if pattern is not None:
            self._canvas.begin()
            self._canvas.clip([(data, matrix)])
            self._pattern(pattern, element, matrix)
            self._canvas.end()
            fill = False
        if data and (fill or stroke):
            is_even_odd = fill and (element.get("Rule") or "") == "Even-Odd"
            self._canvas.path((data, matrix), style, fill=fill, stroke=stroke, is_even_odd=is_even_odd)

    def _pattern(self, pattern: Pattern, element: Any, matrix: Matrix) -> None:
        corner = numbers(element.get("Boundary"))
        size = (corner[2], corner[3]) if len(corner) == 4 else (0.0, 0.0)
        for tile in pattern.tiles(*size):
            self._objects(pattern.cell, tile.then(matrix), pattern.cell, _MAX_DEPTH - 1)

    def _image(self, element: Any, matrix: Matrix, style: Style) -> None:
        if element.get("CTM") is None:
            corner = numbers(element.get("Boundary"))
            matrix = Matrix(a=corner[2], d=corner[3]).then(matrix) if len(corner) == 4 else matrix
        reference = element.get("ResourceID") or ""
        if not reference:  # producers leave such objects behind; they name no picture
            return
        location = self._document.resources.media.get(reference, "")
        self._canvas.image(self._document, location, matrix, style.opacity)

    def _text(self, element: Any, matrix: Matrix, style: Style) -> None:
        if style.opacity > 0:  # the words behind a scanned page need no font
            self._canvas.text(self._document, element, matrix, style)


def _clip_outlines(area: Any, place: Matrix) -> list[Outline]:
    own = Matrix.parse(area.get("CTM")).then(place)
    found = [
        (text_of(path, "AbbreviatedData"), placed(path.get("Boundary"), path.get("CTM")).then(own))
        for path in children(area, "Path")
    ]
    return [outline for outline in found if outline[0]]
