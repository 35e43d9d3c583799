"""Packages of the public E-ARK corpus, judged as each `testCase.xml` says."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from lantai.kit.packages.eark import validate_eark
from lantai.kit.packages.eark.sent import open_sent
from tests.conftest import SAMPLES, needs_samples

CORPUS = SAMPLES / "eark"
SEVERITIES = ["note", "warning", "error"]
LEVELS = {"INFO": "note", "WARNING": "warning", "ERROR": "error"}


def cases():
    """(requirement, level, whether the package keeps it, its folder) for every package that is there."""
    for path in sorted(CORPUS.rglob("testCase.xml")):
        for rule in ElementTree.parse(path).getroot().iter("rule"):
            error = rule.find("error")
            for package in rule.iter("package"):
                folder = path.parent / (package.findtext("path") or "").strip()
                if error is not None and folder != path.parent and folder.is_dir():
                    keeps = package.get("isValid") == "TRUE"
                    yield path.parent.name, LEVELS[error.get("level")], keeps, str(folder.relative_to(CORPUS))


@needs_samples
@pytest.mark.parametrize(("requirement", "level", "keeps", "place"), sorted(set(cases())))
def test_each_package_of_the_corpus_is_judged_as_its_test_case_says(requirement, level, keeps, place):
    verdict = validate_eark(CORPUS / place, is_submission=place.startswith("SIP"))
    found = {problem.severity.value for problem in verdict.problems if problem.code == requirement}
    if keeps:
        assert not found & set(SEVERITIES[SEVERITIES.index(level) :])
    else:
        assert level in found
    assert all("%(" not in str(problem) for problem in verdict.problems)


@needs_samples
def test_a_package_of_the_corpus_becomes_one_item_with_its_metadata_digests_and_events():
    place = "SIP1/valid/minimal_SIP_plus_mets_SHOULD_MAY_items"
    reader = open_sent(CORPUS / place, place)
    ((item, files),) = reader.items()
    assert (item.reference_code, item.title) == ("EAA.M-9", "Moori kolhoos")
    assert ("ingestion", "2006-06-06T00:00:00.002", "LC Repository") in item.events
    assert {Path(file.path).parent.name for file in files} == {"data"}
    assert all(file.declared.digests and file.declared.size_bytes is not None for file in files)
    loose = {file.path.removeprefix(f"{place}/") for file in reader.loose()}
    assert "METS.xml" in loose and "documentation/Doc1.txt" in loose
    facts = reader.package().facts
    assert (facts.kind, facts.item_count, facts.readable_metadata) == ("eark", 1, True)
