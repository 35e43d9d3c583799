"""What higher apps show beside a description: each brings a template and its values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from lantai.apps.catalogue.models import Description
from lantai.platform.context import Ctx


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the page of a description; its template finds the values as ``panel.values``."""

    template: str
    values: Mapping[str, object] = field(default_factory=dict)


Maker = Callable[[Ctx, Description], Panel | None]
_makers: list[tuple[int, Maker]] = []


def register_panel(maker: Maker, *, order: int = 50) -> None:
    """Show what ``maker`` gives beside every description that the reader may see; None shows nothing."""
    _makers.append((order, maker))
    _makers.sort(key=lambda one: one[0])


def panels_of(ctx: Ctx, row: Description) -> list[Panel]:
    """The panels of a description in their order."""
    return [panel for _order, maker in _makers if (panel := maker(ctx, row)) is not None]
