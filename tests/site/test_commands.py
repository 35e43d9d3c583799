"""Each command loads the program by itself: most tests of the command line fork it from one that has loaded it."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator

from lantai.site import commands

_LOADING = {"open_database", "migrate"}
_OF_THE_PROGRAM = ("lantai.apps", "lantai.platform", "lantai.site")


def _unloaded(text: str, names: set[str]) -> Iterator[str]:
    """Functions of these names that import from the program before it is loaded, or without loading it."""
    for function in ast.parse(text).body:
        if not isinstance(function, ast.FunctionDef) or function.name not in names:
            continue
        nodes = list(ast.walk(function))
        calls = [node for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
        loaded = min((one.lineno for one in calls if one.func.id in _LOADING), default=None)  # type: ignore[attr-defined]
        for node in nodes:
            is_ours = isinstance(node, ast.ImportFrom) and str(node.module).startswith(_OF_THE_PROGRAM)
            if is_ours and (loaded is None or node.lineno < loaded):  # type: ignore[attr-defined]
                yield function.name


def test_a_command_loads_the_program_before_it_takes_anything_from_it() -> None:
    names = {one.__name__ for one in commands._COMMANDS.values()}
    assert list(_unloaded(inspect.getsource(commands), names)) == []
    late = "def one():\n    from lantai.platform import jobs\n    open_database()\n"
    never = "def two():\n    from lantai.apps import intake\n"
    assert list(_unloaded(late + never, {"one", "two"})) == ["one", "two"]
