"""Clocks in working days, checked against announced calendars and against arithmetic."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.kit.errors import Invalid
from lantai.kit.workdays import Holidays, HolidaysUnknown, due_on, is_working_day, working_days_between

CHINA = Holidays.china()
NEXT_YEAR = (
    """{"from": "%(y)d-01-01", "until": "%(y)d-12-31", "off": ["%(y)d-01-01"], "work": ["%(y)d-01-02"]}"""
)
days = st.dates(date(2015, 1, 1), date(2024, 12, 31))


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2024, 2, 9), True),  # the eve of that festival was no day off by announcement
        (date(2024, 2, 12), False),  # Spring Festival, a Monday
        (date(2024, 2, 18), True),  # a Sunday worked for it
        (date(2024, 10, 12), True),  # a Saturday worked for National Day
        (date(2025, 1, 1), False),
        (date(2025, 4, 27), True),  # a Sunday worked for Labour Day
        (date(2024, 3, 6), True),
        (date(2024, 3, 9), False),
    ],
)
def test_holidays_and_made_up_weekends_follow_the_announcements(day, works):
    assert is_working_day(day, holidays=CHINA) is works


def test_a_clock_that_starts_before_the_spring_festival_skips_the_week_off():
    assert due_on(date(2024, 2, 5), working_days=5, holidays=CHINA) == date(2024, 2, 18)


def test_zero_days_fall_on_the_same_day_or_on_the_next_one_that_is_worked():
    assert due_on(date(2024, 3, 6), working_days=0, holidays=CHINA) == date(2024, 3, 6)
    assert due_on(date(2024, 3, 9), working_days=0, holidays=CHINA) == date(2024, 3, 11)


def test_a_negative_period_is_refused():
    with pytest.raises(Invalid):
        due_on(date(2024, 3, 6), working_days=-1, holidays=CHINA)


def test_a_day_beyond_the_announced_years_is_refused_and_the_refusal_names_the_years():
    beyond = CHINA.known_until + timedelta(days=1)
    with pytest.raises(HolidaysUnknown) as refused:
        is_working_day(beyond, holidays=CHINA)
    assert str(CHINA.known_until) in str(refused.value)
    with pytest.raises(HolidaysUnknown):
        due_on(CHINA.known_until, working_days=1, holidays=CHINA)


def test_a_guess_beyond_the_announced_years_is_possible_and_known_as_a_guess():
    beyond = CHINA.known_until + timedelta(days=30)
    guessing = CHINA.assuming_weeks_until(beyond)
    assert guessing.is_working_day(beyond) is (beyond.weekday() < 5)
    assert not guessing.announces(beyond)
    assert guessing.announces(CHINA.known_until)
    assert CHINA.assuming_weeks_until(CHINA.known_from) is CHINA


def test_a_later_year_is_loaded_from_a_file(tmp_path):
    year = CHINA.known_until.year + 1
    path = tmp_path / "放假安排.json"
    path.write_text(NEXT_YEAR % {"y": year}, encoding="utf-8")
    guessing = CHINA.assuming_weeks_until(date(year + 3, 1, 1))
    for calendar in (CHINA, guessing):
        longer = calendar.extended_by(Holidays.read(path))
        assert longer.known_until == date(year, 12, 31)
        assert longer.announces(date(year, 6, 1))
        assert not longer.is_working_day(date(year, 1, 1))
        assert longer.is_working_day(date(year, 1, 2))
        assert not longer.is_working_day(date(2024, 2, 12))


def test_a_calendar_that_leaves_a_gap_is_refused():
    far = Holidays.from_json(NEXT_YEAR % {"y": CHINA.known_until.year + 2})
    with pytest.raises(Invalid):
        CHINA.extended_by(far)


def test_the_later_announcement_wins_where_both_know():
    corrected = Holidays.from_json(
        '{"from":"2024-02-09","until":"2024-02-09","off":["2024-02-09"],"work":[]}'
    )
    assert CHINA.is_working_day(date(2024, 2, 9))
    assert not CHINA.extended_by(corrected).is_working_day(date(2024, 2, 9))


@pytest.mark.parametrize(
    "text",
    [
        "not json",
        "[]",
        '{"from": "2027-01-01", "until": "2027-12-31", "off": []}',
        '{"from": "2027-01-01", "until": "2027-12-31", "off": ["1 January"], "work": []}',
        '{"from": "2027-01-01", "until": "2027-12-31", "off": ["2027-01-01"], "work": ["2027-01-01"]}',
        '{"from": "2027-01-01", "until": "2027-12-31", "off": ["2028-01-01"], "work": []}',
        '{"from": "2027-12-31", "until": "2027-01-01", "off": [], "work": []}',
    ],
)
def test_an_unreadable_or_contradictory_file_is_refused(text):
    with pytest.raises(Invalid):
        Holidays.from_json(text)


def test_a_calendar_survives_being_written_and_read():
    assert Holidays.from_json(CHINA.to_json()) == CHINA


@given(days, st.integers(1, 60))
def test_exactly_the_granted_working_days_lie_between_receipt_and_due_day(received_on, granted):
    due = due_on(received_on, working_days=granted, holidays=CHINA)
    assert is_working_day(due, holidays=CHINA)
    assert working_days_between(received_on, due, holidays=CHINA) == granted


@given(days, st.integers(0, 40), st.integers(0, 40))
def test_more_days_never_fall_due_earlier(received_on, fewer, extra):
    first = due_on(received_on, working_days=fewer, holidays=CHINA)
    assert first <= due_on(received_on, working_days=fewer + extra, holidays=CHINA)


@given(days, days, days)
def test_counting_is_additive_and_signed(a, b, c):
    def between(start, end):
        return working_days_between(start, end, holidays=CHINA)

    assert between(a, b) == -between(b, a)
    assert between(a, b) + between(b, c) == between(a, c)
