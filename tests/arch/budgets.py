"""The checks behind test_budgets: each takes one source and yields what is wrong in it."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator

from tests.arch.sources import SRC, Function, Source, called_name

MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
BANNED = frozenset(
    {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers", "extras", "base"}
)
ABSTRACT = frozenset({"ABC", "Protocol"})

Check = Callable[[Source], Iterator[str]]


def long_file(source: Source) -> Iterator[str]:
    """A file stays within 400 lines."""
    if len(source.lines) > MAX_FILE_LINES:
        yield f"{source.name} has {len(source.lines)} lines"


def long_function(source: Source) -> Iterator[str]:
    """A function stays within 50 lines."""
    for function in source.functions():
        length = (function.end_lineno or 0) - function.lineno + 1
        if length > MAX_FUNCTION_LINES:
            yield f"{source.at(function)} {function.name} has {length} lines"


def missing_return(source: Source) -> Iterator[str]:
    """Every function of the product says what it returns."""
    for function in source.functions() if source.is_product and not source.is_migration else ():
        if function.returns is None:
            yield f"{source.at(function)} {function.name} does not say what it returns"


def banned_name(source: Source) -> Iterator[str]:
    """A name says what is inside; `base` only where abstract classes live."""
    names = {source.path.stem, source.path.parent.name} & BANNED
    if names and not (names == {"base"} and _holds_abstract(source)):
        yield f"{source.name}: the name {', '.join(sorted(names))} says nothing"


def _holds_abstract(source: Source) -> bool:
    bases = [base for node in source.nodes if isinstance(node, ast.ClassDef) for base in node.bases]
    return any(getattr(base, "id", getattr(base, "attr", "")) in ABSTRACT for base in bases)


def signal(source: Source) -> Iterator[str]:
    """Nothing happens behind the reader's back: no signals."""
    for node in source.nodes if source.is_product else ():
        match node:
            case ast.ImportFrom(module=str(module)) if _is_signals(module):
                yield f"{source.at(node)} imports {module}"
            case ast.ImportFrom(names=names) if any(_is_signals(alias.name) for alias in names):
                yield f"{source.at(node)} imports signals"
            case ast.Import(names=names) if any(_is_signals(alias.name) for alias in names):
                yield f"{source.at(node)} imports signals"


def _is_signals(module: str) -> bool:
    return module == "django.dispatch" or module.split(".")[-1] == "signals"


def overridden_save(source: Source) -> Iterator[str]:
    """Services write; a row does nothing of its own when it is saved or deleted."""
    if not source.is_product or source.path.is_relative_to(SRC / "kit"):
        return
    for node in source.nodes:
        if not isinstance(node, ast.ClassDef) or not node.bases:
            continue
        for part in node.body:
            if isinstance(part, Function) and part.name in {"save", "delete"} and "self" in _arguments(part):
                yield f"{source.at(part)} {node.name} overrides {part.name}()"


def _arguments(function: Function) -> list[str]:
    return [argument.arg for argument in function.args.args]


def star_import(source: Source) -> Iterator[str]:
    """Every name can be traced to where it comes from."""
    for node in source.nodes:
        if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
            yield f"{source.at(node)} imports everything of {node.module}"


def broad_except(source: Source) -> Iterator[str]:
    """What is not expected flies, except at a boundary that gives its reason on the line."""
    for node in source.nodes if source.is_product else ():
        if not isinstance(node, ast.ExceptHandler) or not _is_broad(node.type):
            continue
        if not re.search(r"#.*\bboundary: \S", source.lines[node.lineno - 1]):
            yield f"{source.at(node)} catches everything without '# boundary: reason'"


def _is_broad(kind: ast.expr | None) -> bool:
    if isinstance(kind, ast.Tuple):
        return any(_is_broad(one) for one in kind.elts)
    return kind is None or getattr(kind, "id", "") in {"Exception", "BaseException"}


def composed_message(source: Source) -> Iterator[str]:
    """A message to users is one literal with named places, or it can be neither found nor translated."""
    for call in source.calls() if source.is_product else ():
        name = called_name(call)
        if name in source.tellers and call.args and _is_composed(call.args[0]):
            yield f"{source.at(call)} {name}() is given a composed message"
    for node in source.nodes if source.is_product else ():
        match node:
            case ast.BinOp(op=ast.Add(), left=left, right=right) if _is_text(source, left) or _is_text(
                source, right
            ):
                yield f"{source.at(node)} adds texts to a translated one"
            case ast.JoinedStr(values=values) if any(
                _is_text(source, getattr(v, "value", None)) for v in values
            ):
                yield f"{source.at(node)} puts a translated text into an f-string"


def _is_composed(argument: ast.expr) -> bool:
    return isinstance(argument, (ast.JoinedStr, ast.BinOp)) or (
        isinstance(argument, ast.Call) and called_name(argument) in {"format", "join"}
    )


def _is_text(source: Source, node: object) -> bool:
    return isinstance(node, ast.Call) and called_name(node) in source.gettexts


def unnamed_place(source: Source) -> Iterator[str]:
    """Places in a message have names, since word order differs between languages."""
    for call in source.calls() if source.is_product else ():
        if called_name(call) not in source.tellers:
            continue
        for argument in call.args[:2]:
            match argument:
                case ast.Constant(value=str(text)) if re.search(r"%[sdrif]|\{\w*\}", text.replace("%%", "")):
                    yield f"{source.at(call)} has a place without a name: {text[:40]}"


def taken_too_late(source: Source) -> Iterator[str]:
    """A display that unfolds a dict does not take from it behind that: by then it has copied what is taken."""
    for node in source.nodes:
        if not isinstance(node, ast.Dict):
            continue
        unfolded = {
            value.id
            for key, value in zip(node.keys, node.values, strict=True)
            if key is None and isinstance(value, ast.Name)
        }
        for inner in ast.walk(node):
            if (
                isinstance(inner, ast.Attribute)
                and inner.attr == "pop"
                and isinstance(inner.value, ast.Name)
                and inner.value.id in unfolded
            ):
                yield f"{source.at(node)} takes from {inner.value.id} after it was copied"


CHECKS: tuple[Check, ...] = (
    long_file,
    long_function,
    missing_return,
    banned_name,
    signal,
    overridden_save,
    star_import,
    broad_except,
    composed_message,
    unnamed_place,
    taken_too_late,
)
