"""Worksheets: what a person is asked to look at where no program can decide, and which items to take.

A sample is drawn by a keyed hash of the items' keys: the same seed draws the same items again, in whatever
order they come, and whoever brings the records cannot know beforehand which will be looked at.
"""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from lantai.kit.errors import N_
from lantai.kit.fourprops.findings import Place
from lantai.kit.fourprops.parameters import Parameter, ParameterKind

MOST_DRAWN = 500  # kept in memory while the items stream by


class Answer(StrEnum):
    """The form of an answer."""

    YES_NO = "yes_no"
    TEXT = "text"
    DATE = "date"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Question:
    """One field to fill; ``label`` is a msgid."""

    name: str
    label: str
    answer: Answer = Answer.TEXT


@dataclass(frozen=True, slots=True)
class WorksheetForm:
    """The empty sheet of a check: the task, what to look at (msgids) and the questions."""

    task: str
    look_at: tuple[str, ...]
    questions: tuple[Question, ...]
    is_sampled: bool = False


@dataclass(frozen=True, slots=True)
class Worksheet:
    """The sheet of one run: the form with its sample, and, once a person has judged, the answers."""

    task: str
    look_at: tuple[str, ...]
    questions: tuple[Question, ...]
    seed: str = ""
    percent: int = 0
    population: int = 0
    sample: tuple[Place, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)


# Every sheet ends with these: who judged, when, and how.
SIGNED_OFF = (
    Question("conclusion", N_("结论"), Answer.YES_NO),
    Question("judged_by", N_("检测人")),
    Question("judged_on", N_("检测日期"), Answer.DATE),
    Question("note", N_("说明")),
)
SAMPLING = (
    Parameter(
        "sample_percent", ParameterKind.COUNT, N_("人工抽检的比例（%），0 表示不抽检"), 10, least=0, most=100
    ),
    Parameter(
        "sample_least", ParameterKind.COUNT, N_("至少抽检多少件"), 1, least=0, most=MOST_DRAWN
    ),
)  # fmt: skip


class Sampler:
    """Draws ``percent`` of the items seen, at least ``least`` and at most `MOST_DRAWN`."""

    def __init__(self, seed: str, percent: int, least: int) -> None:
        self._key = hashlib.sha256(seed.encode("utf-8", "replace")).digest()
        self._percent, self._least = percent, least
        self._kept: list[tuple[int, int, Place]] = []  # a heap with the largest hash on top
        self.population = 0

    def see(self, place: Place) -> None:
        """Count one item."""
        self.population += 1
        name = place.item.encode("utf-8", "replace")
        rank = -int.from_bytes(hashlib.blake2b(name, key=self._key, digest_size=8).digest())
        entry = (rank, self.population, place)
        if len(self._kept) < MOST_DRAWN:
            heapq.heappush(self._kept, entry)
        elif rank > self._kept[0][0]:
            heapq.heapreplace(self._kept, entry)

    def drawn(self) -> tuple[Place, ...]:
        """The sample, in the order of the records."""
        if not self._percent:
            return ()
        wanted = max(self._least, -(-self.population * self._percent // 100))
        chosen = heapq.nlargest(wanted, self._kept)
        return tuple(place for _rank, _number, place in sorted(chosen, key=lambda entry: entry[1]))
