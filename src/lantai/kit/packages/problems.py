"""What a reader found wrong in a package: collected, never raised."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """Whether the package fails by it."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"  # of what may be and is not: for the maker of the package, not for its judge


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: a stable ``code``, the ``place`` in the package, and a message with its params."""

    code: str
    place: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return self.message % self.params if self.params else self.message


class Findings:
    """Collects problems of one package; the texts stand in ``messages`` under their code."""

    def __init__(self, messages: Mapping[str, str]) -> None:
        self._messages = messages
        self._found: list[Problem] = []

    def error(self, code: str, place: str, /, **params: object) -> None:
        """Note an error at ``place``."""
        self._add(code, place, params, Severity.ERROR)

    def warning(self, code: str, place: str, /, **params: object) -> None:
        """Note something that does not fail the package."""
        self._add(code, place, params, Severity.WARNING)

    def _add(self, code: str, place: str, params: dict[str, object], severity: Severity) -> None:
        self._found.append(Problem(code, place, self._messages[code], {"place": place, **params}, severity))

    def extend(self, others: Iterable[Problem]) -> None:
        """Take over the findings of a part."""
        self._found.extend(others)

    def __iter__(self) -> Iterator[Problem]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    @property
    def error_count(self) -> int:
        """How many of the findings are errors."""
        return sum(problem.severity is Severity.ERROR for problem in self._found)

    def as_tuple(self) -> tuple[Problem, ...]:
        """The findings in the order in which they were made."""
        return tuple(self._found)
