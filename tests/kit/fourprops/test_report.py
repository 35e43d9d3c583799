"""The report: what it concludes, that it can be kept, and that people can finish it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.kit.errors import Invalid, Missing
from lantai.kit.fourprops import (
    Conclusion,
    FailedItem,
    FileFacts,
    FileState,
    Finding,
    Outcome,
    Place,
    Property,
    Report,
    Result,
    Stage,
    report_rows,
    run,
    scheme_for,
)
from lantai.kit.fourprops.engine import MOST_FINDINGS
from lantai.kit.fourprops.report import FORMAT
from tests.kit.fourprops.subjects import described, filed, item, subject

DOCUMENT = scheme_for("document")
words = st.text(max_size=8)
params = st.dictionaries(words, words | st.integers(), max_size=2)
places = st.builds(Place, words, words, words, words)
findings = st.builds(Finding, st.sampled_from(Outcome), words, params, places, words, words)
results = st.builds(
    Result,
    code=words,
    name=words,
    property=st.sampled_from(Property),
    is_blocking=st.booleans(),
    basis=words,
    certainty=words,
    counts=st.dictionaries(st.sampled_from(Outcome), st.integers(0, 9)),
    findings=st.lists(findings, max_size=2).map(tuple),
    findings_left_out=st.integers(0, 5),
)
failed_items = st.builds(FailedItem, words, words, st.lists(words, max_size=2).map(tuple))
reports = st.builds(
    Report,
    st.sampled_from(Stage),
    words,
    words,
    st.dates().map(date.isoformat),
    st.integers(0, 9),
    st.lists(results, max_size=3).map(tuple),
    st.lists(failed_items, max_size=2).map(tuple),
)


def decided(report):
    """The report after a person said yes to all that waits for one."""
    for result in report.results:
        if result.outcome in {Outcome.MANUAL, Outcome.NOT_RUN}:
            report = report.judged(result.code, passes=True, by="样例审核员", on="2024-06-03")
    return report


@given(reports)
def test_a_report_survives_being_written_and_read(report):
    assert Report.from_json(report.to_json()) == report


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "other"}', json.dumps({"format": FORMAT})])
def test_a_text_that_is_no_report_is_refused(text):
    with pytest.raises(Invalid):
        Report.from_json(text)


@given(reports)
def test_a_report_passes_only_without_failures_and_open_questions(report):
    outcomes = {result.outcome for result in report.results if result.is_blocking}
    if report.conclusion is Conclusion.PASSED:
        assert outcomes
        assert not outcomes & {Outcome.FAIL, Outcome.NOT_RUN, Outcome.MANUAL}
    assert (report.conclusion is Conclusion.FAILED) == (Outcome.FAIL in outcomes)


@pytest.mark.parametrize("stage", Stage)
def test_a_perfect_subject_needs_at_most_a_person(stage):
    report = run(subject(stage), DOCUMENT)
    assert report.conclusion in {Conclusion.NEEDS_PERSON, Conclusion.PASSED}
    assert decided(report).conclusion is Conclusion.PASSED
    assert Report.from_json(report.to_json()) == report


@pytest.mark.parametrize("day", ["", "昨天", 20240603])
def test_a_report_without_a_day_is_refused(day):
    raw = json.loads(run(subject(Stage.FILING), DOCUMENT).to_json())
    with pytest.raises(Invalid):
        Report.from_json(json.dumps(raw | {"checked_on": day}))


def test_a_person_can_fail_what_was_open_but_not_overrule_the_machine():
    report = run(subject(Stage.FILING), DOCUMENT)
    failed = report.judged("GD-2-9", passes=False, by="样例审核员", on="2024-06-03", note="缺会议记录")
    assert failed.conclusion is Conclusion.FAILED
    assert any("缺会议记录" in row.message for row in report_rows(failed))
    with pytest.raises(Invalid):
        report.judged("GD-1-2", passes=False, by="样例审核员", on="2024-06-03")
    with pytest.raises(Missing):
        report.judged("GD-9-9", passes=True, by="样例审核员", on="2024-06-03")


def test_the_items_that_fail_are_all_named_with_the_checks_they_fail():
    items = (item(1), described(2, title="", year="12"), filed(3, state=FileState.BROKEN))
    report = run(subject(Stage.TRANSFER, items=items), DOCUMENT)
    assert report.conclusion is Conclusion.FAILED
    assert report.items_checked == 3
    assert [failed.key for failed in report.failed_items] == ["件2", "件3"]
    assert {"YJ-1-3", "YJ-2-4"} <= set(report.failed_items[0].codes)
    assert report.items_failed == 2


def test_an_advisory_failure_is_counted_and_fails_nothing():
    items = tuple(item(n, events=()) for n in (1, 2))
    report = run(subject(Stage.PRESERVATION, items=items), DOCUMENT)
    assert report.result("BC-2-5").outcome is Outcome.FAIL
    assert not report.failed_items
    assert decided(report).conclusion is Conclusion.PASSED
    assert report.counts[Property.INTEGRITY][Outcome.FAIL] == 1


def test_an_empty_package_never_passes():
    report = run(subject(Stage.TRANSFER, items=()), DOCUMENT)
    assert report.conclusion is Conclusion.FAILED


def test_a_large_package_is_streamed_and_its_passing_items_take_no_room():
    def many(count):
        for number in range(1, count + 1):
            yield described(number, title="") if number % 2 else item(number)

    given_subject = replace(subject(Stage.FILING), items=many(1000))
    report = run(given_subject, DOCUMENT)
    result = report.result("GD-2-4")
    assert result.counts == {Outcome.PASS: 500, Outcome.FAIL: 500}
    assert len(result.findings) == MOST_FINDINGS
    assert result.findings_left_out == 500 - MOST_FINDINGS
    assert report.items_failed == 500
    assert not report.result("GD-1-2").findings
    last = [row for row in report_rows(report) if row.code == "GD-2-4"][-1]
    assert "300" in last.message


def test_every_row_is_filled_in_and_translated():
    report = run(subject(Stage.TRANSFER, items=(described(1, title="锟斤拷"), item(3))), DOCUMENT)
    rows = list(report_rows(report, translate=lambda text: f"«{text}»"))
    assert {row.code for row in rows} == {result.code for result in report.results}
    for row in rows:
        assert "%(" not in row.message + row.remedy
        assert row.message.startswith("«")
        assert row.name.startswith("«")
        assert row.basis.startswith("DA/T 70")


def test_a_state_in_plain_words_is_understood_and_an_unknown_one_refused():
    assert FileFacts("a", state="broken").state is FileState.BROKEN
    with pytest.raises(ValueError, match="fine"):
        FileFacts("a", state="fine")
