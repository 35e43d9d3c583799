"""The report in the forms that people take away, and what changed between two of them."""

from __future__ import annotations

import io
import json
import re
import zipfile
from dataclasses import replace

import pytest

from lantai.kit.fourprops import Outcome, Property, Report, Stage, run, scheme_for
from lantai.kit.fourprops.comparing import compare_runs
from lantai.kit.fourprops.grouping import bars, failures_by_rule, fixable_fields
from lantai.kit.fourprops.page import report_html
from lantai.kit.fourprops.spreadsheet import report_xlsx
from tests.kit.fourprops.subjects import described, filed, item, subject

DOCUMENT = scheme_for("document")
WRONG = (
    described(1, title="=HYPERLINK(1)<script>", year="2012", author=None),
    filed(2, digests={"sm3": "00" * 32}),
    item(3),
)


def report(*items):
    package = {
        "declared_item_count": len(items),
        "item_count": len(items),
        "declared_file_count": len(items),
        "file_count": len(items),
        "bytes": 1000 * len(items),
        "declared_bytes": 1000 * len(items),
    }
    return run(subject(Stage.TRANSFER, items=items, package=package), DOCUMENT)


@pytest.fixture(scope="module")
def wrong():
    return report(*WRONG)


def cells(book):
    with zipfile.ZipFile(book) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml"))


def test_the_workbook_names_every_failure_with_its_remedy_and_no_cell_is_a_formula(wrong, tmp_path):
    out = io.BytesIO()
    report_xlsx(wrong, out)
    text = cells(out)
    assert "YJ-1-7" in text and "请更正元数据后重新检测。" in text and "Z109-WS·2011-Y-BGS-0002" in text
    assert "<f>" not in text
    assert f">{wrong.checked_on}T00:00:00Z</dcterms:created>" in text
    report_xlsx(wrong, tmp_path / "report.xlsx")
    assert cells(tmp_path / "report.xlsx") == text


def test_the_page_needs_nothing_besides_itself_and_carries_no_foreign_markup(wrong):
    items = (described(1, author=None, title="<script>alert(1)</script>" * 30), item(2))
    page = report_html(report(*items), subject="<b>样例包</b>")
    assert "<script" not in page and "<b>样例包" not in page and "&lt;b&gt;样例包" in page
    assert not re.search(r"(?:src|href)=", page)
    assert page.count('role="img"') == len(Property)
    assert "不合格" in page and "YJ-2-3" in page and "元数据项“责任者”" in page
    assert "抽取" in page  # the sheet of those who open a sample


def test_bars_add_up_to_a_hundred(wrong):
    assert [bar.property for bar in bars(wrong)] == list(Property)
    for bar in bars(wrong):
        assert sum(share for _outcome, share in bar.shares) == pytest.approx(100)


def test_failures_are_grouped_by_rule_blocking_first_with_their_places(wrong):
    rules = list(failures_by_rule(wrong))
    assert [rule.result.is_blocking for rule in rules] == sorted(
        (rule.result.is_blocking for rule in rules), reverse=True
    )
    digests = next(rule for rule in rules if rule.result.code == "YJ-1-1-1")
    assert [finding.place.item for finding in digests.reasons[0].findings] == ["件2"]
    assert digests.reasons[0].remedy and not digests.reasons[0].is_fixable


def test_a_clerk_is_told_which_fields_can_be_put_right_by_typing(wrong):
    assert fixable_fields(wrong) == {"件1": {"author", "year", "archivalCode", "title"}}


def test_the_machine_form_comes_back_with_its_worksheets(wrong):
    assert Report.from_json(wrong.to_json()) == wrong
    raw = json.loads(wrong.to_json())
    assert raw["format"] == "lantai-fourprops-report/2"
    assert set(raw["results"][0]) == {
        "code", "name", "property", "is_blocking", "basis", "certainty", "counts", "findings",
        "findings_left_out", "worksheet",
    }  # fmt: skip
    assert set(raw) == {
        "format", "stage", "scheme", "scheme_edition", "checked_on", "items_checked", "results",
        "failed_items", "conclusion", "items_failed", "counts",
    }  # fmt: skip


def test_a_second_run_shows_what_was_fixed_what_is_new_and_what_stays(wrong):
    after = report(described(1, year="2012"), item(2), filed(3, extension_ok=False))
    found = compare_runs(wrong, after)
    rules = {rule.code: rule for rule in found.rules}
    assert (found.items_fixed, found.items_new, found.items_still) == (("件2",), ("件3",), ("件1",))
    assert [finding.place.item for finding in rules["1-1-1"].fixed] == ["件2"]
    assert {finding.place.item for finding in rules["1-10"].new} == {"件3"}
    assert rules["1-7"].still and not rules["1-7"].fixed and not rules["1-7"].new
    assert rules["2-3"].before is Outcome.FAIL and rules["2-3"].after is Outcome.PASS
    assert found.is_whole


def test_a_run_compared_with_itself_has_nothing_new(wrong):
    found = compare_runs(wrong, wrong)
    assert not any(rule.fixed or rule.new for rule in found.rules)
    assert found.items_still == tuple(one.key for one in wrong.failed_items)


def test_a_comparison_of_shortened_reports_says_so(wrong):
    short = replace(wrong, results=(replace(wrong.results[0], findings_left_out=1), *wrong.results[1:]))
    assert not compare_runs(wrong, short).is_whole
