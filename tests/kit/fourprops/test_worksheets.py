"""Worksheets: what a person is asked, and which records are drawn."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lantai.kit.fourprops import Outcome, Place, Stage, run, scheme_for
from lantai.kit.fourprops.registry import REGISTRY
from lantai.kit.fourprops.vocabulary import Need
from lantai.kit.fourprops.worksheets import MOST_DRAWN, Sampler
from tests.kit.fourprops.subjects import item, subject

DOCUMENT = scheme_for("document")


def sheet(code="3-4-2", seed="样例种子", count=40, **environment):
    items = tuple(item(number) for number in range(1, count + 1))
    changes = {"sample_seed": seed, **environment}
    report = run(subject(Stage.TRANSFER, items=items, environment=changes), DOCUMENT)
    return report.result(f"YJ-{code}").worksheet


def test_the_same_seed_draws_the_same_records_and_another_draws_others():
    assert sheet() == sheet()
    assert sheet().sample != sheet(seed="另一个种子").sample


def test_a_tenth_of_the_records_is_drawn_in_their_order():
    drawn = sheet()
    assert (drawn.percent, drawn.population, len(drawn.sample)) == (10, 40, 4)
    numbers = [int(place.item.removeprefix("件")) for place in drawn.sample]
    assert numbers == sorted(numbers)


def test_whoever_judges_signs_the_sheet():
    names = [question.name for question in sheet().questions]
    assert {"is_legible", "conclusion", "judged_by", "judged_on"} <= set(names)


def test_only_records_that_wait_for_a_person_are_drawn_where_a_program_judged_the_others():
    scheme = scheme_for("photo")
    items = tuple(item(n, events=() if n in (3, 7) else item(n).events) for n in range(1, 10))
    found = run(subject(Stage.FILING, items=items), scheme).result("GD-2-5").worksheet
    assert found.population == 2
    assert {place.item for place in found.sample} <= {"件3", "件7"}


def test_the_answers_stay_with_the_judgement():
    report = run(subject(Stage.TRANSFER), DOCUMENT)
    done = report.judged(
        "YJ-3-4-2",
        passes=True,
        by="样例检测员",
        on="2024-06-03",
        answers={"opened": "1", "is_legible": "yes"},
    )
    result = done.result("YJ-3-4-2")
    assert result.outcome is Outcome.PASS
    assert result.worksheet.answers["opened"] == "1"
    assert result.worksheet.answers["judged_by"] == "样例检测员"


def test_what_needs_a_person_has_a_worksheet():
    for check in REGISTRY.checks.values():
        if Need.PERSON in check.needs:
            assert check.worksheet is not None, check.code
            assert check.worksheet.task and check.worksheet.look_at and check.worksheet.questions


@given(st.lists(st.text(max_size=6), unique=True, max_size=60), st.integers(0, 100), st.integers(0, 5))
def test_a_sample_has_its_size_and_does_not_depend_on_the_order(keys, percent, least):
    drawn = []
    for order in (keys, list(reversed(keys))):
        sampler = Sampler("种子", percent, least)
        for key in order:
            sampler.see(Place(key))
        drawn.append({place.item for place in sampler.drawn()})
    assert drawn[0] == drawn[1]
    wanted = max(least, -(-len(keys) * percent // 100)) if percent else 0
    assert len(drawn[0]) == min(wanted, len(keys), MOST_DRAWN)
