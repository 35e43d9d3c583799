"""An agency tests before it files; what the scanner says counts, and its silence is never taken for a clean file."""

from __future__ import annotations

import pytest

from lantai.apps.custody import queries as custody
from lantai.apps.filing import services
from lantai.apps.filing.models import DocumentFile
from lantai.apps.filing.types import ScanDocuments, SelfCheckBatch, StillReading, TestBatch
from lantai.kit.fourprops.vocabulary import Outcome
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.jobs.types import RunState
from tests.apps.clamd import Clamd, installed

pytestmark = pytest.mark.django_db


@pytest.fixture
def clamd(settings, monkeypatch) -> Clamd:
    return installed(settings, monkeypatch)


def outcome_of(desk, batch, code: str) -> str:
    check = custody.checks_of("filing:batch", batch.pk).first()
    return custody.results(check.pk, is_summary=True).get(code=code).outcome


def test_the_report_of_a_document_on_the_desk_is_kept_as_a_self_check(desk, client):
    document = desk.capture()
    with pytest.raises(StillReading):
        services.check_document(desk.clerk, document_id=document.pk)
    desk.read()
    check = services.check_document(desk.clerk, document_id=document.pk)
    assert (check.occasion, check.stage, check.subject_type) == ("self_check", "filing", "filing:document")
    document.refresh_from_db()
    assert document.state == "captured"


def test_a_batch_is_checked_by_its_agency_and_stays_where_it_is(desk):
    batch = desk.batch()
    desk.read()
    services.start_self_check(desk.clerk, batch_id=batch.pk)
    run = jobs.run_now(desk.clerk, SelfCheckBatch(batch.pk))
    assert run.state == RunState.SUCCEEDED, run.message
    batch.refresh_from_db()
    assert batch.state == "draft"
    assert custody.checks_of("filing:batch", batch.pk).get().occasion == "self_check"


def test_without_a_scanner_the_virus_check_is_not_run(desk):
    batch = desk.tested()
    assert (batch.state, outcome_of(desk, batch, "GD-4-2")) == ("passed", Outcome.NOT_RUN)


def test_a_scanned_batch_passes_the_virus_check(desk, clamd):
    batch = desk.tested()
    assert (batch.state, outcome_of(desk, batch, "GD-4-2")) == ("passed", Outcome.PASS)


def test_an_infected_file_fails_the_batch_and_is_named(desk, clamd):
    clamd.finds = b"EVIL"
    bad = desk.capture("BAD", files=(("坏.txt", b"EVIL words"),))
    desk.arrange([bad])
    batch = desk.compose([bad.pk])
    desk.read()
    jobs.run_now(desk.clerk, TestBatch(batch.pk))
    batch.refresh_from_db()
    assert batch.state == "failed"
    check = custody.checks_of("filing:batch", batch.pk).first()
    finding = custody.results(check.pk, is_summary=False).get(code="GD-4-2")
    assert finding.place.endswith("坏.txt")
    file = DocumentFile.objects.get(document=bad)
    assert "bad" in [line.tone for line in custody.lines_of(file, file.scan)]


@pytest.mark.parametrize("trouble", ["away", "old"])
def test_ing_20_a_test_waits_for_the_scanner_and_goes_on_when_it_is_back(desk, clamd, trouble):
    clamd.is_here, clamd.days_old = trouble != "away", 30 if trouble == "old" else 1
    batch = desk.batch()
    desk.read()
    run = jobs.run_now(desk.clerk, TestBatch(batch.pk))
    assert run.state == RunState.FAILED
    batch.refresh_from_db()
    assert batch.state == "draft", "nothing was decided"
    assert DocumentFile.objects.filter(scan__isnull=True).count() == 2
    clamd.is_here, clamd.days_old = True, 1
    services.start_scans()
    waiting = Run.objects.get(about_type="filing:scan")
    assert waiting.state == RunState.QUEUED
    assert jobs.run_now(desk.clerk, ScanDocuments(batch.agency_id)).state == RunState.SUCCEEDED
    jobs.run_now(desk.clerk, TestBatch(batch.pk))
    batch.refresh_from_db()
    assert batch.state == "passed"


def test_ing_20_by_the_other_policy_nothing_passes_while_the_scanner_is_away(desk, clamd, settings):
    settings.LANTAI_SCAN_POLICY = "block"
    clamd.is_here = False
    batch = desk.tested()
    assert (batch.state, outcome_of(desk, batch, "GD-4-2")) == ("failed", Outcome.NOT_RUN)


def test_what_examining_a_file_showed_is_kept_with_it_and_sealed(desk):
    batch = desk.sealed(1)
    kept = DocumentFile.objects.get(document__batch=batch)
    assert set(kept.examination) >= {"problems", "facts", "signatures", "second_opinion"}
    assert kept.examination["signatures"] == []
    sealed = batch.package.files.get()
    assert sealed.examination == kept.examination
