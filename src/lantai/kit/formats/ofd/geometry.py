"""Coordinates of OFD: millimetres from the upper left corner, and the matrices of its objects."""

from __future__ import annotations

from typing import NamedTuple, Self

from lantai.kit.formats.ofd.container import numbers


class Matrix(NamedTuple):
    """x' = a·x + c·y + e and y' = b·x + d·y + f, as in the CTM attribute."""

    a: float = 1.0
    b: float = 0.0
    c: float = 0.0
    d: float = 1.0
    e: float = 0.0
    f: float = 0.0

    def apply(self, x: float, y: float) -> tuple[float, float]:
        """Where the point goes."""
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def then(self, outer: Matrix) -> Matrix:
        """This transformation first, ``outer`` after it."""
        e, f = outer.apply(self.e, self.f)
        return Matrix(
            self.a * outer.a + self.b * outer.c,
            self.a * outer.b + self.b * outer.d,
            self.c * outer.a + self.d * outer.c,
            self.c * outer.b + self.d * outer.d,
            e,
            f,
        )

    def inverse(self) -> Matrix | None:
        """The way back; None where everything falls on a line."""
        area = self.a * self.d - self.b * self.c
        if abs(area) < 1e-12:
            return None
        turned = Matrix(self.d / area, -self.b / area, -self.c / area, self.a / area)
        e, f = turned.apply(-self.e, -self.f)
        return turned._replace(e=e, f=f)

    @classmethod
    def parse(cls, text: str | None) -> Self:
        """From a CTM attribute; the identity when it is absent or short."""
        values = numbers(text)
        return cls(*values[:6]) if len(values) >= 6 else cls()


IDENTITY = Matrix()


def placed(boundary: str | None, ctm: str | None) -> Matrix:
    """From an object's own coordinates to those around it: CTM first, then the boundary's corner."""
    corner = numbers(boundary)
    move = Matrix(e=corner[0], f=corner[1]) if len(corner) >= 2 else Matrix()
    return Matrix.parse(ctm).then(move)


def offsets(text: str | None, count: int) -> list[float]:
    """A DeltaX or DeltaY list written out: ``g 3 1.5 2`` means 1.5 three times, then 2; at most ``count``."""
    words = (text or "").split()
    found: list[float] = []
    position = 0
    while position < len(words) and len(found) < count:
        repeat = 1
        if words[position] == "g" and position + 2 < len(words):
            values = numbers(words[position + 1])
            repeat = max(0, min(int(values[0]) if values else 0, count - len(found)))
            position += 2
        value = numbers(words[position])
        found += [value[0] if value else 0.0] * repeat
        position += 1
    return found
