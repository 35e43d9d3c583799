"""Drawing who came after whom: generations from left to right, nobody over anybody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Placed:
    """Where one stands: ``column`` counts generations from the first, ``row`` those beside each other."""

    id: int
    column: int
    row: int


def arrange(pairs: Iterable[tuple[int, int]], began: Mapping[int, int]) -> list[Placed]:
    """Everybody of the pairs (before, after), each to the right of all before it; by ``began`` within a column.

    A circle, which rows entered elsewhere may hold, is cut where it is met again.
    """
    before: dict[int, set[int]] = defaultdict(set)
    for first, second in pairs:
        before[second].add(first)
        before.setdefault(first, set())
    depth: dict[int, int] = {}
    for one in sorted(before):
        _deepen(one, before, depth)
    columns: dict[int, list[int]] = defaultdict(list)
    for one, column in depth.items():
        columns[column].append(one)
    return [
        Placed(one, column, row)
        for column in sorted(columns)
        for row, one in enumerate(sorted(columns[column], key=lambda pk: (began.get(pk, 0), pk)))
    ]


def _deepen(start: int, before: Mapping[int, set[int]], depth: dict[int, int]) -> None:
    """The depth of ``start`` and of all before it, without recursion: chains may be long."""
    stack, entered = [start], set()
    while stack:
        one = stack[-1]
        if one in depth:
            stack.pop()
            continue
        open_ones = [each for each in sorted(before[one]) if each not in depth and each not in entered]
        if one not in entered and open_ones:
            entered.add(one)
            stack += open_ones
            continue
        depth[one] = 1 + max((depth[each] for each in before[one] if each in depth), default=-1)
        stack.pop()
