"""Fills of triangles whose corners have colours of their own (GB/T 33190 §8.3.4: Gouraud shading)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lantai.kit.formats.ofd.container import child, children, numbers
from lantai.kit.formats.ofd.shading import Rgb, rgb_of

_MOST_POINTS = 20_000
_LATTICES = ("LaGourandShd", "LaGouraudShd")  # the standard and its schema spell it differently


@dataclass(frozen=True, slots=True)
class Corner:
    """A point in the object's own space with its colour; ``edge`` tells which side a triangle goes on from."""

    x: float
    y: float
    colour: Rgb
    edge: int = 0


Triangle = tuple[Corner, Corner, Corner]


@dataclass(frozen=True, slots=True)
class Mesh:
    """Triangles; ``background`` fills what they leave, None leaves it empty. ``opacity`` is from 0 to 1."""

    triangles: tuple[Triangle, ...]
    background: Rgb | None
    opacity: float

    @property
    def mean(self) -> Rgb:
        """The one colour for whoever cannot draw the run between the corners."""
        colours = [corner.colour for triangle in self.triangles for corner in triangle]
        red, green, blue = (sum(share) / len(colours) for share in zip(*colours, strict=True))
        return red, green, blue


def mesh_of(colour: Any | None) -> Mesh | None:
    """The triangles of a colour; None for other colours, and where there is no whole triangle."""
    if colour is None:
        return None
    free = child(colour, "GouraudShd")
    lattice = next((one for name in _LATTICES if (one := child(colour, name)) is not None), None)
    found = free if free is not None else lattice
    if found is None:
        return None
    corners = list(_corners(found))
    row = int((numbers(found.get("VerticesPerRow")) or [0.0])[0])
    triangles = tuple(_chained(corners) if free is not None else _between_rows(corners, row))
    if not triangles:
        return None
    back = child(found, "BackColor")
    alpha = (numbers(colour.get("Alpha")) or [255.0])[0]
    background = rgb_of(numbers(back.get("Value"))) if back is not None else None
    return Mesh(triangles, background, min(1.0, max(0.0, alpha / 255)))


def _corners(found: Any) -> Iterator[Corner]:
    for point in list(children(found, "Point"))[:_MOST_POINTS]:
        x, y, inner = numbers(point.get("X")), numbers(point.get("Y")), child(point, "Color")
        edge = int((numbers(point.get("EdgeFlag")) or [0.0])[0])
        if x and y:
            colour = rgb_of(numbers(inner.get("Value"))) if inner is not None else None
            yield Corner(x[0], y[0], colour or (0.0, 0.0, 0.0), edge)


def _chained(corners: list[Corner]) -> Iterator[Triangle]:
    """Three points begin a triangle; a point with flag 1 or 2 goes on from a side of the one before."""
    last: Triangle | None = None
    place = 0
    while place < len(corners):
        new = corners[place]
        if last is not None and new.edge in (1, 2):
            last = (last[1] if new.edge == 1 else last[0], last[2], new)
            place += 1
        elif place + 2 < len(corners):
            last = (new, corners[place + 1], corners[place + 2])
            place += 3
        else:
            return
        yield last


def _between_rows(corners: list[Corner], row: int) -> Iterator[Triangle]:
    """Two triangles in each field of a lattice with ``row`` points in a row."""
    if row < 2:
        return
    for place in range(len(corners) - row):
        if place % row != row - 1 and place + row + 1 < len(corners):
            a, b = corners[place], corners[place + 1]
            c, d = corners[place + row], corners[place + row + 1]
            yield a, b, c
            yield b, c, d
