"""Packages of the public E-ARK corpus, judged as each `testCase.xml` says.

Where the corpus contradicts the specification or itself, `OTHERWISE` says what holds and why. With the whole
corpus (397 packages under a rule, commit 3fb76187) in place of our part of it, nothing else differs.
"""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import pytest

from lantai.kit.packages.eark import validate_eark
from lantai.kit.packages.eark.messages import MESSAGES
from lantai.kit.packages.eark.sent import open_sent
from tests.conftest import SAMPLES, needs_samples

CORPUS = SAMPLES / "eark"
SEVERITIES = ["note", "warning", "error"]
LEVELS = {"INFO": "note", "WARNING": "warning", "ERROR": "error"}
LINE_ENDS = "files had CRLF when digests were taken, and lost them in git: with CRLF all agree"
OTHERWISE = {
    **dict.fromkeys(
        (f"CSIP/CSIP{number}/valid/valid_IP_with_SHOULD_MAY_1_rep" for number in (41, 43, 54, 56)), LINE_ENDS
    ),
    **dict.fromkeys(
        (f"CSIP/CSIP{number}/valid/minimal_IP_with_1_representation" for number in (69, 71)), LINE_ENDS
    ),
    **dict.fromkeys(
        (f"CSIP/CSIPSTR9/valid/IP_18000_CSIPSTR9_{number}" for number in range(1, 16)),
        "no folder `representations`, which SHOULD be: valid as a whole, but the warning is due (as in CSIPSTR5)",
    ),
    "CSIP/CSIP61/invalid/fileGrp_ADMID_incorrect_ref2": (
        "the wrong ID stands in the ADMID of the metadata division (CSIP91), not in that of the fileGrp"
    ),
    "CSIP/CSIP8/invalid/mets-xml_metsHdr_LASTMODDATE_in_future": "its METS.xml has no LASTMODDATE at all",
}


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
    as_told = not found & set(SEVERITIES[SEVERITIES.index(level) :]) if keeps else level in found
    assert as_told != (place in OTHERWISE)
    if OTHERWISE.get(place) == LINE_ENDS:
        assert MESSAGES["digest"] not in {problem.message for problem in verdict.problems}
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
