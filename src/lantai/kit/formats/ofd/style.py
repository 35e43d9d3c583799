"""Colours, widths and flags of OFD objects, with what they inherit from drawing parameters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from lantai.kit.formats.ofd.container import child, numbers
from lantai.kit.formats.ofd.document import Resources
from lantai.kit.formats.ofd.meshes import Mesh, mesh_of
from lantai.kit.formats.ofd.shading import Gradient, gradient_of

_MAX_PARENTS = 8
DEFAULT_LINE_MM = 0.353


@dataclass(frozen=True, slots=True)
class Paint:
    """A colour as PDF operands (``0 0 0``) with its operators, and its opacity from 0 to 1."""

    operands: str
    fill_operator: str
    stroke_operator: str
    opacity: float


BLACK = Paint("0", "g", "G", 1.0)


class Style:
    """The style of one object: its own attributes first, then its drawing parameters, then its layer's."""

    def __init__(self, element: Any, resources: Resources, layer: Any) -> None:
        self.element = element
        self._sources = [element, *_parents(element, resources), *_parents(layer, resources)]

    def paint(self, name: str) -> Paint:
        """``FillColor`` or ``StrokeColor``; of a gradient its first colour, of a grid of triangles their mean."""
        colour = self.source(name)
        if (mesh := self.mesh(name)) is not None:
            return Paint(" ".join(f"{share:.4f}" for share in mesh.mean), "rg", "RG", mesh.opacity)
        if colour is not None:
            return _paint(colour, self.opacity)
        return Paint(BLACK.operands, BLACK.fill_operator, BLACK.stroke_operator, self.opacity)

    def gradient(self, name: str) -> Gradient | None:
        """The gradient of ``FillColor`` or ``StrokeColor``; None for one colour."""
        found = gradient_of(self.source(name))
        return replace(found, opacity=found.opacity * self.opacity) if found is not None else None

    def mesh(self, name: str) -> Mesh | None:
        """The triangles of ``FillColor`` or ``StrokeColor``; None for other colours."""
        found = mesh_of(self.source(name))
        return replace(found, opacity=found.opacity * self.opacity) if found is not None else None

    def source(self, name: str) -> Any | None:
        """The element of a colour: the object's own, or the nearest inherited; None when nobody says."""
        found = (child(source, name) for source in self._sources)
        return next((colour for colour in found if colour is not None), None)

    @property
    def opacity(self) -> float:
        """Opacity of the whole object."""
        values = numbers(self.element.get("Alpha"))
        return min(1.0, max(0.0, values[0] / 255)) if values else 1.0

    @property
    def line_mm(self) -> float:
        """Width of lines in the object's own units."""
        for source in self._sources:
            values = numbers(source.get("LineWidth"))
            if values:
                return values[0]
        return DEFAULT_LINE_MM

    def line_operators(self) -> str:
        """Width, ends, joints and dashes as PDF operators."""
        cap = {"Butt": 0, "Round": 1, "Square": 2}.get(self._get("Cap"), 0)
        join = {"Miter": 0, "Round": 1, "Bevel": 2}.get(self._get("Join"), 0)
        dashes = " ".join(f"{v:.4f}" for v in numbers(self._get("DashPattern")) if v >= 0)
        dash = f"[{dashes}] 0 d" if dashes.replace("0", "").replace(".", "").strip() else "[] 0 d"
        return f"{self.line_mm:.4f} w {cap} J {join} j {dash}"

    def flag(self, name: str, *, default: bool) -> bool:
        """A yes-or-no attribute of the object itself."""
        value = self.element.get(name)
        return default if value is None else value.strip().lower() in {"true", "1"}

    def _get(self, name: str) -> str:
        return next((v for s in self._sources if (v := s.get(name))), "")


def _parents(element: Any, resources: Resources) -> Iterator[Any]:
    reference = element.get("DrawParam") or ""
    for _ in range(_MAX_PARENTS):
        found = resources.draw_params.get(reference)
        if found is None:
            return
        yield found
        reference = found.get("Relative") or ""


def _paint(colour: Any, opacity: float) -> Paint:
    segment = next(colour.iter("{*}Segment"), None)
    inner = child(segment, "Color") if segment is not None else None
    source = inner if inner is not None else colour
    alpha = numbers(colour.get("Alpha"))
    opacity *= min(1.0, max(0.0, alpha[0] / 255)) if alpha else 1.0
    values = [min(1.0, max(0.0, v / 255)) for v in numbers(source.get("Value"))]
    operators = {1: ("g", "G"), 3: ("rg", "RG"), 4: ("k", "K")}.get(len(values))
    if operators is None:
        return Paint(BLACK.operands, BLACK.fill_operator, BLACK.stroke_operator, opacity)
    return Paint(" ".join(f"{v:.4f}" for v in values), *operators, opacity)
