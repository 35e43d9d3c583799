"""Blocks laid out on pages: where every line of words, rule and picture stands, in millimetres."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from lantai.kit.formats.ofd.blocks import (
    FOUR,
    Align,
    Block,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    Sheet,
    Table,
)
from lantai.kit.formats.ofd.lines import broken_lines

_CELL_PAD = 1.6
_ASCENT = 0.86
_PICTURE_GAP = 2.0
_STRETCH_EM = 0.5  # a justified line is never torn apart further than this


class Face(Protocol):
    """What laying out needs to know of a font."""

    def advance(self, character: str) -> float:
        """How far the pen moves after ``character``, in parts of the em."""
        ...


@dataclass(frozen=True, slots=True)
class TextLine:
    """Words from ``x`` with their baseline at ``y``; ``steps`` lead from each character to the next."""

    text: str
    x: float
    y: float
    size: float
    steps: tuple[float, ...]
    is_bold: bool = False
    tag: str = ""

    @property
    def width(self) -> float:
        """From the first letter's left edge to the last one's."""
        return sum(self.steps)


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight line."""

    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """A picture, by its place among the pictures of the document, and its box."""

    picture: Picture
    x: float
    y: float
    width: float
    height: float


@dataclass(slots=True)
class LaidPage:
    """One page."""

    lines: list[TextLine] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    pictures: list[PlacedPicture] = field(default_factory=list)


