"""One defect at a time in an otherwise good package: the right rule names it at the right place."""

from __future__ import annotations

from collections import Counter

import pytest

from lantai.kit.fourprops import Finding, Outcome, Report, Stage, from_data, scheme_for
from tests.kit.selfcheck.checking import Opener, check
from tests.kit.selfcheck.defects_of_items import CONTENTS, DESCRIPTIONS
from tests.kit.selfcheck.defects_of_packages import ALL
from tests.kit.selfcheck.mutations import Defect
from tests.kit.selfcheck.samples import LAYOUTS, good_items

DEFECTS = [*DESCRIPTIONS, *CONTENTS, *ALL]
WRONG = (Outcome.FAIL, Outcome.WARN)
# what a layout cannot carry: no acts in a table, no schemas in what we write as E-ARK
KNOWN = {"spreadsheet": {"2-5"}, "eark": {"1-13"}}


@pytest.fixture(scope="module")
def opener():
    return Opener()


def scheme_of(layout: str):
    """The document scheme; where a layout carries no history, an archives does not ask for any."""
    if layout != "spreadsheet":
        return scheme_for("document")
    data = scheme_for("document").to_data()
    data["checks"]["2-5"]["params"]["least"] = 0
    return from_data(data)


def run(defect: Defect, folder, opener) -> Report:
    built, scratch = folder / "built", folder / "scratch"
    built.mkdir()
    scratch.mkdir()
    return check(
        defect.build(built), scratch, opener, scheme=scheme_of(defect.layout), stage=defect.stage,
        environment=defect.surroundings(),
    )  # fmt: skip


def tells(finding: Finding, defect: Defect) -> bool:
    place = finding.place
    said = " ".join(
        (place.item, place.reference_code, place.path, place.field, *map(str, finding.params.values()))
    )
    return all(word in said for word in defect.where)


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("stage", [Stage.TRANSFER, Stage.PRESERVATION])
def test_nothing_is_found_in_a_good_package(layout, stage, tmp_path, opener):
    report = run(Defect("none", "", (), layout, stage=stage), tmp_path, opener)
    found = [
        (result.code, str(finding.place), finding.message % finding.params)
        for result in report.results
        for finding in result.findings
        if finding.outcome in WRONG
        and (finding.outcome is Outcome.FAIL or result.code[3:] not in KNOWN.get(layout, ()))
    ]
    assert found == []
    assert report.items_checked == len(good_items())


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.name)
def test_a_defect_is_named_by_its_rule_at_its_place(defect, tmp_path, opener):
    report = run(defect, tmp_path, opener)
    prefix = defect.stage.prefix
    result = report.result(f"{prefix}-{defect.code}")
    told = [finding for finding in result.findings if finding.outcome is defect.outcome]
    others = [
        (r.code, str(f.place), f.message % f.params)
        for r in report.results
        for f in r.findings
        if f.outcome in WRONG
    ]
    assert any(tells(finding, defect) for finding in told), (defect.where, others)
    for code in defect.also:
        assert report.result(f"{prefix}-{code}").outcome is Outcome.FAIL, (code, others)


def test_there_are_at_least_120_kinds_of_defect_over_all_properties_and_layouts():
    names = Counter(defect.name for defect in DEFECTS)
    assert max(names.values()) == 1
    assert len(names) >= 120
    assert {defect.code[0] for defect in DEFECTS} == {"1", "2", "3", "4"}
    assert {defect.layout for defect in DEFECTS} == set(LAYOUTS)
