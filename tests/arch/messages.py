"""Every text that users may read, collected from the code and the templates."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.extract import extract_python
from django.utils.translation.template import templatize

from tests.arch.sources import SRC, Source, called_name, product
from tools.messages import data_texts

BRAND = "兰台"
HAN = re.compile(r"[\u3400-\u9fff]")
PLACE = re.compile(r"%\((\w+)\)[sd]")
_PLURAL = {"ngettext", "ngettext_lazy", "ngettext_noop"}
_TEMPLATE_KEYWORDS = ("gettext", "_", "ngettext", "pgettext", "npgettext")

# Calls whose texts are data or are not shown: comparisons, patterns, containers.
SILENT = frozenset(
    word
    for words in (
        "compile match fullmatch search sub maketrans translate encode",
        "split rsplit partition rpartition replace startswith endswith removeprefix removesuffix",
        "strip lstrip rstrip join find index count get pop",
        "frozenset set tuple list dict Q filter exclude",
    )
    for word in words.split()
)
# Class attributes that pages show.
SHOWN = frozenset({"label", "message", "title", "noun", "text", "help_text", "verbose_name", "hint"})


@dataclass(frozen=True)
class Message:
    """One message id and where it stands."""

    text: str
    where: str


def of_code() -> Iterator[Message]:
    """Literals given to gettext, N_ and the errors of the house."""
    for source in product():
        for call in source.calls():
            name = called_name(call)
            if name not in source.tellers:
                continue
            count = 2 if name in _PLURAL else 1
            first = 1 if name.startswith("pgettext") else 0  # a context goes before
            for argument in call.args[first : first + count]:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield Message(argument.value, source.at(call))


def of_templates(paths: list[Path]) -> Iterator[Message]:
    """Literals of translate and blocktranslate."""
    for path in paths:
        code = templatize(path.read_text("utf-8"), origin=str(path))
        found = extract_python(io.BytesIO(code.encode()), _TEMPLATE_KEYWORDS, (), {"encoding": "utf-8"})
        for line, _function, texts, _comments in found:
            for text in [texts] if isinstance(texts, str) else texts[:1]:
                if text:
                    yield Message(text, f"{path.name}:{line}")


def of_data() -> Iterator[Message]:
    """Names, titles, citations and notes in the data that is shipped: pages translate them where they show them."""
    for path, text, _context in data_texts():
        yield Message(text, path.name)


def bare_text(template: str) -> Iterator[tuple[int, str]]:
    """Chinese outside of translate tags: (line, text)."""
    quiet = re.sub(
        r"\{#.*?#\}|\{%\s*comment\b.*?endcomment\s*%\}|<!--.*?-->|\{%\s*blocktrans(late)?\b.*?endblocktrans(late)?\s*%\}"
        r"|lang=\"zh-hans\".*?</"  # the name of the language in itself
        r"|aria-hidden=\"true\">[^<]*<"  # a seal or an ornament, not read as text
        r"|\{%\s*trans(late)?\b.*?%\}|_\((?:\"[^\"]*\"|'[^']*')\)",
        lambda found: "\n" * found[0].count("\n"),
        template,
        flags=re.DOTALL,
    )
    for number, line in enumerate(quiet.splitlines(), 1):
        if _speaks(line):
            yield number, line.strip()[:60]


def untold(source: Source) -> Iterator[str]:
    """Chinese literals of a program that would reach a user without passing the catalogue."""
    parents = {child: node for node in source.nodes for child in ast.iter_child_nodes(node)}
    for node in source.nodes:
        match node:
            case ast.Constant(value=str(text)) if _speaks(text) and _is_shown(
                node, parents, source.tellers | SILENT
            ):
                yield f"{source.at(node)} {text[:40]!r}"


def _speaks(text: str) -> bool:
    """Whether there is Chinese beside the name of the product, which is the same in every language."""
    return bool(HAN.search(text.replace(BRAND, "")))


def _is_shown(node: ast.AST, parents: dict[ast.AST, ast.AST], passing: frozenset[str]) -> bool:
    """Whether the literal is handed to a call that shows it, returned, formatted, or a shown attribute."""
    while node in parents:
        child, node = node, parents[node]
        match node:
            case ast.Call():
                return called_name(node) not in passing
            case ast.JoinedStr() | ast.Return() | ast.Yield():
                return True
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                return name in SHOWN and isinstance(parents.get(node), ast.ClassDef)
            case ast.Compare() | ast.Subscript() | ast.MatchValue() | ast.Dict() | ast.Set():
                return False
            case ast.List() | ast.Tuple() if child in getattr(node, "elts", ()):
                continue
            case ast.stmt():
                return False
    return False


def told_too_early(source: Source) -> Iterator[str]:
    """Calls of an eager gettext while a module is imported: the language would be fixed for ever."""
    eager = {
        alias.asname or alias.name
        for node in source.nodes
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
        for alias in node.names
        if alias.name in {"gettext", "ngettext", "pgettext", "npgettext"}
    }
    todo: list[ast.AST] = [source.tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Call) and called_name(node) in eager:
            yield f"{source.at(node)} is translated at import"
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            todo.extend(ast.iter_child_nodes(node))


def spoken(source: Source) -> bool:
    """Whether a file is of the parts that speak to users; sample data of the demonstration is not."""
    place = source.path.relative_to(SRC)
    return (
        place.parts[0] in {"apps", "platform", "site"}
        and not source.is_migration
        and "demo" not in place.parts
    )
