"""Findings that stay small however wrong a catalogue is: the first of each kind, then a count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from lantai.kit.packages.problems import Findings, Severity

MOST_OF_A_KIND = 2_000  # nobody reads further; a whole column in a wrong format would make 200,000
_MORE = "more-of-kind"


class CappedFindings(Findings):
    """Lists the first `MOST_OF_A_KIND` findings of each code; `tell_uncounted` says how many more there are."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        super().__init__(messages)
        self._counts: Counter[tuple[str, Severity]] = Counter()

    def _add(self, code: str, place: str, params: dict[str, object], severity: Severity) -> None:
        self._counts[code, severity] += 1
        if self._counts[code, severity] <= MOST_OF_A_KIND:
            super()._add(code, place, params, severity)

    def tell_uncounted(self) -> None:
        """Add, once, a line for each kind of which more was found than is listed."""
        over = [
            (key, count - MOST_OF_A_KIND) for key, count in self._counts.items() if count > MOST_OF_A_KIND
        ]
        listed = {problem.code: problem for problem in self}
        for (code, severity), count in over:
            place = listed[code].place
            super()._add(_MORE, place, {"count": count, "most": MOST_OF_A_KIND}, severity)
        self._counts.clear()
