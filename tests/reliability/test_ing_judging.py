"""ING 23, 25: every rule has a sample that passes and one that fails; a catalogue with planted errors."""

from __future__ import annotations

import pytest

from lantai.apps.custody.events import CheckConcluded
from lantai.apps.custody.services import reporting
from lantai.apps.intake import queries, services
from lantai.apps.intake.subscribers import on_check_concluded
from lantai.apps.intake.types import OBJECT, CannotAccept
from lantai.kit.errors import LantaiError
from lantai.kit.fourprops import Outcome, Report, Stage, scheme_for
from lantai.platform.ledger.models import Entry
from tests.apps.intake.conftest import item, person, said
from tests.kit.packages.catalogue.making import write_sheet
from tests.kit.packages.catalogue.test_ing_25 import plant
from tests.kit.selfcheck.checking import Opener
from tests.kit.selfcheck.mutations import Defect
from tests.kit.selfcheck.test_mutations import DEFECTS, run

pytestmark = pytest.mark.django_db

STAGES = (Stage.TRANSFER, Stage.PRESERVATION)
GOOD_LAYOUTS = ("transfer", "bagit", "eep-sm2")
# Judged by people, or of metadata so broken that their structure fails first: no sample of a defect.
WITHOUT_DEFECT = {"1-1-3", "2-8", "3-1", "3-4-2", "3-6"}
# Without trust a signature is unverified, and no program says that a log is good: no plain pass.
NEVER_PLAINLY_PASSED = {"1-1-2", "4-7"}


@pytest.fixture(scope="module")
def passed(tmp_path_factory) -> set[str]:
    """The codes that pass on good packages, by a test each: at least one sample for every rule."""
    opener, codes = Opener(), set()
    for layout in GOOD_LAYOUTS:
        for stage in STAGES:
            folder = tmp_path_factory.mktemp(layout)
            codes |= _passed(run(Defect("none", "", (), layout, stage=stage), folder, opener), stage)
    return codes


def _passed(report: Report, stage: Stage) -> set[str]:
    results = [one for one in report.results if one.outcome is Outcome.PASS]
    return {one.code.removeprefix(f"{stage.prefix}-") for one in results}


def one_defect_a_rule() -> list[Defect]:
    found: dict[str, Defect] = {}
    for defect in DEFECTS:
        found.setdefault(defect.code, defect)
    return sorted(found.values(), key=lambda defect: defect.code)


def test_ing_23_every_rule_of_the_scheme_has_a_sample_that_fails_it():
    ruled = {check.code for stage in STAGES for check, _setting in scheme_for("document").checks_at(stage)}
    assert ruled - {defect.code for defect in DEFECTS} <= WITHOUT_DEFECT
    assert len({defect.code for defect in DEFECTS}) >= 40


@pytest.mark.parametrize("defect", one_defect_a_rule(), ids=lambda defect: defect.code)
def test_ing_23_a_rule_passes_on_the_good_sample_and_fails_on_the_bad_one(defect, tmp_path, passed):
    report = run(defect, tmp_path, Opener())
    result = report.result(f"{defect.stage.prefix}-{defect.code}")
    assert any(finding.outcome is defect.outcome for finding in result.findings)
    assert defect.code in passed | NEVER_PLAINLY_PASSED


def test_ing_23_a_package_that_failed_is_not_accepted(desk):
    submission = desk.checked(desk.transfer(item(1), item(2, 责任者="")))
    assert submission.state == "failed" and "YJ-2-3" in said(submission)
    with pytest.raises(CannotAccept):
        services.accept_submission(desk.ctx("archivist"), submission_id=submission.pk)


def test_ing_25_a_catalogue_with_planted_errors_that_was_sent_names_every_cell_and_is_not_accepted(desk):
    planted: set[str] = set()
    path = write_sheet(desk.folder / "目录.xlsx", 250, lambda sheet: planted.update(plant(sheet)))
    submission = desk.checked(path.read_bytes())
    assert submission.state == "failed"
    told = said(submission)
    missing = {cell for cell in planted if cell.rpartition("!")[2] not in told}
    assert len(planted) == 37 and not missing
    with pytest.raises(CannotAccept):
        services.accept_submission(desk.ctx("archivist"), submission_id=submission.pk)


def test_ing_23_only_what_two_people_let_count_passes_and_the_log_tells_who_and_why(desk):
    person(desk.region, "archives_head", "archives_head")
    submission = desk.checked(desk.transfer(item(1), item(2, 责任者="")))
    archivist, head = desk.ctx("archivist"), desk.ctx("archives_head")
    (check_id,) = queries.checks_of(submission)
    reporting.ask_override(archivist, check_id=check_id, reason="原件无责任者，已核实")
    with pytest.raises(LantaiError):
        reporting.decide_override(archivist, check_id=check_id, grants=True, note="")
    with pytest.raises(CannotAccept):
        services.accept_submission(archivist, submission_id=submission.pk)
    reporting.decide_override(head, check_id=check_id, grants=True, note="")
    on_check_concluded(head, CheckConcluded(check_id, OBJECT, str(submission.pk)))
    submission.refresh_from_db()
    assert submission.state == "passed"
    acts = Entry.objects.filter(act__startswith="custody:check:override").order_by("pk")
    told = [(one.act.rpartition(":")[2], one.object_id, one.actor_id) for one in acts]
    asker, decider = (desk.region.people[name].pk for name in ("archivist", "archives_head"))
    subject = str(check_id)
    assert told == [("override_asked", subject, asker), ("override_granted", subject, decider)]
    assert desk.accept(submission).state == "succeeded"
