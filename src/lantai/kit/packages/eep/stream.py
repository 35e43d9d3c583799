"""The tokens of a package as they come: names with their prefixes, lines, and text in pieces.

A canonical form needs prefixes and order, and 编码数据 is far too long to be put together, so that
`lantai.kit.packages.xml.read_events` does not serve here; its limits and its refusals do.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeAlias
from xml.parsers import expat

from lantai.kit.errors import N_
from lantai.kit.packages.xml import (
    LONGEST_TOKEN_BYTES,
    XmlBroken,
    XmlHostile,
    XmlLimits,
    decoded,
    hardened_parser,
)

NAMESPACE = "http://www.saac.gov.cn/standards/ERM/encapsulation"
ROOT = "电子文件封装包"
XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"

# 编码数据 is Base64 of a whole file; every 原封装包 nests four levels deeper
LIMITS = XmlLimits(total_bytes=32 * 1024**3, depth=160, attributes=16, attribute=4096, name=256)
_TEXT_PIECE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Name:
    """A qualified name; ``prefix`` is empty for the default namespace and for none."""

    namespace: str
    local: str
    prefix: str = ""

    @property
    def qualified(self) -> str:
        """As it stands in the file."""
        return f"{self.prefix}:{self.local}" if self.prefix else self.local


@dataclass(frozen=True, slots=True)
class Opening:
    """A start tag, without the declarations of namespaces; ``line`` counts from 1."""

    name: Name
    attributes: tuple[tuple[Name, str], ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class Closing:
    """An end tag."""

    name: Name


@dataclass(frozen=True, slots=True)
class Instruction:
    """A processing instruction."""

    target: str
    data: str


Token: TypeAlias = Opening | Closing | Instruction | str  # a str is a piece of text


def read_tokens(source: BinaryIO, *, limits: XmlLimits = LIMITS) -> Iterator[Token]:
    """The tokens of ``source`` without its comments, in bounded memory.

    Raises `XmlHostile` for a DTD or anything over a limit, `XmlBroken` for what is not well-formed.
    """
    reader = _Reader(limits)
    for text in decoded(source, limits):
        yield from reader.read(text.encode("utf-8"), is_last=False)
    yield from reader.read(b"", is_last=True)


def is_eep(path: Path) -> bool:
    """Whether ``path`` begins as a package of DA/T 48, by its root element or its namespace, whatever it is called."""
    try:
        with path.open("rb") as stream:
            first = next((t for t in read_tokens(stream) if isinstance(t, Opening)), None)
    except (XmlBroken, XmlHostile):
        return False
    return first is not None and (first.name.local == ROOT or first.name.namespace == NAMESPACE)


class _Reader:
    def __init__(self, limits: XmlLimits) -> None:
        self._limits = limits
        self._tokens: deque[Token] = deque()
        self._depth = 0
        self._silent_bytes = 0
        self._parser = parser = hardened_parser()
        parser.namespace_prefixes = True
        parser.ordered_attributes = True
        parser.buffer_size = _TEXT_PIECE_BYTES
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.CommentHandler = self._comment
        parser.ProcessingInstructionHandler = self._instruction

    def read(self, data: bytes, *, is_last: bool) -> Iterator[Token]:
        self._silent_bytes += len(data)
        try:
            self._parser.Parse(data, is_last)
        except expat.ExpatError as error:
            raise XmlBroken(line=error.lineno, reason=expat.ErrorString(error.code)) from error
        if self._silent_bytes > LONGEST_TOKEN_BYTES:
            raise XmlHostile(what=N_("过长的标记"))
        while self._tokens:
            yield self._tokens.popleft()

    def _start(self, name: str, attributes: list[str]) -> None:
        self._silent_bytes = 0
        limits = self._limits
        self._depth += 1
        if self._depth > limits.depth:
            raise XmlHostile(what=N_("过深的嵌套"))
        pairs = tuple(
            (_name(key), value) for key, value in zip(attributes[::2], attributes[1::2], strict=True)
        )
        found = _name(name)
        if max(len(found.local), len(found.prefix), len(found.namespace)) > limits.name or (
            len(pairs) > limits.attributes
        ):
            raise XmlHostile(what=N_("过长的名称或过多的属性"))
        if any(len(value) > limits.attribute for _key, value in pairs):
            raise XmlHostile(what=N_("过长的属性"))
        self._tokens.append(Opening(found, pairs, self._parser.CurrentLineNumber))

    def _end(self, name: str) -> None:
        self._silent_bytes = 0
        self._depth -= 1
        self._tokens.append(Closing(_name(name)))

    def _text(self, data: str) -> None:
        self._silent_bytes = 0
        self._tokens.append(data)

    def _comment(self, _data: str) -> None:
        self._silent_bytes = 0

    def _instruction(self, target: str, data: str) -> None:
        self._silent_bytes = 0
        self._tokens.append(Instruction(target, data))


def _name(text: str) -> Name:
    """expat says `local`, `namespace local` or `namespace local prefix`."""
    parts = text.split(" ")
    if len(parts) == 1:
        return Name("", parts[0])
    return Name(parts[0], parts[1], parts[2] if len(parts) > 2 else "")
