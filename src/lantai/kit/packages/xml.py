"""XML from outside, read as a stream: no DTD, no entities of its own, no network, everything capped.

Archival formats need none of these, and every XML attack needs one. A declaration is refused when
it is met, before anything in it is looked at. GB18030 and GB2312, which the standards allow, are
read as well as UTF-8 and UTF-16.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import escape

from lantai.kit.errors import N_, Invalid

_CHUNK_BYTES = 64 * 1024
_DECLARED = re.compile(rb"""^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z0-9._-]+)["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_NAME = re.compile(
    r"[A-Za-z_\u3007\u3400-\u4dbf\u4e00-\u9fff][A-Za-z0-9_.\u3007\u3400-\u4dbf\u4e00-\u9fff-]*"
)
UNSAYABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CODECS = {
    "utf-8": "utf-8",
    "utf8": "utf-8",
    "us-ascii": "utf-8",
    "utf-16": "utf-16",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
}


class XmlHostile(Invalid):
    """The document tries what no record needs; nothing of it was used."""

    message = N_("XML 文件含有%(what)s，为安全起见没有读取；请重新生成不含这类内容的文件。")


class XmlBroken(Invalid):
    """The document is not well-formed, or not in the encoding it declares."""

    message = N_("XML 文件第 %(line)d 行无法读取（%(reason)s）；请重新生成后再提交。")


class XmlUnsayable(Invalid):
    """A value holds characters that XML 1.0 cannot carry."""

    message = N_("“%(name)s”的内容含有 XML 不能表示的控制字符，请去掉后再试。")


@dataclass(frozen=True, slots=True)
class XmlLimits:
    """Caps on one document; counts of characters, except where bytes are named."""

    total_bytes: int = 512 * 1024 * 1024
    depth: int = 64
    text: int = 16 * 1024 * 1024
    attributes: int = 256
    attribute: int = 64 * 1024
    name: int = 1024


DEFAULT_LIMITS = XmlLimits()
LONGEST_TOKEN_BYTES = 1024 * 1024  # one tag, comment or instruction; text comes in pieces


class Start(NamedTuple):
    """An element begins; ``name`` is without its namespace, ``depth`` of the root is 1."""

    name: str
    depth: int
    attributes: Mapping[str, str]


class End(NamedTuple):
    """An element ends; ``text`` is what stood directly in it, trimmed."""

    name: str
    depth: int
    text: str
    is_leaf: bool


def read_events(
    source: BinaryIO, *, limits: XmlLimits = DEFAULT_LIMITS, codec: str = ""
) -> Iterator[Start | End]:
    """The elements of ``source`` as they come, in bounded memory; ``codec`` overrules its declaration.

    Raises `XmlHostile` for a DTD or anything over a limit, `XmlBroken` for what is not well-formed.
    """
    return _read(_Reader(limits), source, limits, codec)


def read_ends(source: BinaryIO, *, limits: XmlLimits = DEFAULT_LIMITS, codec: str = "") -> Iterator[End]:
    """The ends alone of what `read_events` tells, under the same limits: for many small documents."""
    for event in _read(_Reader(limits, has_starts=False), source, limits, codec):
        if isinstance(event, End):
            yield event


def _read(reader: _Reader, source: BinaryIO, limits: XmlLimits, codec: str) -> Iterator[Start | End]:
    for text in decoded(source, limits, codec):
        reader.feed(text.encode("utf-8"), is_last=False)
        yield from reader.taken()
    reader.feed(b"", is_last=True)
    yield from reader.taken()


def decoded(source: BinaryIO, limits: XmlLimits, codec: str = "") -> Iterator[str]:
    """The document as text pieces without its XML declaration; raises `XmlBroken` and `XmlHostile`."""
    head = source.read(_CHUNK_BYTES)
    decoder = codecs.getincrementaldecoder(codec or _codec_of(head))(errors="strict")
    total, first, chunk = 0, True, head
    while True:
        total += len(chunk)
        if total > limits.total_bytes:
            raise XmlHostile(what=N_("超过上限的内容"))
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeError as error:
            raise XmlBroken(line=1, reason=N_("不是声明的编码")) from error
        if first and text:
            text, first = _DECLARATION.sub("", text.removeprefix("\ufeff"), count=1), False
        yield text
        if not chunk:
            return
        chunk = source.read(_CHUNK_BYTES)


