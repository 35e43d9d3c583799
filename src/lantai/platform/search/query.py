"""What is asked for: a tree of AND, OR and NOT over what must be contained, and what is refused in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from lantai.kit.errors import N_, Invalid

LONGEST_BYTES = 10_000
MOST_LEAVES = 200
ROW = "row"


class Part(StrEnum):
    """Where a text may be looked for."""

    TITLE = "title"
    AUTHOR = "author"
    NUMBER = "number"
    CODE = "code"
    PERSON = "person"
    BODY = "body"


@dataclass(frozen=True, slots=True)
class Leaf:
    """The text must occur: in that part, or in any."""

    text: str
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class Prefix:
    """A reference code or document number begins so."""

    text: str


@dataclass(frozen=True, slots=True)
class Years:
    """The year lies in this range, both ends included."""

    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Days:
    """The date lies in this range, both ends included."""

    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Value:
    """The field of that name has one of these values; ``label`` is how the person named them.

    The field `ROW` has the ids of rows.
    """

    field: str
    values: frozenset[int] | frozenset[str]
    label: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds; without parts, everything is found."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one part holds."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Telling:
    """Some of what says most is contained: the texts that are in few rows; where all are in many, the rarer half of
    them together. It finds what is alike without reading every row that shares a common text."""

    texts: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part does not hold."""

    part: Expression


Expression: TypeAlias = Leaf | Prefix | Years | Days | Value | AllOf | AnyOf | Telling | Not
EVERYTHING = AllOf(())


@dataclass(frozen=True, slots=True)
class Choice:
    """A field of listed values that the asking app offers: ``find`` gives those that a person's word names.

    With ``mask`` the word is not listed but secret: it is shown masked, and finding nothing is an answer.
    """

    field: str
    names: tuple[str, ...]  # the first one is shown
    find: Callable[[str], frozenset[int] | frozenset[str]]
    mask: Callable[[str], str] | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """One of the conditions that must all hold, and where it stands in what was typed."""

    meant: Expression
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Understood:
    """What was typed, as a tree and as the conditions that it is made of."""

    expression: Expression
    pieces: tuple[Piece, ...] = ()


class QueryTooLong(Invalid):
    """The query has too many bytes or too many texts."""

    message = N_("检索词太长。请只保留最能说明要找什么的几个词（最多 %(most)d 个词，一万字节）。")


class FieldEmpty(Invalid):
    """Nothing stands behind the name of a field."""

    message = N_("“%(name)s:”后面要写检索的内容，例如 %(example)s。要检索这几个字本身，请加引号。")


class NoDate(Invalid):
    """What stands behind the name of a field of dates is none."""

    message = N_(
        "“%(name)s:%(text)s”里没有能读懂的日期。"
        "可以写 1948、1948-05、1948..1950、民国三十七年、光绪甲午；要检索这几个字本身，请加引号。"
    )


class RangeReversed(Invalid):
    """A range ends before it begins."""

    message = N_("“%(name)s:%(text)s”的结束早于开始，请对调两端。")


class ManyYears(Invalid):
    """A year of the sixty-year cycle cannot be an end of a range."""

    message = N_("“%(text)s”可能是 %(years)s 年，不能作范围的一端。请写公元年或年号。")


class NoSuchValue(Invalid):
    """A field of listed values has none of that name."""

    message = N_("“%(name)s”里没有“%(text)s”。请在左侧的分类里选择，或核对写法。")


def texts(expression: Expression) -> Iterator[str]:
    """The texts that a hit may show, for highlighting; those under NOT are left out."""
    match expression:
        case Leaf(text) | Prefix(text):
            yield text
        case AllOf(parts) | AnyOf(parts):
            for part in parts:
                yield from texts(part)


def asks_for(expression: Expression, field: str) -> bool:
    """Whether a value of that field is asked for anywhere."""
    match expression:
        case Value(name):
            return name == field
        case AllOf(parts) | AnyOf(parts):
            return any(asks_for(part, field) for part in parts)
        case Not(part):
            return asks_for(part, field)
    return False


def spelled(expression: Expression, names: Mapping[str, str], words: Words) -> str:
    """`expression` in a person's words; ``names`` are those of parts and fields."""
    match expression:
        case Leaf(text, None):
            return text
        case Leaf(text, part):
            return words.named % {"name": names[str(part)], "value": text}
        case Prefix(text):
            return f"{text}*"
        case Years(first, last):
            return words.named % {"name": names["year"], "value": _span(first, last)}
        case Days(first, last):
            return words.named % {"name": names["date"], "value": _span(first, last)}
        case Value(field, _, label):
            return words.named % {"name": names[field], "value": label}
        case Not(part):
            inner = spelled(part, names, words)
            return words.without % {"value": f"（{inner}）" if isinstance(part, AllOf | AnyOf) else inner}
        case AllOf(parts):
            return words.and_.join(
                f"（{spelled(part, names, words)}）"
                if isinstance(part, AnyOf)
                else spelled(part, names, words)
                for part in parts
            )
        case AnyOf(parts):
            return words.or_.join(spelled(part, names, words) for part in parts)


@dataclass(frozen=True, slots=True)
class Words:
    """How conditions are joined in the language of the page."""

    named: str  # %(name)s and %(value)s
    without: str  # %(value)s
    and_: str
    or_: str


def _span(first: object, last: object) -> str:
    return (
        str(first) if first == last else f"{'' if first is None else first}..{'' if last is None else last}"
    )
