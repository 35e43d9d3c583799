"""Fills that run from colour to colour along a line or between two ellipses (GB/T 33190 §8.3.4)."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lantai.kit.formats.ofd.container import child, children, numbers
from lantai.kit.formats.ofd.geometry import IDENTITY, Matrix

_MAX_STOPS = 64
_MAX_REPEATS = 64
_LEAST = 1e-6

Rgb = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Stop:
    """A colour at a place from 0 to 1."""

    at: float
    colour: Rgb


@dataclass(frozen=True, slots=True)
class Gradient:
    """A run of colours in the space of ``matrix``, which leads to the object's own space.

    ``start`` and ``end`` are points; ``radii`` are those of the circles around them, None for a run along a
    line. ``extends`` tells whether the first and the last colour go on beyond. ``opacity`` is from 0 to 1.
    """

    start: tuple[float, float]
    end: tuple[float, float]
    radii: tuple[float, float] | None
    stops: tuple[Stop, ...]
    extends: tuple[bool, bool]
    matrix: Matrix
    opacity: float


def gradient_of(colour: Any | None) -> Gradient | None:
    """The gradient of a colour; None for a plain one, a grid of triangles, or one that cannot be drawn."""
    if colour is None:
        return None
    axial, radial = child(colour, "AxialShd"), child(colour, "RadialShd")
    found = axial if axial is not None else radial
    if found is None:
        return None
    start, end = numbers(found.get("StartPoint"))[:2], numbers(found.get("EndPoint"))[:2]
    radii = None if axial is not None else _radii(found)
    if len(start) != 2 or len(end) != 2 or (radii is None and start == end) or radii == (0.0, 0.0):
        return None
    stops = _repeated(_stops(found), found, _length(start, end, radii))
    if not stops:
        return None
    shape = IDENTITY if radii is None else _ellipse(found)
    back = shape.inverse() or IDENTITY
    flags = int((numbers(found.get("Extend")) or [0.0])[0])
    return Gradient(
        start=back.apply(start[0], start[1]),
        end=back.apply(end[0], end[1]),
        radii=radii,
        stops=stops,
        extends=(bool(flags & 1), bool(flags & 2)),
        matrix=shape,
        opacity=_opacity(colour, found),
    )


def rgb_of(values: list[float]) -> Rgb | None:
    """Grey, RGB or CMYK of 0 to 255 as RGB of 0 to 1; None for another number of values."""
    shares = [min(1.0, max(0.0, v / 255)) for v in values]
    match shares:
        case [grey]:
            return grey, grey, grey
        case [red, green, blue]:
            return red, green, blue
        case [cyan, magenta, yellow, black]:
            return (1 - cyan) * (1 - black), (1 - magenta) * (1 - black), (1 - yellow) * (1 - black)
    return None


def _radii(found: Any) -> tuple[float, float]:
    first, last = (numbers(found.get(name)) or [0.0] for name in ("StartRadius", "EndRadius"))
    return max(0.0, first[0]), max(0.0, last[0])


def _stops(found: Any) -> list[Stop]:
    """The segments in order; where no position is given they are spread evenly."""
    segments = list(children(found, "Segment"))[:_MAX_STOPS]
    stops: list[Stop] = []
    for index, segment in enumerate(segments):
        inner = child(segment, "Color")
        colour = rgb_of(numbers(inner.get("Value"))) if inner is not None else None
        even = index / (len(segments) - 1) if len(segments) > 1 else 0.0
        at = (numbers(segment.get("Position")) or [even])[0]
        floor = stops[-1].at if stops else 0.0
        stops.append(Stop(min(1.0, max(floor, at)), colour or (0.0, 0.0, 0.0)))
    if stops and stops[0].at > 0.0:
        stops.insert(0, Stop(0.0, stops[0].colour))
    if stops and stops[-1].at < 1.0:
        stops.append(Stop(1.0, stops[-1].colour))
    return stops


def _repeated(stops: list[Stop], found: Any, length: float) -> tuple[Stop, ...]:
    """The stops over the whole run, where a shorter piece of it (``MapUnit``) repeats or swings back."""
    way = found.get("MapType") or "Direct"
    unit = (numbers(found.get("MapUnit")) or [length])[0]
    if way not in {"Repeat", "Reflect"} or not stops or not _LEAST < unit < length:
        return tuple(stops)
    share = unit / length
    count = math.ceil(1 / share - _LEAST)
    if count > _MAX_REPEATS:
        return tuple(stops)
    return tuple(_pieces(stops, share, count, swings=way == "Reflect"))


def _pieces(stops: list[Stop], share: float, count: int, *, swings: bool) -> Iterator[Stop]:
    for number in range(count):
        is_back = swings and number % 2 == 1
        piece = [Stop(1 - one.at, one.colour) for one in reversed(stops)] if is_back else stops
        before: Stop | None = None
        for one in piece:
            at = (number + one.at) * share
            if at > 1.0 and before is not None:  # the last piece is cut: its colour there lies between two
                part = (1.0 - before.at) / max(at - before.at, _LEAST)
                pairs = zip(before.colour, one.colour, strict=True)
                red, green, blue = (a + (b - a) * part for a, b in pairs)
                yield Stop(1.0, (red, green, blue))
                return
            before = Stop(min(at, 1.0), one.colour)
            yield before


def _length(start: list[float], end: list[float], radii: tuple[float, float] | None) -> float:
    apart = math.hypot(end[0] - start[0], end[1] - start[1])
    return apart or (abs(radii[1] - radii[0]) if radii else 0.0)


def _ellipse(found: Any) -> Matrix:
    """From circles to ellipses: the shorter axis by the eccentricity, then turned."""
    eccentricity = min(0.9999, max(0.0, (numbers(found.get("Eccentricity")) or [0.0])[0]))
    angle = math.radians((numbers(found.get("Angle")) or [0.0])[0])
    cosine, sine, short = math.cos(angle), math.sin(angle), math.sqrt(1 - eccentricity**2)
    return Matrix(cosine, sine, -sine * short, cosine * short)


def _opacity(colour: Any, found: Any) -> float:
    """Of the whole fill; where the colours of the run differ in it, their mean."""
    whole = (numbers(colour.get("Alpha")) or [255.0])[0]
    inner = [child(segment, "Color") for segment in children(found, "Segment")]
    shares = [(numbers(one.get("Alpha")) or [255.0])[0] for one in inner if one is not None] or [255.0]
    return min(1.0, max(0.0, whole / 255)) * min(1.0, max(0.0, sum(shares) / len(shares) / 255))
