"""Counting working days: the day on which a clock starts is never counted.

民法典 article 201: a period reckoned in days begins on the day after.
"""

from __future__ import annotations

from datetime import date

from lantai.kit.errors import N_, Invalid
from lantai.kit.workdays.holidays import ONE_DAY, Holidays


def is_working_day(day: date, *, holidays: Holidays) -> bool:
    """Whether offices work on `day`; raises `HolidaysUnknown` where the calendar does not reach."""
    return holidays.is_working_day(day)


def due_on(received_on: date, *, working_days: int, holidays: Holidays) -> date:
    """The last day of a period of `working_days` that began with `received_on`.

    The day of receipt does not count. Zero days means the same day, or the next working day where
    that day is off. Raises `Invalid` for a negative period, `HolidaysUnknown` beyond the calendar.
    """
    if working_days < 0:
        raise Invalid(
            N_("办理时限不能是负数（%(days)s 个工作日）。"), field="working_days", days=working_days
        )
    day, left = received_on, working_days
    while left or not holidays.is_working_day(day):
        day += ONE_DAY
        if left and holidays.is_working_day(day):
            left -= 1
    return day


def working_days_between(start: date, end: date, *, holidays: Holidays) -> int:
    """How many working days lie after `start` up to and including `end`; negative when `end` is earlier.

    Raises `HolidaysUnknown` where the calendar does not reach.
    """
    if end < start:
        return -working_days_between(end, start, holidays=holidays)
    days = range(1, (end - start).days + 1)
    return sum(holidays.is_working_day(start + ONE_DAY * offset) for offset in days)
