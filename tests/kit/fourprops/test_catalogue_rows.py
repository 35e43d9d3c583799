"""1-14-2: what a catalogue says of an item, in its own spelling."""

from __future__ import annotations

import pytest

from lantai.kit.fourprops import Outcome, Stage, run, scheme_for
from tests.kit.fourprops.subjects import item, subject


@pytest.mark.parametrize("day", ["20110305", "2011-03-05", "2011/3/5", "2011年3月5日", "2011.03.05"])
def test_a_catalogue_may_spell_the_same_day_in_its_own_way(day):
    told = {"title": " 关于样例工作 1 的通知", "dated_on": day, "page_count": "3", "note": "样例"}
    report = run(subject(Stage.TRANSFER, items=(item(1, row=told), item(2))), scheme_for("document"))
    assert report.result("YJ-1-14-2").outcome is Outcome.PASS
