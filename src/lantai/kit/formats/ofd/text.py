"""The words of an OFD page in the order in which a person reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from lantai.kit.formats.ofd.container import children, numbers
from lantai.kit.formats.ofd.document import Document
from lantai.kit.formats.ofd.geometry import Matrix, offsets, placed

_MAX_DEPTH = 8
_SAME_LINE = 0.5  # of the letter height
_OVERPRINT = 0.2  # of the letter height
_GAP = 0.6  # of the letter height: a wider gap between two runs is a space


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text with the place of its first and last letter on the page, in millimetres."""

    x: float
    y: float
    right: float
    height: float
    text: str


def documents_text(documents: Sequence[Document], limit: int) -> str:
    """Text of the pages of all documents in order, at most ``limit`` characters."""
    taken = FirstText(limit)
    for document in documents:
        for index in range(len(document.pages)):
            if taken.is_full:
                return taken.text
            taken.add(page_text(document, index))
    return taken.text


class FirstText:
    """The first ``limit`` characters of pages that come one after the other."""

    def __init__(self, limit: int) -> None:
        self._left = limit
        self._pages: list[str] = []

    @property
    def is_full(self) -> bool:
        """Whether no further page is wanted."""
        return self._left <= 0

    def add(self, text: str) -> None:
        """Take the next page."""
        self._pages.append(text[: self._left])
        self._left -= len(self._pages[-1]) + 1

    @property
    def text(self) -> str:
        """What was taken, a line for each line and page."""
        return "\n".join(self._pages).strip("\n")


def page_text(document: Document, index: int) -> str:
    """Text of the page at ``index``, line by line from the top; empty when the page cannot be read."""
    root = document.page(index)
    return "" if root is None else text_below(document, root)


def text_below(document: Document, root: Any) -> str:
    """Text of a page that was read, by its root element."""
    runs = [run for layer in document.layers(root) for run in _runs(layer, Matrix(), document, 0)]
    return "\n".join(_line(line) for line in _lines(runs))


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """The words of one text object and its box on the page, in millimetres."""

    text: str
    box: tuple[float, float, float, float]


def placed_words(document: Document, index: int) -> list[PlacedWord]:
    """The text objects of the page at ``index`` with their boxes, in the order of the file."""
    root = document.page(index)
    layers = document.layers(root) if root is not None else []
    found: list[PlacedWord] = []
    for layer in layers:
        for element in layer.iter("{*}TextObject"):
            box = numbers(element.get("Boundary"))
            words = "".join(code.text or "" for code in children(element, "TextCode"))
            if len(box) == 4 and words:
                found.append(PlacedWord(words, (box[0], box[1], box[2], box[3])))
    return found


def _runs(parent: Any, outer: Matrix, document: Document, depth: int) -> Iterator[Run]:
    for element in parent.iterchildren("{*}TextObject", "{*}PageBlock", "{*}CompositeObject", "{*}Content"):
        kind = element.tag.rpartition("}")[2]
        if kind == "TextObject":
            yield from _text_runs(element, outer)
        elif depth < _MAX_DEPTH and kind == "CompositeObject":
            composite = document.resources.composites.get(element.get("ResourceID") or "")
            if composite is not None:
                inner = placed(element.get("Boundary"), element.get("CTM")).then(outer)
                yield from _runs(composite, inner, document, depth + 1)
        elif depth < _MAX_DEPTH:
            yield from _runs(element, outer, document, depth + 1)


def _text_runs(element: Any, outer: Matrix) -> Iterator[Run]:
    matrix = placed(element.get("Boundary"), element.get("CTM")).then(outer)
    size = (numbers(element.get("Size")) or [3.5])[0]
    x, y = 0.0, 0.0
    for code in children(element, "TextCode"):
        text = code.text or ""
        x = (numbers(code.get("X")) or [x])[0]
        y = (numbers(code.get("Y")) or [y])[0]
        yield from _split(text, x, y, size, code, matrix)


def _split(text: str, x: float, y: float, size: float, code: Any, matrix: Matrix) -> Iterator[Run]:
    """The runs of one TextCode: a step down or back begins a new one."""
    steps = max(0, len(text) - 1)
    across, down = offsets(code.get("DeltaX"), steps), offsets(code.get("DeltaY"), steps)
    across += [0.0 if down else size] * (steps - len(across))
    down += [0.0] * (steps - len(down))
    start, begin = 0, (x, y)
    for index in range(steps):
        dx, dy = across[index], down[index]
        if dy and (dx < -size or abs(dy) > size * _SAME_LINE):
            yield _run(text[start : index + 1], begin, x, size, matrix)
            start, begin = index + 1, (x + dx, y + dy)
        x, y = x + dx, y + dy
    yield _run(text[start:], begin, x, size, matrix)


def _run(text: str, begin: tuple[float, float], last_x: float, size: float, matrix: Matrix) -> Run:
    left, baseline = matrix.apply(*begin)
    right, _ = matrix.apply(last_x + size * (0.5 if text[-1:].isascii() else 1.0), begin[1])
    height = size * (abs(matrix.a * matrix.d - matrix.b * matrix.c) ** 0.5 or 1.0)
    return Run(left, baseline, right, height, text)


def _lines(runs: list[Run]) -> list[list[Run]]:
    lines: list[list[Run]] = []
    for run in sorted((r for r in runs if r.text.strip()), key=lambda r: (r.y, r.x)):
        line = lines[-1] if lines else []
        if line and abs(run.y - line[0].y) <= min(run.height, line[0].height) * _SAME_LINE:
            if not any(_is_overprint(run, other) for other in line):
                line.append(run)
        else:
            lines.append([run])
    return [sorted(line, key=lambda r: r.x) for line in lines]


def _is_overprint(run: Run, other: Run) -> bool:
    """Whether the same words stand in the same place twice, which is how some producers print bold."""
    reach = run.height * _OVERPRINT
    return run.text == other.text and abs(run.x - other.x) <= reach and abs(run.y - other.y) <= reach


def _line(runs: list[Run]) -> str:
    parts = [runs[0].text]
    for before, run in pairwise(runs):
        wide = run.x - before.right > run.height * _GAP
        parts.append((" " if wide else "") + run.text)
    return "".join(parts).strip()
