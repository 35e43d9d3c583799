"""What others have to say of items wherever these are shown: under a hold, destroyed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping

from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.types import Mark
from lantai.platform.context import Ctx

Marker = Callable[[Ctx, Collection[Description]], Mapping[int, Iterable[Mark]]]
_markers: dict[str, Marker] = {}


def register_marker(name: str, marker: Marker) -> None:
    """Let ``marker(ctx, descriptions)`` say what is to be shown with them, by their ids."""
    _markers[name] = marker


def marks_of(ctx: Ctx, rows: Collection[Description]) -> dict[int, tuple[Mark, ...]]:
    """The marks of descriptions that have any, by id; asked once for all of a page."""
    found: dict[int, tuple[Mark, ...]] = {}
    for marker in _markers.values() if rows else ():
        for number, marks in marker(ctx, rows).items():
            found[number] = (*found.get(number, ()), *marks)
    return found
