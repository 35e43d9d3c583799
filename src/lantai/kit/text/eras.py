"""Dates as people write them: common years, years of an era (民国三十七年), the sixty-year cycle (甲午年).

A year of the cycle means every year of that name from `EARLIEST` to `LATEST`: the reader chooses.
"""

from __future__ import annotations

import re
import tomllib
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from lantai.kit.text.folding import fold

EARLIEST, LATEST = 1800, 2099  # within which a year of the cycle is looked for
_STEMS, _BRANCHES = "甲乙丙丁戊己庚辛壬癸", "子丑寅卯辰巳午未申酉戌亥"
_DIGITS = {char: value for value, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "元": 1, "两": 2}
_TENS = {"十": 10, "廿": 20, "卅": 30, "卌": 40, "百": 100}
_NUMERAL = "(?:[0-9]{1,2}|[元〇零一二三四五六七八九十廿卅卌]{1,4})"
_REST = f"(?:(?P<month>{_NUMERAL})月(?:(?P<day>{_NUMERAL})[日号]?)?)?"
_COMMON = re.compile(f"(?:公元|西元)?(?P<year>[0-9]{{4}}|[〇零一二三四五六七八九]{{4}})(?:年{_REST})?")
_DOTTED = re.compile(
    r"(?P<year>[0-9]{4})(?:(?P<mark>[-./])(?P<month>[0-9]{1,2})(?:(?P=mark)(?P<day>[0-9]{1,2}))?)"
)
_PLAIN = re.compile(r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_ERA_SIGN = re.compile(f"[年{_BRANCHES}]")  # no era without one of them says a date by itself
_DATE_SIGN = re.compile(rf"{_ERA_SIGN.pattern}|[0-9]{{4}}(?:[-./]|[0-9]{{4}})")
_CYCLE = re.compile(f"(?P<stem>[{_STEMS}])(?P<branch>[{_BRANCHES}])年?")


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """From the first day to the last."""

    first: date
    last: date

    @property
    def is_years(self) -> bool:
        """Whether it is made of whole years."""
        return (self.first.month, self.first.day, self.last.month, self.last.day) == (1, 1, 12, 31)


def periods(text: str) -> tuple[Period, ...]:
    """What `text` may stand for as a date, the earliest first; () when it is no date."""
    plain = "".join(fold(text).split())
    for pattern in (_PLAIN, _DOTTED, _COMMON):
        if found := pattern.fullmatch(plain):
            return tuple(_period(_number(found["year"]), found.groupdict()))
    if found := _era_pattern().fullmatch(plain):
        return tuple(_of_era(found))
    if found := _CYCLE.fullmatch(plain):
        return tuple(_year(year) for year in _cycle_years(found, EARLIEST, LATEST))
    return ()


def is_a_date(text: str) -> bool:
    """Whether `text` as a whole can be taken for a date: one of an era, or 1948年5月, 1948-05, 1948-05-03, 19480503.

    A year of the common era alone is none: titles, numbers and codes are full of them.
    """
    plain = "".join(fold(text).split())
    if not _DATE_SIGN.search(plain):
        return False
    found = _COMMON.fullmatch(plain) if "年" in plain else _DOTTED.fullmatch(plain) or _PLAIN.fullmatch(plain)
    if found is None:
        return is_of_an_era(text)
    year = _number(found["year"])
    return (
        found["month"] is not None
        and EARLIEST <= year <= LATEST
        and bool(list(_period(year, found.groupdict())))
    )


def is_of_an_era(text: str) -> bool:
    """Whether `text` as a whole names one year, month or day by an era: nobody means anything else by it."""
    plain = fold(text)
    if not _ERA_SIGN.search(plain):
        return False
    found = _era_pattern().fullmatch("".join(plain.split()))
    return found is not None and (bool(found["mark"]) or bool(found["stem"])) and bool(list(_of_era(found)))


def _of_era(found: re.Match[str]) -> Iterator[Period]:
    first, last, is_lunar = _eras()[found["era"]]
    if found["stem"]:
        yield from map(_year, _cycle_years(found, first, last))
        return
    year = first + _number(found["count"]) - 1
    if not first <= year <= last:
        return
    if is_lunar:
        yield _year(year)
    else:
        yield from _period(year, found.groupdict())


def _cycle_years(found: re.Match[str], first: int, last: int) -> Iterator[int]:
    stem, branch = _STEMS.index(found["stem"]), _BRANCHES.index(found["branch"])
    for year in range(first, last + 1):  # the year 4 was 甲子
        if (year - 4) % 10 == stem and (year - 4) % 12 == branch:
            yield year


def _year(year: int) -> Period:
    return Period(date(year, 1, 1), date(year, 12, 31))


def _period(year: int, parts: dict[str, str | None]) -> Iterator[Period]:
    """The year, month or day; nothing where the calendar has no such day."""
    month, day = _number(parts.get("month")), _number(parts.get("day"))
    if year < 1 or (parts.get("month") and not 1 <= month <= 12):
        return
    if not parts.get("month"):
        yield _year(year)
        return
    last_day = monthrange(year, month)[1]
    if not parts.get("day"):
        yield Period(date(year, month, 1), date(year, month, last_day))
    elif 1 <= day <= last_day:
        yield Period(date(year, month, day), date(year, month, day))


def _number(text: str | None) -> int:
    """A number in digits, in Chinese (三十七, 卅七) or digit by digit (一九四八); 0 for none."""
    if not text:
        return 0
    if text.isascii():
        return int(text)
    if not any(char in _TENS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text))
    total, waiting = 0, 0
    for char in text:
        if char in _TENS:
            total += (waiting or 1) * _TENS[char]
            waiting = 0
        else:
            waiting = _DIGITS[char]
    return total + waiting


@cache
def _era_pattern() -> re.Pattern[str]:
    names = "|".join(sorted(_eras(), key=len, reverse=True))
    return re.compile(
        f"(?:中华|清|明|伪满|满洲国)?(?P<era>{names})"
        f"(?:(?P<stem>[{_STEMS}])(?P<branch>[{_BRANCHES}])年?|(?P<count>{_NUMERAL})(?:(?P<mark>年){_REST})?)"
    )


@cache
def _eras() -> dict[str, tuple[int, int, bool]]:
    raw = files(__package__).joinpath("eras.toml").read_text(encoding="utf-8")
    tables: dict[str, dict[str, list[int]]] = tomllib.loads(raw)
    return {
        fold(name): (first, last, calendar == "lunar")
        for calendar, eras in tables.items()
        for name, (first, last) in eras.items()
    }
