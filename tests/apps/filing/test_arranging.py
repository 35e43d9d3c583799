from __future__ import annotations

import pytest

from lantai.apps.filing import services
from lantai.apps.filing.models import Document
from lantai.apps.filing.types import Arrangement, FrozenInBatch, NotOfAgency, YearUnfit
from lantai.apps.holdings import services as holdings
from lantai.kit.errors import Missing
from lantai.kit.numbering.refusals import LegacyRetention
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.blobs.models import Blob
from lantai.platform.blobs.services.content import remove_unused
from lantai.platform.workflow.types import NotFromHere, ReasonMissing


def test_many_are_arranged_at_once_and_blank_values_stay(desk):
    one, two = desk.capture(retention="10年"), desk.capture()
    done = services.arrange(
        desk.clerk, document_ids=[one.pk, two.pk], arrangement=Arrangement(2025, desk.office.pk, "")
    )
    rows = list(Document.objects.order_by("pk").values_list("state", "year", "retention", "scheme_class"))
    assert done == 2
    assert rows == [("arranged", 2025, "D10", desk.office.pk), ("arranged", 2025, "", desk.office.pk)]


def test_who_may_only_read_arranges_nothing(desk):
    (row,) = desk.arranged()
    changed = Arrangement(1999, None, "D10")
    assert services.arrange(desk.lead, document_ids=[row.pk], arrangement=changed) == 0
    row.refresh_from_db()
    assert (row.year, row.retention) == (2026, "Y")


def test_strangers_arrange_nothing(desk, abroad):
    row = desk.capture()
    assert services.arrange(abroad.clerk, document_ids=[row.pk], arrangement=Arrangement(1999)) == 0
    assert Document.objects.get(pk=row.pk).state == "captured"


def test_numbered_documents_are_not_arranged_any_more(desk):
    batch = desk.batch(1)
    row = Document.objects.get(batch=batch)
    assert services.arrange(desk.clerk, document_ids=[row.pk], arrangement=Arrangement(1999)) == 0
    assert Document.objects.get(pk=row.pk).year == 2026


def test_a_class_of_another_fonds_or_out_of_use_is_refused(desk, abroad):
    row = desk.capture()
    with pytest.raises(NotOfAgency):
        services.arrange(desk.clerk, document_ids=[row.pk], arrangement=Arrangement(None, abroad.office.pk))
    holdings.retire_class(desk.region.ctx("archivist"), class_id=desk.office.pk, is_active=False)
    with pytest.raises(NotOfAgency):
        services.arrange(desk.clerk, document_ids=[row.pk], arrangement=Arrangement(None, desk.office.pk))


@pytest.mark.parametrize(
    ("arrangement", "refusal"),
    [(Arrangement(99), YearUnfit), (Arrangement(retention="长期"), LegacyRetention)],
)
def test_a_value_that_means_nothing_is_refused(desk, arrangement, refusal):
    row = desk.capture()
    with pytest.raises(refusal):
        services.arrange(desk.clerk, document_ids=[row.pk], arrangement=arrangement)


def test_what_was_set_aside_keeps_its_files_and_can_be_taken_back(desk):
    row = desk.capture()
    with pytest.raises(ReasonMissing):
        services.discard(desk.clerk, document_ids=[row.pk], reason=" ")
    assert services.discard(desk.clerk, document_ids=[row.pk], reason="重复件") == 1
    key = Blob.objects.get().key
    assert not remove_unused(key)
    assert services.take_back(desk.clerk, document_ids=[row.pk]) == 1
    assert Document.objects.get(pk=row.pk).state == "captured"


def test_a_description_is_corrected(desk):
    row = desk.capture()
    said = desk.correction(row, title=" 新题名 ", persons=("样例甲", "样例甲", " 样例乙"), retention="30年")
    services.describe_document(desk.clerk, document_id=row.pk, correction=said)
    row.refresh_from_db()
    assert (row.title, row.persons, row.retention) == ("新题名", ["样例甲", "样例乙"], "D30")
    with pytest.raises(NotPermitted):
        services.describe_document(desk.lead, document_id=row.pk, correction=said)


def test_a_stranger_finds_no_document_to_correct(desk, abroad):
    row = desk.capture()
    with pytest.raises(Missing):
        services.describe_document(abroad.clerk, document_id=row.pk, correction=desk.correction(row))


def test_in_a_batch_the_parts_of_the_code_are_frozen_and_after_the_test_everything(desk):
    batch = desk.batch(1)
    row = Document.objects.get(batch=batch)
    services.describe_document(desk.clerk, document_id=row.pk, correction=desk.correction(row, author="改"))
    batch.refresh_from_db()
    assert batch.revision == 2
    with pytest.raises(FrozenInBatch):
        services.describe_document(desk.clerk, document_id=row.pk, correction=desk.correction(row, year=2025))
    desk.read()
    services.test_batch(desk.clerk, batch_id=batch.pk)
    with pytest.raises(FrozenInBatch):
        services.describe_document(desk.clerk, document_id=row.pk, correction=desk.correction(row))


def test_a_document_set_aside_is_not_corrected(desk):
    row = desk.capture()
    services.discard(desk.clerk, document_ids=[row.pk], reason="重复件")
    with pytest.raises(NotFromHere):
        services.describe_document(desk.clerk, document_id=row.pk, correction=desk.correction(row))