class Layout:
    """Puts block after block on the sheet and begins a new page where one is full."""

    def __init__(self, sheet: Sheet, face: Face, bold: Face, aspect_of: AspectOf) -> None:
        self._sheet, self._face, self._bold, self._aspect_of = sheet, face, bold, aspect_of
        self.pages: list[LaidPage] = [LaidPage()]
        self._y = sheet.top_mm

    def put(self, blocks: Sequence[Block]) -> list[LaidPage]:
        """The pages with all ``blocks`` on them."""
        for block in blocks:
            match block:
                case Heading():
                    self._heading(block)
                case Paragraph():
                    self._paragraph(block)
                case Table():
                    self._table(block)
                case Picture():
                    self._picture(block)
                case PageBreak():
                    self._new_page()
        if self._sheet.has_page_numbers:
            self._number_pages()
        return self.pages

    @property
    def _bottom(self) -> float:
        return self._sheet.top_mm + self._sheet.area_height_mm

    def _new_page(self) -> None:
        self.pages.append(LaidPage())
        self._y = self._sheet.top_mm

    def _room(self, height: float) -> None:
        """A new page unless ``height`` fits on this one, or nothing is on it yet."""
        if self._y + height > self._bottom + 1e-6 and self._y > self._sheet.top_mm:
            self._new_page()

    def _heading(self, heading: Heading) -> None:
        is_title = heading.level <= 1
        size = self._sheet.size_mm * (1.375 if is_title else 1.0)  # 2号 over 3号
        height = self._sheet.line_mm * (1.25 if is_title else 1.0)
        align = Align.CENTRE if is_title else Align.LEFT
        indent = 0.0 if is_title else 2 * size
        self._room(height + self._sheet.line_mm)  # never alone at the foot
        for text in heading.text.split("\n"):
            self._running(text, align, indent, size, height, heading.tag, is_bold=True)

    def _paragraph(self, paragraph: Paragraph) -> None:
        size = self._sheet.size_mm
        indent = 2 * size if paragraph.is_indented and paragraph.align is Align.JUSTIFIED else 0.0
        for text in paragraph.text.split("\n"):
            self._running(text, paragraph.align, indent, size, self._sheet.line_mm, paragraph.tag)

    def _running(
        self,
        text: str,
        align: Align,
        indent: float,
        size: float,
        height: float,
        tag: str,
        *,
        is_bold: bool = False,
    ) -> None:
        face = self._bold if is_bold else self._face
        width = self._sheet.area_width_mm
        lines = list(broken_lines(text, width, indent, lambda c: face.advance(c) * size))
        for index, line in enumerate(lines):
            self._room(height)
            start = indent if index == 0 else 0.0
            is_full = align is Align.JUSTIFIED and index < len(lines) - 1
            placed = self._line(
                line, self._sheet.left_mm + start, width - start, size, height, align, is_full, face
            )
            if line:
                self.pages[-1].lines.append(_marked(placed, tag=tag, is_bold=is_bold))
            self._y += height

    def _line(
        self,
        text: str,
        x: float,
        width: float,
        size: float,
        height: float,
        align: Align,
        is_full: bool,
        face: Face,
    ) -> TextLine:
        shown = len(text.rstrip())  # spaces at a break take no room
        steps = [face.advance(c) * size for c in text[:shown]] + [0.0] * (len(text) - shown)
        spare = width - sum(steps)
        if is_full and shown > 1:
            steps = [*_justified(steps[:shown], spare, size), *steps[shown:]]
        elif align is Align.CENTRE:
            x += spare / 2
        elif align is Align.RIGHT:
            x += spare
        return TextLine(text, x, self._y + (height - size) / 2 + _ASCENT * size, size, tuple(steps))

    def _table(self, table: Table) -> None:
        columns = max((len(row) for row in table.rows), default=0)
        if not columns:
            return
        widths = _widths(table, columns, self._sheet.area_width_mm)
        first = True
        for index, row in enumerate(table.rows):
            cells = [self._cell_lines(row[n] if n < len(row) else "", widths[n]) for n in range(columns)]
            for chunk in self._chunks(cells):
                height = self._row_height(chunk)
                if self._y + height > self._bottom + 1e-6 and self._y > self._sheet.top_mm:
                    self._new_page()
                    if table.repeats_first_row and index > 0:
                        heads = [self._cell_lines(c, w) for c, w in zip(table.rows[0], widths, strict=False)]
                        self._row(heads, widths, table.tag, has_top=True)
                    first = not (table.repeats_first_row and index > 0)
                self._row(chunk, widths, table.tag, has_top=first)
                first = False
        self._y += self._sheet.line_mm * 0.3

    def _cell_lines(self, text: str, width: float) -> list[str]:
        size = self._sheet.size_mm * 0.875
        inner = width - 2 * _CELL_PAD
        measured = (
            broken_lines(t, inner, 0.0, lambda c: self._face.advance(c) * size) for t in text.split("\n")
        )
        return [line for lines in measured for line in lines]

    def _row_height(self, cells: Sequence[Sequence[str]]) -> float:
        return max(map(len, cells)) * self._sheet.line_mm * 0.8 + _CELL_PAD

    def _chunks(self, cells: list[list[str]]) -> Iterator[list[list[str]]]:
        """The row, or as many pieces as pages are needed for it."""
        most = max(1, int((self._sheet.area_height_mm / 2 - _CELL_PAD) / (self._sheet.line_mm * 0.8)))
        for start in range(0, max(map(len, cells)), most):
            yield [cell[start : start + most] for cell in cells]

    def _row(self, cells: Sequence[Sequence[str]], widths: list[float], tag: str, *, has_top: bool) -> None:
        page, top, x = self.pages[-1], self._y, self._sheet.left_mm
        bottom = top + self._row_height(cells)
        height, size = self._sheet.line_mm * 0.8, self._sheet.size_mm * 0.875
        right = x + sum(widths)
        for edge in (top, bottom) if has_top else (bottom,):
            page.rules.append(Rule(x, edge, right, edge))
        page.rules.append(Rule(x, top, x, bottom))
        for cell, width in zip(cells, widths, strict=False):
            self._y = top + _CELL_PAD / 2
            for text in cell:
                line = self._line(text, x + _CELL_PAD, width, size, height, Align.LEFT, False, self._face)
                if text:
                    page.lines.append(_marked(line, tag=tag))
                self._y += height
            x += width
            page.rules.append(Rule(x, top, x, bottom))
        self._y = bottom

    def _picture(self, picture: Picture) -> None:
        sheet = self._sheet
        width = min(picture.width_mm, sheet.area_width_mm)
        height = width * self._aspect_of(picture)
        if height > sheet.area_height_mm:
            width, height = width * sheet.area_height_mm / height, sheet.area_height_mm
        self._room(height)
        x = sheet.left_mm + (sheet.area_width_mm - width) / 2
        self.pages[-1].pictures.append(PlacedPicture(picture, x, self._y, width, height))
        self._y += height + _PICTURE_GAP

    def _number_pages(self) -> None:
        """GB/T 9704 §7.5: size 4, a dash on both sides, 7 mm under the type area."""
        for number, page in enumerate(self.pages, 1):
            self._y = self._bottom + 7.0
            text, x, width = f"— {number} —", self._sheet.left_mm, self._sheet.area_width_mm
            size = min(FOUR, self._sheet.size_mm)
            page.lines.append(self._line(text, x, width, size, size, Align.CENTRE, False, self._face))


class AspectOf(Protocol):
    """Height of a picture over its width."""

    def __call__(self, picture: Picture) -> float: ...


def _marked(line: TextLine, *, tag: str = "", is_bold: bool = False) -> TextLine:
    return TextLine(line.text, line.x, line.y, line.size, line.steps, is_bold, tag)


def _justified(steps: list[float], spare: float, size: float) -> list[float]:
    """The spare room shared between the letters, at most half a letter each."""
    gap = spare / (len(steps) - 1)
    if gap > size * _STRETCH_EM:
        return steps
    return [*(step + gap for step in steps[:-1]), steps[-1]]


def _widths(table: Table, columns: int, width: float) -> list[float]:
    shares = [max(0.0, w) for w in table.widths] if len(table.widths) == columns else [1.0] * columns
    total = sum(shares) or 1.0
    return [width * share / total for share in shares]
