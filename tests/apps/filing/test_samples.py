"""The demo's sample of each kind is taken in, examined and passes each test of its own scheme until it is kept."""

from __future__ import annotations

import pytest

from lantai.apps.custody import queries as custody
from lantai.apps.filing import composition
from lantai.apps.filing import services as filing
from lantai.apps.filing.facts import CAPTURED, MATTER_STAGES, NUMBERED
from lantai.apps.filing.models import Document
from lantai.apps.filing.types import CapturedFile, SealBatch, TestBatch
from lantai.apps.intake import services as intake
from lantai.apps.intake.online import SEALED
from lantai.apps.intake.types import CheckSubmission
from lantai.platform.blobs import services as blobs
from lantai.platform.jobs import services as jobs
from lantai.site.demo import kinds
from lantai.site.demo.papers import MadeFile
from lantai.site.demo.signing import trust_authority

pytestmark = pytest.mark.django_db


def captured(file: MadeFile) -> CapturedFile:
    staged = blobs.stage([file.data])
    return CapturedFile(name=file.name, role=file.role, staged=staged, part=file.part, elements=file.noted)


def test_a_sample_of_each_kind_passes_the_test_at_filing(desk, settings):
    trust_authority(settings.LANTAI_TRUST)
    rows = []
    for draft in kinds.drafts():
        made = draft.make()
        rows.append(
            desk.capture(
                made.key,
                kind=made.kind,
                title=made.title,
                author=made.author,
                dated_on=made.dated_on,
                document_number=made.number,
                metadata=made.elements,
                files=tuple(map(captured, made.files)),
            )
        )
    assert {row.kind.slug for row in rows} >= {
        "photo", "audio", "video", "service-matter", "voucher", "business-data", "mail", "document",
    }  # fmt: skip
    desk.arrange(rows)
    batch = desk.compose([row.pk for row in rows])
    desk.read()
    run = jobs.run_now(desk.clerk, TestBatch(batch.pk))
    assert run.state == "succeeded", run.message
    batch.refresh_from_db()
    check_nothing_failed("filing:batch", batch.pk)
    assert batch.state == "passed"
    check_compositions(rows)
    check_transfer(desk, batch)


def check_nothing_failed(object_type, object_id):
    wrong = [
        (check.scheme, result.code, result.item_key, result.message % result.params)
        for check in custody.checks_of(object_type, object_id)
        for results in custody.failed_items(check.pk).values()
        for result in results
    ]
    assert not wrong, "\n".join(map(str, wrong))


def check_transfer(desk, batch):
    """What was done with a record goes with it into its package, to the archives and into the later tests."""
    filing.start_sealing(desk.lead, batch_id=batch.pk)
    assert jobs.run_now(desk.lead, SealBatch(batch.pk)).state == "succeeded"
    batch.refresh_from_db()
    sent = intake.submit_online(desk.lead, package_id=batch.package_id)
    run = jobs.run_now(desk.lead, CheckSubmission(sent.pk), about=("intake:submission", sent.pk))
    assert run.state == "succeeded", run.message
    sent.refresh_from_db()
    check_nothing_failed("intake:submission", sent.pk)
    assert sent.state == "passed"
    matter = sent.items.get(kind__slug="service-matter")
    assert [event[0] for event in matter.events] == [*MATTER_STAGES.values(), CAPTURED, NUMBERED, SEALED]


def check_compositions(rows):
    """Each sample of a composed kind is whole, and what was sealed is told as valid."""
    composed = 0
    for row in Document.objects.filter(pk__in=[one.pk for one in rows]).select_related("kind"):
        standings = composition.standings_of(row, row.files.all())
        composed += bool(standings)
        assert not [one for one in standings if one.missing or one.surplus or one.part is None], row.title
        for file in row.files.filter(name__endswith="决定书.ofd"):
            assert [one["state"] for one in file.examination["signatures"]] == ["valid"]
    assert composed == 7
