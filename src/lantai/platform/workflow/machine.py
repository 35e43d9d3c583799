"""State tables as data, and a checker that a test runs over all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

AUTOMATIC = "workflow:move:automatic"
Guard = Callable[[Any], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One row of a transition table.

    ``permission`` must be held at the organisation that ``org_path`` names on the row (an attribute path that
    ends in ``_id``); ``AUTOMATIC`` moves are made by services and jobs alone and never offered to people.
    ``guard`` raises a ``Refusal`` when the row itself forbids the move. ``by_someone_else_than`` names earlier
    moves whose actor may not make this one. A move that ``waits`` puts its row into the inboxes of those who may.
    """

    name: str
    source: frozenset[str]
    target: str
    label: str
    past: str
    permission: str
    org_path: str = "org_id"
    needs_reason: bool = False
    guard: Guard | None = None
    by_someone_else_than: tuple[str, ...] = ()
    waits: bool = True
    is_primary: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """How a state is said and shown; tones are good, warn, bad, busy and plain."""

    label: str
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Machine:
    """A state table over one field of one model."""

    field: str
    initial: str
    final: frozenset[str]
    states: Mapping[str, State]
    moves: tuple[Move, ...]
    by_name: Mapping[str, Move] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {move.name: move for move in self.moves})

    def label_of(self, state: str) -> str:
        """The word for a state."""
        return str(self.states[state].label)

    def tone_of(self, state: str) -> str:
        """The colour that goes with the word."""
        return self.states[state].tone

    @property
    def choices(self) -> list[tuple[str, str]]:
        """For a model field or a filter."""
        return [(slug, state.label) for slug, state in self.states.items()]

    def faults(self) -> list[str]:
        """Structural mistakes, in words; empty for a sound table."""
        named = {self.initial, *self.final, *(s for m in self.moves for s in (m.target, *m.source))}
        found = [f"no label: {s}" for s in sorted(named - set(self.states))]
        found += [f"never used: {s}" for s in sorted(set(self.states) - named)]
        found += [f"unreachable: {s}" for s in sorted(named - self._reachable())]
        leaving = {s for m in self.moves for s in m.source}
        found += [f"dead end: {s}" for s in sorted(named - self.final - leaving)]
        found += [f"leaves final: {m.name}" for m in self.moves if m.source & self.final]
        names = [m.name for m in self.moves]
        found += [f"two moves named {n}" for n in sorted({n for n in names if names.count(n) > 1})]
        found += [
            f"unknown earlier move: {n}" for m in self.moves for n in m.by_someone_else_than if n not in names
        ]
        return found

    def _reachable(self) -> set[str]:
        reached, todo = {self.initial}, [self.initial]
        while todo:
            here = todo.pop()
            fresh = {m.target for m in self.moves if here in m.source} - reached
            reached |= fresh
            todo += fresh
        return reached
