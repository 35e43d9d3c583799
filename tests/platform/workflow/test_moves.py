"""A state changes only through its table."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.platform.workflow.machine import Machine, Move, State


def machine(edges: list[tuple[str, str]], initial: str, final: set[str], states: set[str]) -> Machine:
    moves = tuple(
        Move(name=f"m{i}", source=frozenset({a}), target=b, label="移", past="moved", permission="x:y:z")
        for i, (a, b) in enumerate(edges)
    )
    return Machine("state", initial, frozenset(final), {s: State(s) for s in states}, moves)


def test_a_sound_table_has_no_faults():
    assert machine([("a", "b"), ("b", "c")], "a", {"c"}, {"a", "b", "c"}).faults() == []


@pytest.mark.parametrize(
    ("edges", "final", "states", "fault"),
    [
        ([("a", "b")], set(), {"a", "b"}, "dead end: b"),
        ([("a", "c"), ("b", "c")], {"c"}, {"a", "b", "c"}, "unreachable: b"),
        ([("a", "b"), ("b", "a")], {"b"}, {"a", "b"}, "leaves final: m1"),
        ([("a", "b")], {"b"}, {"a"}, "no label: b"),
        ([("a", "b")], {"b"}, {"a", "b", "z"}, "never used: z"),
    ],
)
def test_each_structural_mistake_is_named(edges, final, states, fault):
    assert fault in machine(edges, "a", final, states).faults()


STATES = st.sampled_from("abcdef")


@given(st.lists(st.tuples(STATES, STATES), max_size=12), st.sets(STATES))
def test_the_checker_agrees_with_walking_the_table(edges, final):
    named = {"a", *final, *(s for edge in edges for s in edge)}
    reached, grew = {"a"}, True
    while grew:
        more = {b for a, b in edges if a in reached} - reached
        reached |= more
        grew = bool(more)
    faults = machine(edges, "a", final, named).faults()
    assert {f.removeprefix("unreachable: ") for f in faults if f.startswith("unreachable")} == named - reached
    dead = {s for s in named - final if all(a != s for a, _ in edges)}
    assert {f.removeprefix("dead end: ") for f in faults if f.startswith("dead end")} == dead
