"""Each kind of record has its words, its own elements and its numbers."""

from __future__ import annotations

import pytest

from lantai.apps.filing import services
from lantai.apps.filing.elements import own_elements
from lantai.apps.filing.forms import DescribeForm
from lantai.apps.filing.models import Document
from lantai.apps.filing.types import NotArranged
from lantai.apps.holdings import queries as holdings
from lantai.kit.fourprops.scheme import scheme_for
from lantai.kit.metadata import crosswalk, load

pytestmark = pytest.mark.django_db


def test_every_kind_has_its_elements_its_scheme_and_its_map(desk):
    for kind in holdings.kinds():
        assert load(kind.element_scheme).find("title") is not None
        assert scheme_for(kind.test_scheme).elements.name == kind.element_scheme
        assert crosswalk(kind.element_scheme).elements["reference_code"] == "archivalCode"


def test_photos_of_one_event_are_numbered_within_their_group(desk):
    made = [desk.capture(kind="photo", metadata={"组号": group}) for group in ("1", "1", "2")]
    desk.arrange(made)
    desk.compose([one.pk for one in made])
    codes = list(Document.objects.order_by("pk").values_list("reference_code", flat=True))
    assert codes == ["H109-ZP·2026·Y-001-001", "H109-ZP·2026·Y-001-002", "H109-ZP·2026·Y-002-001"]


def test_a_photo_without_a_group_is_not_numbered(desk):
    made = desk.capture(kind="photo")
    desk.arrange([made])
    with pytest.raises(NotArranged):
        desk.compose([made.pk])


def test_the_form_speaks_of_a_photo_and_keeps_its_own_elements(desk, client):
    row = desk.capture(kind="photo", metadata={"组号": "1", "体裁": "新闻", "unknown": "kept"})
    row = Document.objects.select_related("kind", "fonds__archives", "agency").get(pk=row.pk)
    blank = DescribeForm(document=row)
    assert str(blank.fields["author"].label) == "摄影者"
    assert blank["element_groupNumber"].value() == "1"
    said = {name: blank[name].value() or "" for name in blank.fields}
    form = DescribeForm({**said, "element_place": "样例广场", "element_genre": ""}, document=row)
    assert form.is_valid(), form.errors
    services.describe_document(desk.clerk, document_id=row.pk, correction=form.correction())
    row.refresh_from_db()
    assert row.metadata == {"groupNumber": "1", "place": "样例广场", "unknown": "kept"}


def test_a_general_document_is_asked_no_more_than_before(desk):
    assert own_elements("da_t_46") == ()
    assert {one.name for one in own_elements("mail")} >= {"收件人", "抄送"}
