"""The 档号 of a whole catalogue: none twice, none left out."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from dataclasses import dataclass, field
from itertools import pairwise

from lantai.kit.numbering import ReferenceCode
from lantai.kit.packages.problems import Findings

_NAMED = 3  # missing numbers that a message names one by one


@dataclass(slots=True)
class _Run:
    """The numbers under one prefix in the order of their rows."""

    width: int
    numbers: array[int] = field(default_factory=lambda: array("q"))
    rows: array[int] = field(default_factory=lambda: array("q"))


class Numbers:
    """Remembers each code with its place; the rows are counted through, whatever sheet they stand in."""

    def __init__(self) -> None:
        self._places: dict[str, str] = {}
        self._runs: dict[str, _Run] = {}
        self._unreadable: list[int] = []
        self._row = 0

    def unreadable(self) -> None:
        """The next row has no code that could be read."""
        self._row += 1
        self._unreadable.append(self._row)

    def add(self, code: ReferenceCode, text: str, place: str) -> str:
        """The code of the next row; where it stood before, or "" where it is new."""
        other = self._places.get(text, "")
        if other:
            self.unreadable()
            return other
        self._row += 1
        self._places[text] = place
        number = code.item_no or code.file_no
        run = self._runs.setdefault(code.prefix, _Run(len(number)))
        run.numbers.append(code.number)
        run.rows.append(self._row)
        return ""

    def tell_gaps(self, findings: Findings) -> None:
        """Warn of each number that no row has, unless a row with a wrong code stands where it would be."""
        for prefix, run in self._runs.items():
            pairs = sorted(zip(run.numbers, run.rows, strict=True))
            for before, after in pairwise(pairs):
                self._tell_gap(findings, prefix, run.width, before, after)

    def _tell_gap(
        self,
        findings: Findings,
        prefix: str,
        width: int,
        before: tuple[int, int],
        after: tuple[int, int],
    ) -> None:
        missing = after[0] - before[0] - 1
        first, last = sorted((before[1], after[1]))
        explained = bisect_left(self._unreadable, last) - bisect_left(self._unreadable, first)
        if missing <= 0 or missing <= explained:
            return
        named = [
            f"{number:0{width}d}" for number in range(before[0] + 1, before[0] + 1 + min(missing, _NAMED))
        ]
        text = f"{prefix}{after[0]:0{width}d}"
        shown = "、".join(named) + ("…" if missing > _NAMED else "")
        place = self._places.get(text, text)
        findings.warning("code-gap", place, value=text, count=missing, missing=shown)
