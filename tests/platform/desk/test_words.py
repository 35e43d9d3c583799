"""Every act of the ledger has a word on the pages."""

from __future__ import annotations

import ast
import re

from lantai.platform.desk import words
from lantai.platform.workflow import registry
from lantai.platform.workflow.machine import AUTOMATIC
from tests.conftest import ROOT

ACT = re.compile(r"[a-z_]+:[a-z_]+:[a-z_]+")


def named(*, in_permissions: bool) -> set[str]:
    """Names of that form in the files of permissions, or in all the others; what has none is not parsed."""
    paths = (ROOT / "src" / "lantai").rglob("*.py")
    texts = (path.read_text("utf-8") for path in paths if (path.name == "permissions.py") == in_permissions)
    return {
        node.value
        for text in texts
        if ACT.search(text)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and ACT.fullmatch(node.value)
    }


def recorded_acts() -> set[str]:
    """Every name of an act that a program writes down; permissions have the same form and are not meant."""
    return named(in_permissions=False) - named(in_permissions=True) - {AUTOMATIC}


def test_every_act_that_code_records_has_a_word():
    acts = recorded_acts()
    assert len(acts) > 20
    assert not [act for act in sorted(acts) if words.act_label(act) == act]


def test_every_move_of_a_state_table_has_a_word():
    acts = [f"{one.object_type}:{move.past}" for one in registry.machines() for move in one.machine.moves]
    assert acts
    assert not [act for act in acts if words.act_label(act) == act]
