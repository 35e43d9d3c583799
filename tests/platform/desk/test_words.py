"""Every act of the ledger has a word on the pages."""

from __future__ import annotations

import ast

from lantai.platform.desk import words
from lantai.platform.workflow import registry
from tests.conftest import ROOT


def recorded_acts() -> set[str]:
    found = set()
    for path in (ROOT / "src" / "lantai").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "attr", "") == "record"
                and len(node.args) > 1
            ):
                act = node.args[1]
                if isinstance(act, ast.Constant) and isinstance(act.value, str):
                    found.add(act.value)
    return found


def test_every_act_that_code_records_has_a_word():
    acts = recorded_acts()
    assert len(acts) > 20
    assert not [act for act in sorted(acts) if words.act_label(act) == act]


def test_every_move_of_a_state_table_has_a_word():
    acts = [f"{one.object_type}:{move.past}" for one in registry.machines() for move in one.machine.moves]
    assert acts
    assert not [act for act in acts if words.act_label(act) == act]
