"""The demo's sample of each kind of record is taken in, examined and passes the test of its own scheme."""

from __future__ import annotations

import pytest

from lantai.apps.custody import queries as custody
from lantai.apps.filing.types import TestBatch
from lantai.platform.jobs import services as jobs
from lantai.site.demo import kinds

pytestmark = pytest.mark.django_db


def test_a_sample_of_each_kind_passes_the_test_at_filing(desk):
    rows = []
    for made in kinds.made():
        rows.append(
            desk.capture(
                made.key,
                kind=made.kind,
                title=made.title,
                author=made.author,
                dated_on=made.dated_on,
                document_number=made.number,
                metadata=made.elements,
                files=tuple((file.name, file.data) for file in made.files),
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
    wrong = [
        (check.scheme, result.code, result.item_key, result.message % result.params)
        for check in custody.checks_of("filing:batch", batch.pk)
        for results in custody.failed_items(check.pk).values()
        for result in results
    ]
    assert not wrong, "\n".join(map(str, wrong))
    assert batch.state == "passed"
