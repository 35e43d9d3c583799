"""Which days are off, which weekends are worked, and for which years that is known."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Self

from lantai.kit.errors import N_, Invalid, Refusal

SATURDAY = 5
ONE_DAY = timedelta(days=1)


class HolidaysUnknown(Refusal):
    """Asked about a day outside the announced calendars."""

    message = N_(
        "节假日安排只掌握 %(known_from)s 至 %(known_until)s，"
        "无法推算 %(day)s 是否工作日，请先导入该年度的放假安排。"
    )


@dataclass(frozen=True, slots=True)
class Holidays:
    """A calendar that is true from `known_from` to `known_until`, both included."""

    days_off: frozenset[date]  # holidays, whatever the day of the week
    make_up: frozenset[date]  # weekend days that are worked (调休上班)
    known_from: date
    known_until: date
    assumed_after: date | None = None  # later days are only guessed from the week

    @classmethod
    def china(cls) -> Self:
        """The mainland calendar as far as the installed chinesecalendar release knows it."""
        return cls(*_announced())

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read ``{"from": "2027-01-01", "until": "2027-12-31", "off": […], "work": […]}``.

        Raises `Invalid` where a key is missing, a date is not ISO 8601, a day is outside the span,
        or a day is both off and worked.
        """
        try:
            raw = json.loads(text)
            off, work = (frozenset(map(date.fromisoformat, raw[key])) for key in ("off", "work"))
            span = date.fromisoformat(raw["from"]), date.fromisoformat(raw["until"])
        except (ValueError, KeyError, TypeError) as error:
            raise Invalid(N_("放假安排文件无法读取：%(reason)s"), reason=repr(error)) from error
        _refuse_contradiction(off, work, *span)
        return cls(off, work, *span)

    @classmethod
    def read(cls, path: Path) -> Self:
        """The calendar in the JSON file at `path`; see `from_json`."""
        return cls.from_json(path.read_text(encoding="utf-8"))

    def to_json(self) -> str:
        """The inverse of `from_json`; assumed days are left out, since nobody announced them."""
        until = self.assumed_after or self.known_until
        raw = {
            "from": self.known_from.isoformat(),
            "until": until.isoformat(),
            "off": [day.isoformat() for day in sorted(self.days_off)],
            "work": [day.isoformat() for day in sorted(self.make_up)],
        }
        return json.dumps(raw, ensure_ascii=False, indent=1)

    def extended_by(self, later: Holidays) -> Holidays:
        """This calendar going on with `later`, which wins where both know; refuses a gap between them."""
        settled_until = self.assumed_after or self.known_until
        if later.known_from > settled_until + ONE_DAY or later.known_until < self.known_from:
            raise Invalid(
                N_("两份放假安排之间缺少 %(day)s 前后的日期，不能衔接。"),
                field="from",
                day=settled_until + ONE_DAY,
            )
        return Holidays(
            frozenset(day for day in self.days_off if not later.announces(day)) | later.days_off,
            frozenset(day for day in self.make_up if not later.announces(day)) | later.make_up,
            min(self.known_from, later.known_from),
            max(settled_until, later.known_until),
            later.assumed_after,
        )

    def assuming_weeks_until(self, day: date) -> Holidays:
        """A copy that guesses Monday to Friday after the announced years; `announces` tells the guess.

        For deadlines that run over New Year before the next calendar is published.
        """
        if day <= self.known_until:
            return self
        return replace(self, known_until=day, assumed_after=self.assumed_after or self.known_until)

    def announces(self, day: date) -> bool:
        """Whether `day` lies in the announced span, so that an answer about it is not a guess."""
        return self.known_from <= day <= (self.assumed_after or self.known_until)

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on `day`; raises `HolidaysUnknown` outside of the known span."""
        if not self.known_from <= day <= self.known_until:
            raise HolidaysUnknown(known_from=self.known_from, known_until=self.known_until, day=day)
        if day in self.make_up:
            return True
        return day.weekday() < SATURDAY and day not in self.days_off


@cache
def _announced() -> tuple[frozenset[date], frozenset[date], date, date]:
    from chinese_calendar import constants  # a large table, wanted by few callers

    off, work = frozenset(constants.holidays), frozenset(constants.workdays)
    return off, work, date(min(off).year, 1, 1), date(max(off).year, 12, 31)


def _refuse_contradiction(off: frozenset[date], work: frozenset[date], start: date, end: date) -> None:
    if start > end:
        raise Invalid(
            N_("放假安排的起始日期 %(start)s 晚于截止日期 %(end)s。"), field="from", start=start, end=end
        )
    for day in sorted(off & work):
        raise Invalid(N_("%(day)s 既列为放假又列为上班。"), field="work", day=day)
    for day in sorted(off | work):
        if not start <= day <= end:
            raise Invalid(N_("%(day)s 不在该放假安排的起止日期之内。"), field="off", day=day)
