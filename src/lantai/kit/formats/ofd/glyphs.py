"""Outlines of TrueType glyphs, for pictures that must look the same whatever fonts are installed."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import lru_cache

from lantai.kit.formats.ofd.geometry import IDENTITY, Matrix
from lantai.kit.formats.ofd.subset import MORE, SCALE, TWO_BY_TWO, TWO_SCALES, WORDS, TrueType

_ARGUMENTS_ARE_OFFSETS = 0x0002
_ON_CURVE, _SHORT_X, _SHORT_Y, _REPEAT, _SAME_X, _SAME_Y = 1, 2, 4, 8, 16, 32
_MAX_DEPTH = 6
Point = tuple[float, float, bool]


@lru_cache(maxsize=20_000)
def glyph_path(font: TrueType, glyph: int) -> str | None:
    """The outline as SVG path data in parts of the em, y upwards; None when it cannot be read."""
    try:
        contours = list(_contours(font, glyph, IDENTITY, 0))
    except (struct.error, IndexError):
        return None
    scale = 1 / font.units
    return "".join(_drawn([(x * scale, y * scale, on) for x, y, on in contour]) for contour in contours)


def _contours(font: TrueType, glyph: int, matrix: Matrix, depth: int) -> Iterator[list[Point]]:
    data = font.outline(glyph)
    if not data or depth > _MAX_DEPTH:
        return
    (count,) = struct.unpack_from(">h", data)
    if count < 0:
        for part, inner in _components(data):
            yield from _contours(font, part, inner.then(matrix), depth + 1)
        return
    for contour in _simple(data, count):
        yield [(*matrix.apply(x, y), on) for x, y, on in contour]


def _components(data: bytes) -> Iterator[tuple[int, Matrix]]:
    at, more = 10, True
    while more:
        flags, part = struct.unpack_from(">HH", data, at)
        form = ">hh" if flags & WORDS else ">bb"
        first, second = struct.unpack_from(form, data, at + 4)
        at += 4 + struct.calcsize(form)
        count = 1 if flags & SCALE else 2 if flags & TWO_SCALES else 4 if flags & TWO_BY_TWO else 0
        values = [v / 16384 for v in struct.unpack_from(f">{count}h", data, at)]
        at += 2 * count
        a, b, c, d = {0: (1.0, 0.0, 0.0, 1.0), 4: tuple(values)}.get(count) or (
            values[0],
            0.0,
            0.0,
            values[-1],
        )
        moved = (first, second) if flags & _ARGUMENTS_ARE_OFFSETS else (0, 0)
        yield part, Matrix(a, b, c, d, *moved)
        more = bool(flags & MORE)


def _simple(data: bytes, count: int) -> Iterator[list[Point]]:
    ends = struct.unpack_from(f">{count}H", data, 10)
    total = ends[-1] + 1 if ends else 0
    (skipped,) = struct.unpack_from(">H", data, 10 + 2 * count)
    at = 12 + 2 * count + skipped
    flags: list[int] = []
    while len(flags) < total:
        flag, repeat = data[at], 0
        at += 1
        if flag & _REPEAT:
            repeat = data[at]
            at += 1
        flags += [flag] * (repeat + 1)
    xs, at = _coordinates(data, at, flags[:total], _SHORT_X, _SAME_X)
    ys, _ = _coordinates(data, at, flags[:total], _SHORT_Y, _SAME_Y)
    begin = 0
    for end in ends:
        yield [(xs[i], ys[i], bool(flags[i] & _ON_CURVE)) for i in range(begin, end + 1)]
        begin = end + 1


def _coordinates(data: bytes, at: int, flags: list[int], short: int, same: int) -> tuple[list[int], int]:
    found, value = [], 0
    for flag in flags:
        if flag & short:
            value += data[at] if flag & same else -data[at]
            at += 1
        elif not flag & same:
            value += struct.unpack_from(">h", data, at)[0]
            at += 2
        found.append(value)
    return found, at


def _drawn(points: list[Point]) -> str:
    """A closed contour: two control points in a row have a point of the curve half way between them."""
    if len(points) < 2:
        return ""
    whole: list[Point] = []
    for index, point in enumerate(points):
        before = points[index - 1]
        if not point[2] and not before[2]:
            whole.append(((point[0] + before[0]) / 2, (point[1] + before[1]) / 2, True))
        whole.append(point)
    start = next((n for n, point in enumerate(whole) if point[2]), 0)
    whole = [*whole[start:], *whole[: start + 1]]
    parts = [f"M{whole[0][0]:.4g} {whole[0][1]:.4g}"]
    index = 1
    while index < len(whole):
        x, y, on = whole[index]
        if on or index + 1 >= len(whole):
            parts.append(f"L{x:.4g} {y:.4g}")
            index += 1
        else:
            end = whole[index + 1]
            parts.append(f"Q{x:.4g} {y:.4g} {end[0]:.4g} {end[1]:.4g}")
            index += 2
    return "".join(parts) + "Z"
