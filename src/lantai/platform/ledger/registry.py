"""What higher parts add to the published log."""

from __future__ import annotations

from collections.abc import Callable, Sequence

Cosignatures = Callable[[int], Sequence[str]]
_cosignatures: list[Cosignatures] = []


def register_cosignatures(find: Cosignatures) -> None:
    """Declare who knows the cosignature lines of the checkpoint of a size; from an ``apps.py`` only."""
    _cosignatures[:] = [find]


def cosignatures(size: int) -> str:
    """The lines that witnesses added to the checkpoint of a size."""
    return "".join(line for find in _cosignatures for line in find(size))
