"""The rank of the parts, as the contracts in pyproject.toml say it."""

from __future__ import annotations

import tomllib

import grimp
import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from tests.arch.public_surface import PublicSurface
from tests.conftest import ROOT


def test_every_import_contract_is_kept(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.syspath_prepend(str(ROOT))
    status = lint_imports(no_cache=True, no_logo=True)
    assert status == EXIT_STATUS_SUCCESS, capsys.readouterr().out


def test_no_contract_makes_an_exception() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    assert [c["name"] for c in settings["contracts"] if "ignore_imports" in c] == []


def test_no_modules_import_each_other_in_a_circle() -> None:
    graph = grimp.build_graph("lantai", cache_dir=None, exclude_type_checking_imports=True)
    imports = {module: graph.find_modules_directly_imported_by(module) for module in graph.modules}
    assert list(_circles(imports)) == []


def _circles(imports: dict[str, set[str]]) -> list[list[str]]:
    """Groups of modules that reach each other; leaves and roots are peeled off first."""
    left = {module: set(targets) & imports.keys() for module, targets in imports.items()}
    while loose := {
        m for m, targets in left.items() if not targets or not any(m in t for t in left.values())
    }:
        left = {m: targets - loose for m, targets in left.items() if m not in loose}
    reached = {module: _reached(left, module) for module in left}
    groups = {frozenset(m for m in reached[module] if module in reached[m]) for module in left}
    return sorted(sorted(group) for group in groups if group)


def _reached(imports: dict[str, set[str]], start: str) -> set[str]:
    found: set[str] = set()
    todo = list(imports[start])
    while todo:
        module = todo.pop()
        if module not in found:
            found.add(module)
            todo.extend(imports[module])
    return found


def test_a_circle_is_found() -> None:
    imports = {"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}, "e": set()}
    assert _circles(imports) == [["b", "c"]]


@pytest.mark.parametrize(
    ("importer", "imported", "kept"),
    [
        ("x.apps.top.services", "x.apps.low.services", True),
        ("x.apps.top.services", "x.apps.low.services.sealing", True),
        ("x.apps.top.services", "x.apps.low.models", False),
        ("x.apps.top.services", "x.apps.low", False),
        ("x.apps.top.views", "x.apps.top.models", True),
        ("x.site.demo", "x.apps.low.models", True),
    ],
)
def test_the_public_surface_contract_tells_private_from_public(
    importer: str, imported: str, kept: bool
) -> None:
    graph = grimp.ImportGraph()
    graph.add_import(importer=importer, imported=imported)
    contract = PublicSurface(
        "surface", {"root_packages": ["x"]}, {"container": "x.apps", "public": ["services", "queries"]}
    )
    assert contract.check(graph, verbose=False).kept is kept
