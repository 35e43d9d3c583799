"""The names by which a person says where to look, and how what stands behind a name is read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from lantai.kit.text import fold
from lantai.kit.text.eras import Period, is_a_date, periods
from lantai.kit.text.tokens import has_tokens
from lantai.platform.search.query import (
    AnyOf,
    Choice,
    Days,
    Expression,
    FieldEmpty,
    Leaf,
    ManyYears,
    NoDate,
    NoSuchValue,
    Part,
    Prefix,
    RangeReversed,
    Value,
    Years,
)

Reading = Callable[[str, str], Expression]  # the name as typed, and what stands behind it

_PARTS = {
    Part.TITLE: ("题名", "題名", "标题", "標題", "title"),
    Part.AUTHOR: ("责任者", "責任者", "作者", "author"),
    Part.NUMBER: ("文号", "文號", "发文字号", "發文字號", "number"),
    Part.CODE: ("档号", "檔號", "code"),
    Part.PERSON: ("人名", "姓名", "person"),
    Part.BODY: ("正文", "全文", "text"),
}
_YEAR_NAMES = ("年度", "年份", "year")
_DATE_NAMES = ("日期", "时间", "時間", "date")
_RANGE = re.compile(r"(?P<first>.*?)\s*(?:\.\.+|…+|~|至|到|--+)\s*(?P<last>.*)", re.DOTALL)
_YEARS_WITH_DASH = re.compile(r"(?P<first>[0-9]{4}年?)-(?P<last>[0-9]{4}年?)")
_BARE_RANGE = re.compile(r"(?:[0-9]{4})?\.\.(?:[0-9]{4})?")
_STARS = "*＊"
_LATIN = re.compile("[0-9a-z]")  # what a code is made of


@dataclass(frozen=True, slots=True)
class Names:
    """Every name of a field with how its values are read."""

    readings: dict[str, Reading]  # by the folded name
    pattern: re.Pattern[str]

    def at(self, text: str, start: int) -> re.Match[str] | None:
        """The name with its colon that stands there."""
        return self.pattern.match(text, start)


def name_of(part: Part) -> str:
    """The name that leads to a part."""
    return _PARTS[part][0]


def names_with(choices: tuple[Choice, ...]) -> Names:
    """The built-in names and those of the asking app."""
    if not choices:
        return _built_in()
    readings = dict(_built_in_readings())
    for choice in choices:
        readings |= dict.fromkeys(choice.names, _one_of(choice))
    return Names({_folded(name): reading for name, reading in readings.items()}, _pattern(tuple(readings)))


@cache
def _built_in_readings() -> dict[str, Reading]:
    readings: dict[str, Reading] = {}
    for part, names in _PARTS.items():
        readings |= dict.fromkeys(names, _text_in(part))
    return readings | dict.fromkeys(_YEAR_NAMES, _years) | dict.fromkeys(_DATE_NAMES, _days)


@cache
def _built_in() -> Names:
    readings = _built_in_readings()
    return Names({_folded(name): reading for name, reading in readings.items()}, _pattern(tuple(readings)))


@lru_cache(maxsize=64)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    every = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?P<name>{every})[:：]\s*", re.IGNORECASE)


_folded = lru_cache(maxsize=1_000)(fold)


def anywhere(text: str) -> Expression | None:
    """A text without a name: one that can be a date or a range of years is read as such as well."""
    if not text.isalnum():
        if _BARE_RANGE.fullmatch(text) and text != "..":
            return _years(_YEAR_NAMES[0], text)
        if text.endswith(tuple(_STARS)) and (start := _code_start(text)):
            return AnyOf((Leaf(start.text), start))
    if not has_tokens(text):
        return None
    if is_a_date(text):
        return AnyOf((Leaf(text), *_when(periods(text))))
    return Leaf(text)


def _code_start(text: str) -> Prefix | None:
    start = text.rstrip(_STARS)
    return Prefix(start) if _LATIN.search(fold(start)) else None


def _text_in(part: Part) -> Reading:
    def read(name: str, text: str) -> Expression:
        if part in {Part.CODE, Part.NUMBER} and text.endswith(tuple(_STARS)) and (start := _code_start(text)):
            return start
        if not has_tokens(text):
            raise FieldEmpty(field="q", name=name, example=f"{name}:{_EXAMPLES[part]}")
        return Leaf(text, part)

    return read


_EXAMPLES = {
    Part.TITLE: "土地改革",
    Part.AUTHOR: "县人民政府",
    Part.NUMBER: "〔1954〕3号",
    Part.CODE: "J109-WS",
    Part.PERSON: "王小明",
    Part.BODY: "水库移民",
}


def _one_of(choice: Choice) -> Reading:
    def read(name: str, text: str) -> Expression:
        if not text.strip():
            raise FieldEmpty(field="q", name=name, example=f"{name}:…")
        values = choice.find(text.strip())
        if not values and choice.mask is None:
            raise NoSuchValue(field="q", name=name, text=text)
        return Value(choice.field, values, choice.mask(text.strip()) if choice.mask else text.strip())

    return read


def _years(name: str, text: str) -> Expression:
    first, last, found = _spanned(name, text)
    if found:
        return _any([Years(one.first.year, one.last.year) for one in found])
    return Years(first.first.year if first else None, last.last.year if last else None)


def _days(name: str, text: str) -> Expression:
    first, last, found = _spanned(name, text)
    return _any(_when(found or (_Between(first, last),)))


@dataclass(frozen=True, slots=True)
class _Between:
    """A range with an end open perhaps."""

    begins: Period | None
    ends: Period | None

    @property
    def first(self) -> date | None:
        return self.begins.first if self.begins else None

    @property
    def last(self) -> date | None:
        return self.ends.last if self.ends else None

    @property
    def is_years(self) -> bool:
        return all(end is None or end.is_years for end in (self.begins, self.ends))


def _when(found: tuple[Period | _Between, ...]) -> list[Expression]:
    """Rows dated within; where whole years are meant, also rows that have a year and no more."""
    meant: list[Expression] = []
    for one in found:
        if one.is_years:
            meant.append(Years(one.first.year if one.first else None, one.last.year if one.last else None))
        meant.append(Days(one.first, one.last))
    return meant


def _spanned(name: str, text: str) -> tuple[Period | None, Period | None, tuple[Period, ...]]:
    """The two ends of a range, or the periods that one date may mean."""
    plain = fold(text).strip()
    if not plain:
        raise FieldEmpty(field="q", name=name, example=f"{name}:1948..1950")
    ends = _YEARS_WITH_DASH.fullmatch(plain) or _RANGE.fullmatch(plain)
    if ends is None:
        if found := periods(plain):
            return None, None, found
        raise NoDate(field="q", name=name, text=text)
    first, last = (_end(name, text, ends[side]) for side in ("first", "last"))
    if first is None and last is None:
        raise NoDate(field="q", name=name, text=text)
    if first and last and first.first > last.last:
        raise RangeReversed(field="q", name=name, text=text)
    return first, last, ()


def _end(name: str, text: str, end: str) -> Period | None:
    if not end.strip():
        return None
    found = periods(end)
    if not found:
        raise NoDate(field="q", name=name, text=text)
    if len(found) > 1:
        years = "、".join(str(one.first.year) for one in found)
        raise ManyYears(field="q", text=end.strip(), years=years)
    return found[0]


def _any(parts: list[Expression]) -> Expression:
    return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))
