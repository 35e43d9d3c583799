from __future__ import annotations

from datetime import date

import pytest
from django.utils.translation import override

from lantai.apps.custody.models import CheckRun
from lantai.apps.filing import facts, numbers, queries, services
from lantai.apps.filing.models import Batch, CodeCounter, Document
from lantai.apps.filing.services import testing
from lantai.apps.filing.types import (
    Arrangement,
    ChangedMeanwhile,
    NotArranged,
    NotForTest,
    NothingArranged,
    StillReading,
    TestBatch,
)
from lantai.kit.errors import Missing
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.jobs.types import RunState
from lantai.platform.workflow.types import NotFromHere


def codes(batch: Batch) -> list[str]:
    return list(queries.documents_of(batch.pk).values_list("reference_code", flat=True))


def test_codes_are_given_by_date_then_number_without_gaps(desk):
    late = desk.capture(dated_on=date(2026, 5, 1))
    early = desk.capture(dated_on=date(2026, 1, 1))
    desk.arrange([late, early])
    batch = desk.compose([late.pk, early.pk])
    found = dict(queries.documents_of(batch.pk).values_list("pk", "reference_code"))
    assert found == {early.pk: "H109-WS·2026-Y-BGS-0001", late.pk: "H109-WS·2026-Y-BGS-0002"}
    assert codes(desk.batch(1)) == ["H109-WS·2026-Y-BGS-0003"]


def test_the_preview_shows_the_codes_that_composing_then_gives(desk):
    rows = desk.arranged(3)
    shown = [one.reference_code for one in numbers.preview(rows, date(2026, 11, 22))]
    assert codes(desk.compose([row.pk for row in rows])) == shown


def test_the_preview_says_of_every_document_what_it_lacks(desk):
    bare, whole = desk.capture(dated_on=None), desk.arranged()[0]
    services.arrange(desk.clerk, document_ids=[bare.pk], arrangement=Arrangement())
    shown = {one.document_id: one for one in numbers.preview([bare, whole], date(2026, 11, 22))}
    assert shown[whole.pk].reference_code == "H109-WS·2026-Y-BGS-0001"
    assert "年度、保管期限、机构或问题" in str(shown[bare.pk].why_not)
    with pytest.raises(NotArranged):
        desk.compose([bare.pk, whole.pk])
    assert not Batch.objects.exists() and not Document.objects.exclude(reference_code="").exists()


def test_a_batch_needs_arranged_documents_and_the_right_to_compose(desk):
    waiting = desk.capture()
    with pytest.raises(NothingArranged):
        desk.compose([waiting.pk])
    (ready,) = desk.arranged()
    with pytest.raises(NotPermitted):
        services.compose_batch(
            desk.lead,
            agency_id=desk.region.agency.pk,
            fonds_id=desk.fonds.pk,
            title="样例",
            document_ids=[ready.pk],
        )


def test_a_dissolved_batch_gives_its_numbers_back_when_it_was_the_last(desk):
    batch = desk.batch(3)
    services.dissolve_batch(desk.clerk, batch_id=batch.pk, reason="选错")
    assert set(Document.objects.values_list("state", "reference_code", "batch")) == {("arranged", "", None)}
    assert codes(desk.batch(1)) == ["H109-WS·2026-Y-BGS-0001"]


def test_numbers_in_the_middle_stay_free_until_what_follows_is_dissolved_too(desk):
    first, second = desk.batch(2), desk.batch(1)
    services.dissolve_batch(desk.clerk, batch_id=first.pk, reason="选错")
    third = desk.batch(1)
    assert codes(third) == ["H109-WS·2026-Y-BGS-0004"]
    for batch in (third, second):
        services.dissolve_batch(desk.clerk, batch_id=batch.pk, reason="选错")
    assert CodeCounter.objects.get(prefix="H109-WS·2026-Y-BGS-").last == 0


def test_dissolving_is_for_composers_and_not_for_sealed_batches(desk, abroad):
    batch = desk.sealed(1)
    with pytest.raises(NotFromHere):
        services.dissolve_batch(desk.clerk, batch_id=batch.pk, reason="选错")
    with pytest.raises(Missing):
        services.dissolve_batch(abroad.clerk, batch_id=batch.pk, reason="选错")
    assert Document.objects.get(batch=batch).state == "sealed"


def test_a_test_waits_for_the_reading_and_calls_it_again(desk):
    batch = desk.batch(1)
    Run.objects.update(state=RunState.FAILED)
    with pytest.raises(StillReading):
        services.start_test(desk.clerk, batch_id=batch.pk)
    assert Run.objects.filter(about_type="filing:survey", state=RunState.QUEUED).count() == 1
    desk.read()
    first = services.start_test(desk.clerk, batch_id=batch.pk)
    assert services.start_test(desk.clerk, batch_id=batch.pk).pk == first.pk


def test_a_sound_batch_passes_and_leaves_a_report(desk):
    batch = desk.tested()
    check = CheckRun.objects.get()
    assert batch.state == "passed", list(
        check.results.filter(outcome="fail").values_list("code", "place", "message", "params")
    )
    assert (check.item_count, check.failed_item_count, check.conclusion) == (2, 0, "needs_person")


def test_a_second_batch_of_the_same_prefix_may_begin_where_the_first_ended(desk):
    assert (desk.tested(2).state, desk.tested(1).state) == ("passed", "passed")


def test_a_document_without_author_or_with_a_broken_file_fails_its_batch(desk):
    bad = desk.capture(author="", files=(("坏.pdf", b"%PDF-1.7 broken"),))
    desk.arrange([bad])
    batch = desk.compose([bad.pk])
    desk.read()
    assert jobs.run_now(desk.clerk, TestBatch(batch.pk)).state == RunState.SUCCEEDED
    batch.refresh_from_db()
    assert batch.state == "failed"
    checks = queries.check_runs_of(desk.clerk, batch.pk)
    ((found, problems),) = queries.failures_of(checks, batch.pk)
    assert found.pk == bad.pk and any("责任者" in str(one.params) for one in problems)


def test_the_test_reads_every_file_again(desk):
    batch = desk.batch(1)
    desk.read()
    file = queries.documents_of(batch.pk)[0].files.all()[0]
    assert facts.file_facts(file).digests["sm3"] == file.sm3
    file.blob_key = "00/" + "0" * 128
    assert facts.file_facts(file).state == "missing"


def test_a_correction_during_the_test_makes_it_void(desk, monkeypatch):
    batch = desk.batch(1)
    desk.read()
    row, run_checks = Document.objects.get(batch=batch), testing.run_checks

    def corrected_meanwhile(subject, scheme):
        report = run_checks(subject, scheme)
        services.describe_document(
            desk.clerk, document_id=row.pk, correction=desk.correction(row, author="改")
        )
        return report

    monkeypatch.setattr(testing, "run_checks", corrected_meanwhile)
    with pytest.raises(ChangedMeanwhile):
        services.test_batch(desk.clerk, batch_id=batch.pk)
    assert Batch.objects.get().state == "draft" and not CheckRun.objects.exists()


def test_a_sealed_batch_is_not_tested_again(desk):
    batch = desk.sealed(1)
    with pytest.raises(NotForTest):
        services.start_test(desk.clerk, batch_id=batch.pk)


def test_the_words_of_the_scheme_do_not_change_with_the_language(desk):
    (row,) = desk.arranged()
    with override("en"):
        values = facts.elements_of(row)
    assert (values["securityClassification"], values["documentAggregationType"]) == ("公开", "单件")
    assert values["retentionPeriod"] == "永久"
