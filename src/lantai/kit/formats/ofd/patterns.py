"""Fills that repeat a small drawing (GB/T 33190 §8.3.3)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lantai.kit.formats.ofd.container import child, numbers
from lantai.kit.formats.ofd.geometry import Matrix

_MAX_TILES = 2500


@dataclass(frozen=True, slots=True)
class Pattern:
    """The drawing, its own matrix, and the way from one copy to the next."""

    cell: Any
    matrix: Matrix
    step: tuple[float, float]
    reflect: str

    def tiles(self, width: float, height: float) -> Iterator[Matrix]:
        """The matrices of the copies that cover ``width`` × ``height``; at most 2500."""
        across, down = self._count(width, self.step[0]), self._count(height, self.step[1])
        if across * down > _MAX_TILES:
            return
        for row in range(down):
            for column in range(across):
                moved = Matrix(e=column * self.step[0], f=row * self.step[1])
                yield self._mirrored(row, column).then(moved).then(self.matrix)

    def _count(self, length: float, step: float) -> int:
        scale = max(abs(self.matrix.a), abs(self.matrix.d), 1e-3)
        return max(1, min(_MAX_TILES + 1, int(length / (step * scale)) + 1))

    def _mirrored(self, row: int, column: int) -> Matrix:
        flips_x = self.reflect in {"Column", "RowAndColumn"} and column % 2
        flips_y = self.reflect in {"Row", "RowAndColumn"} and row % 2
        x, y = self.step
        return Matrix(
            -1.0 if flips_x else 1.0,
            0.0,
            0.0,
            -1.0 if flips_y else 1.0,
            x if flips_x else 0.0,
            y if flips_y else 0.0,
        )


def pattern_of(colour: Any | None) -> Pattern | None:
    """The pattern of a colour; None for a plain one or one that cannot be drawn."""
    found = child(colour, "Pattern") if colour is not None else None
    cell = child(found, "CellContent") if found is not None else None
    if found is None or cell is None:
        return None
    width, height = (numbers(found.get(name)) for name in ("Width", "Height"))
    step_x, step_y = (numbers(found.get(name)) for name in ("XStep", "YStep"))
    step = (step_x or width or [0.0])[0], (step_y or height or [0.0])[0]
    if min(step) <= 0:
        return None
    return Pattern(cell, Matrix.parse(found.get("CTM")), step, found.get("ReflectMethod") or "Normal")
