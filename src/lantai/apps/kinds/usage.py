"""How many descriptions have a value in a field: told by the app that keeps descriptions."""

from __future__ import annotations

from collections.abc import Callable

from lantai.apps.kinds.types import KindField

Counter = Callable[[int, int | None, KindField], int]
_counters: list[Counter] = []


def register_counter(counter: Counter) -> None:
    """Let `counter(kind_id, archives_id, field)` tell; ``archives_id`` is None for everywhere."""
    if counter not in _counters:
        _counters.append(counter)


def count_values(kind_id: int, archives_id: int | None, field: KindField) -> int:
    """How many descriptions of the kind have a value in the field."""
    return sum(counter(kind_id, archives_id, field) for counter in _counters)