def declared_encoding(head: bytes) -> str:
    """The encoding that an XML declaration names, in lower case; empty where it names none."""
    found = _DECLARED.match(head.removeprefix(codecs.BOM_UTF8))
    return found[1].decode().lower() if found else ""


def _codec_of(head: bytes) -> str:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    name = declared_encoding(head)
    if not name:
        return "utf-8"
    if name not in _CODECS or name == "utf-16":
        raise XmlBroken(line=1, reason=name)
    return _CODECS[name]


def hardened_parser() -> expat.XMLParserType:
    """A parser of UTF-8 with namespaces that raises `XmlHostile` for a DTD, an entity or anything outside."""
    parser = expat.ParserCreate("utf-8", namespace_separator=" ")
    parser.buffer_text = True
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)
    parser.StartDoctypeDeclHandler = _doctype
    parser.EntityDeclHandler = _doctype
    parser.ExternalEntityRefHandler = _external
    return parser


def _doctype(*_ignored: object) -> None:
    raise XmlHostile(what=N_("DTD 或实体声明"))


def _external(*_ignored: object) -> int:
    raise XmlHostile(what=N_("外部实体"))


class _Reader:
    def __init__(self, limits: XmlLimits, *, has_starts: bool = True) -> None:
        self._limits = limits
        self._has_starts = has_starts
        self._events: list[Start | End] = []
        self._texts: list[list[str]] = []
        self._lengths: list[int] = []
        self._leaves: list[bool] = []
        self._silent_bytes = 0
        self._parser = parser = hardened_parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        parser.CommentHandler = self._passed_over
        parser.ProcessingInstructionHandler = self._passed_over

    def feed(self, data: bytes, *, is_last: bool) -> None:
        self._silent_bytes += len(data)
        try:
            self._parser.Parse(data, is_last)
        except expat.ExpatError as error:
            raise XmlBroken(line=error.lineno, reason=expat.ErrorString(error.code)) from error
        if self._silent_bytes > LONGEST_TOKEN_BYTES:
            raise XmlHostile(what=N_("过长的标记"))

    def taken(self) -> list[Start | End]:
        events, self._events = self._events, []
        return events

    def _passed_over(self, *_ignored: object) -> None:
        self._silent_bytes = 0

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._silent_bytes = 0
        limits = self._limits
        local = name.rpartition(" ")[2]
        if len(self._texts) >= limits.depth:
            raise XmlHostile(what=N_("过深的嵌套"))
        if len(local) > limits.name or len(attributes) > limits.attributes:
            raise XmlHostile(what=N_("过长的名称或过多的属性"))
        plain = _plain(attributes, limits) if attributes else {}
        if self._leaves:
            self._leaves[-1] = False
        self._texts.append([])
        self._lengths.append(0)
        self._leaves.append(True)
        if self._has_starts:
            self._events.append(Start(local, len(self._texts), plain))

    def _end(self, name: str) -> None:
        depth = len(self._texts)
        text = "".join(self._texts.pop()).strip()
        self._lengths.pop()
        self._events.append(End(name.rpartition(" ")[2], depth, text, self._leaves.pop()))

    def _text(self, data: str) -> None:
        self._silent_bytes = 0
        if not self._texts:
            return
        self._lengths[-1] += len(data)
        if self._lengths[-1] > self._limits.text:
            raise XmlHostile(what=N_("过长的文字"))
        self._texts[-1].append(data)


def _plain(attributes: Mapping[str, str], limits: XmlLimits) -> dict[str, str]:
    if any(len(value) > limits.attribute for value in attributes.values()):
        raise XmlHostile(what=N_("过长的属性"))
    return {key.rpartition(" ")[2]: value for key, value in attributes.items()}


def is_name(text: str) -> bool:
    """Whether ``text`` may name an element: Chinese characters, Latin letters, digits."""
    return _NAME.fullmatch(text) is not None


def write_element(name: str, text: str) -> str:
    """`<name>text</name>`, escaped; raises `XmlUnsayable` where XML cannot carry the text."""
    if not is_name(name) or UNSAYABLE.search(text):
        raise XmlUnsayable(name=name, field=name)
    return f"<{name}>{escape(text)}</{name}>"
