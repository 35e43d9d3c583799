"""What people write into fields of dates and of names."""

from __future__ import annotations

from datetime import date

import pytest

from lantai.kit.metadata.fields import FieldType, KindField, ValueUnreadable, parse, shown
from lantai.kit.metadata.reading import Unreadable, day, partial_date


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("2011年3月5日", "2011-03-05"),
        ("民国二十七年五月三日", "1938-05-03"),
        ("民国27年5月", "1938-05"),
        ("民国二十七年", "1938"),
        ("一九五四年三月", "1954-03"),
        ("[民国27年]", "[1938]"),
    ],
)
def test_a_date_of_an_era_is_kept_as_the_common_date(written: str, kept: str) -> None:
    assert partial_date(written) == kept


@pytest.mark.parametrize("written", ["光绪二十年三月", "甲午年", "民国九十九年", "五月三日"])
def test_a_date_that_is_no_single_common_one_is_refused(written: str) -> None:
    with pytest.raises(Unreadable):
        partial_date(written)


def test_who_must_write_the_day_is_not_told_that_a_year_is_enough() -> None:
    assert day("民国二十七年五月三日") == date(1938, 5, 3)
    for written in ("民国二十七年", "昨天"):
        with pytest.raises(Unreadable, match="要写到日") as refused:
            day(written)
        assert "只写年份" not in refused.value.reason


def test_a_date_is_shown_in_one_way_however_it_came() -> None:
    field = KindField(name="registeredOn", label="登记日期", type=FieldType.DATE)
    assert [shown(field, text) for text in ("20010221", "2001-02", "不详")] == [
        "2001-02-21",
        "2001-02",
        "不详",
    ]


def test_a_name_that_is_none_is_told_at_its_field() -> None:
    field = KindField(name="persons", label="人名", column="persons")
    with pytest.raises(ValueUnreadable) as refused:
        parse(field, "王小明、" + "某" * 65)
    assert refused.value.params == {"label": "人名", "most": 64}
