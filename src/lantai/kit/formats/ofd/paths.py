"""Outlines: from OFD's abbreviated data to PDF path operators."""

from __future__ import annotations

import math
from collections.abc import Iterator

from lantai.kit.formats.ofd.container import numbers
from lantai.kit.formats.ofd.geometry import Matrix

_ARGUMENTS = {"S": 2, "M": 2, "L": 2, "Q": 4, "B": 6, "A": 7, "C": 0}
Point = tuple[float, float]


def path_operators(data: str, matrix: Matrix) -> str:
    """The outline ``data`` as PDF operators with every point taken through ``matrix``."""
    parts: list[str] = []
    here: Point = (0.0, 0.0)
    for letter, values in _commands(data):
        points = list(zip(values[::2], values[1::2], strict=False))
        match letter:
            case "S" | "M":
                parts.append(f"{_shown(matrix, points[0])} m")
            case "L":
                parts.append(f"{_shown(matrix, points[0])} l")
            case "Q":
                parts.append(_curve(matrix, *_raised(here, points[0], points[1])))
            case "B":
                parts.append(_curve(matrix, points[0], points[1], points[2]))
            case "A":
                points = [(values[5], values[6])]
                parts += [_curve(matrix, *piece) for piece in _arc(here, values)]
            case _:
                parts.append("h")
        here = points[-1] if points else here
    return "\n".join(parts)


def _commands(data: str) -> Iterator[tuple[str, list[float]]]:
    words = data.split()
    position = 0
    while position < len(words):
        letter = words[position]
        count = _ARGUMENTS.get(letter)
        if count is None:  # a stray number: skip it as readers do
            position += 1
            continue
        values = numbers(" ".join(words[position + 1 : position + 1 + count]))
        if len(values) < count:
            return
        yield letter, values
        position += 1 + count


def _raised(start: Point, control: Point, end: Point) -> tuple[Point, Point, Point]:
    """The cubic curve that equals a quadratic one."""
    first = start[0] + 2 / 3 * (control[0] - start[0]), start[1] + 2 / 3 * (control[1] - start[1])
    second = end[0] + 2 / 3 * (control[0] - end[0]), end[1] + 2 / 3 * (control[1] - end[1])
    return first, second, end


def _arc(start: Point, values: list[float]) -> Iterator[tuple[Point, Point, Point]]:
    """An elliptic arc given by its end points (as in SVG, appendix B.2.4) as cubic curves."""
    rx, ry, turn, large, sweep = abs(values[0]), abs(values[1]), math.radians(values[2]), values[3], values[4]
    end = values[5], values[6]
    if rx == 0 or ry == 0 or start == end:
        yield start, end, end
        return
    cosine, sine = math.cos(turn), math.sin(turn)
    half = (start[0] - end[0]) / 2, (start[1] - end[1]) / 2
    x1, y1 = cosine * half[0] + sine * half[1], -sine * half[0] + cosine * half[1]
    grow = max(1.0, math.sqrt((x1 / rx) ** 2 + (y1 / ry) ** 2))
    rx, ry = rx * grow, ry * grow
    rest = max(0.0, (rx * ry) ** 2 - (rx * y1) ** 2 - (ry * x1) ** 2) / ((rx * y1) ** 2 + (ry * x1) ** 2)
    factor = math.sqrt(rest) * (-1 if bool(large) == bool(sweep) else 1)
    cx1, cy1 = factor * rx * y1 / ry, -factor * ry * x1 / rx
    begin = math.atan2((y1 - cy1) / ry, (x1 - cx1) / rx)
    span = math.atan2((-y1 - cy1) / ry, (-x1 - cx1) / rx) - begin
    span += 2 * math.pi if sweep and span < 0 else -2 * math.pi if not sweep and span > 0 else 0
    centre = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    frame = Matrix(cosine, sine, -sine, cosine, *centre).apply(cx1, cy1)
    ellipse = Matrix(rx * cosine, rx * sine, -ry * sine, ry * cosine, *frame)
    yield from _unit_arc(ellipse, begin, span)


def _unit_arc(ellipse: Matrix, begin: float, span: float) -> Iterator[tuple[Point, Point, Point]]:
    pieces = max(1, math.ceil(abs(span) / (math.pi / 2)))
    step = span / pieces
    reach = 4 / 3 * math.tan(step / 4)
    for index in range(pieces):
        a, b = begin + index * step, begin + (index + 1) * step
        first = math.cos(a) - reach * math.sin(a), math.sin(a) + reach * math.cos(a)
        second = math.cos(b) + reach * math.sin(b), math.sin(b) - reach * math.cos(b)
        yield ellipse.apply(*first), ellipse.apply(*second), ellipse.apply(math.cos(b), math.sin(b))


def _curve(matrix: Matrix, first: Point, second: Point, end: Point) -> str:
    return f"{_shown(matrix, first)} {_shown(matrix, second)} {_shown(matrix, end)} c"


def _shown(matrix: Matrix, point: Point) -> str:
    x, y = matrix.apply(*point)
    return f"{x:.4f} {y:.4f}"
