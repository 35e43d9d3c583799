"""The report of a test in English: also what its scheme calls the elements."""

from __future__ import annotations

import gettext
from pathlib import Path

import lantai
from lantai.kit.fourprops.checks.wording import CORRECT_DESCRIPTION
from lantai.kit.fourprops.engine import run
from lantai.kit.fourprops.page import report_html
from lantai.kit.fourprops.report import report_rows
from lantai.kit.fourprops.scheme import scheme_for
from lantai.kit.fourprops.telling import place_told, told
from lantai.kit.fourprops.vocabulary import Stage
from tests.kit.fourprops.subjects import described, subject

ENGLISH = gettext.translation("django", str(Path(lantai.__path__[0]) / "locale"), languages=["en"]).gettext


def test_a_missing_element_is_named_in_english_everywhere_in_the_report():
    report = run(subject(Stage.TRANSFER, items=(described(1, title=None),)), scheme_for("document"))
    (row,) = [row for row in report_rows(report, ENGLISH) if row.code == "YJ-2-3" and row.place]
    assert row.place.endswith(" · Title") and "Title" in row.message
    assert "Title" in report_html(report, ENGLISH, subject="sample")
    assert "题名" not in report_html(report, ENGLISH, subject="sample")
    assert row.remedy == ENGLISH(CORRECT_DESCRIPTION)


def test_only_what_names_an_element_or_a_part_is_looked_up():
    params = {"names": "题名、责任者", "first": "题名", "values": "文种"}
    assert told("%(names)s|%(first)s|%(values)s", params, ENGLISH) == "Title, Author|题名|文种"
    assert told("%(name)s", {"name": "样例、甲"}, ENGLISH) == "样例、甲"
    assert place_told("0001 · 正文.ofd", ENGLISH) == "0001 · 正文.ofd"
    assert place_told("", ENGLISH) == ""
