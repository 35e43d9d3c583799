"""What the tests stand on hides nothing of the product."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.conftest import ROOT


def _opens(node: ast.AST) -> bool:
    return isinstance(node, ast.With) and any(
        "transaction.atomic(" in ast.unparse(one.context_expr) for one in node.items
    )


def _around_tests(text: str) -> Iterator[str]:
    """Fixtures that open a transaction around what they give, by name."""
    for function in ast.walk(ast.parse(text)):
        is_fixture = isinstance(function, ast.FunctionDef) and any(
            "fixture" in ast.unparse(one) for one in function.decorator_list
        )
        blocks = [node for node in ast.walk(function) if _opens(node)] if is_fixture else []
        if any(isinstance(node, ast.Yield) for block in blocks for node in ast.walk(block)):
            yield function.name  # type: ignore[attr-defined]


def test_fixtures_open_transactions_by_taken_back_or_locks_outside_of_one_would_not_be_seen() -> None:
    texts = {path: path.read_text("utf-8") for path in sorted((ROOT / "tests").rglob("*.py"))}
    some = {path: text for path, text in texts.items() if "transaction.atomic(" in text and "fixture" in text}
    assert [f"{path.name}: {name}" for path, text in some.items() for name in _around_tests(text)] == []
    unmarked = "@pytest.fixture\ndef one():\n    with a(), transaction.atomic():\n        yield 1\n"
    assert list(_around_tests(unmarked)) == ["one"]
