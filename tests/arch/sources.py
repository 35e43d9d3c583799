"""The source of the product as syntax trees, parsed once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from lantai.site.loading import loading
from tests.conftest import ROOT

SRC = ROOT / "src" / "lantai"
_KINDS = [
    kind + form
    for kind in ("gettext", "ngettext", "pgettext", "npgettext")
    for form in ("", "_lazy", "_noop")
]
GETTEXT = frozenset({"_", "_lazy", "N_", *_KINDS})
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Source:
    """One Python file."""

    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=str(self.path))

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All nodes of the tree, walked once for all checks."""
        return tuple(ast.walk(self.tree))

    @cached_property
    def lines(self) -> list[str]:
        return self.text.splitlines()

    @cached_property
    def gettexts(self) -> frozenset[str]:
        """Names under which this file calls gettext or marks a text for it."""
        aliases = {
            alias.asname
            for node in self.nodes
            if isinstance(node, ast.ImportFrom)
            and node.module in {"django.utils.translation", "lantai.kit.errors"}
            for alias in node.names
            if alias.asname and alias.name in GETTEXT
        }
        return GETTEXT | aliases

    @cached_property
    def tellers(self) -> frozenset[str]:
        """Names of what takes a message as its first argument."""
        return self.gettexts | error_names()

    @property
    def name(self) -> str:
        """The path as a person would type it."""
        return self.path.relative_to(ROOT).as_posix() if self.path.is_relative_to(ROOT) else self.path.name

    @property
    def is_product(self) -> bool:
        return self.path.is_relative_to(SRC)

    @property
    def is_migration(self) -> bool:
        return self.path.parent.name == "migrations"

    def at(self, node: ast.AST) -> str:
        """`file:line` of a node."""
        return f"{self.name}:{getattr(node, 'lineno', 1)}"

    def functions(self) -> Iterator[Function]:
        for node in self.nodes:
            if isinstance(node, Function):
                yield node

    def calls(self) -> Iterator[ast.Call]:
        for node in self.nodes:
            if isinstance(node, ast.Call):
                yield node


@cache
def product() -> tuple[Source, ...]:
    """Every Python file of the product."""
    return _read(SRC)


@cache
def everything() -> tuple[Source, ...]:
    """The product, its tests and its benchmarks."""
    folders = [ROOT / "tests", ROOT / "benchmarks"]
    return (*product(), *(source for folder in folders for source in _read(folder)))


def forget() -> None:
    """Let go of the trees, which are a million objects."""
    for kept in (product, everything):
        kept.cache_clear()


def _read(folder: Path) -> tuple[Source, ...]:
    """All at once, while the collector waits: it would look through a million nodes, now and in every later test."""
    with loading():
        found = tuple(Source(path, path.read_text("utf-8")) for path in sorted(folder.rglob("*.py")))
        for source in found:
            assert source.nodes
    return found


def called_name(call: ast.Call) -> str:
    """The last name of what is called: `f` for f() and for a.f()."""
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


@cache
def error_names() -> frozenset[str]:
    """Names of the product's classes that descend from LantaiError: their first argument is a message."""
    known = {"LantaiError"}
    classes = [node for source in product() for node in source.nodes if isinstance(node, ast.ClassDef)]
    while True:
        more = {c.name for c in classes if any(_last(base) in known for base in c.bases)} - known
        if not more:
            return frozenset(known)
        known |= more


def _last(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
