from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lantai.apps.catalogue import queries, services
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.services.registering import file_code_of
from lantai.apps.catalogue.types import Level, ReferenceCodeTaken
from lantai.platform.ledger import queries as ledger
from lantai.platform.search.models import Change
from tests.apps.holdings.region import COMMAND


def test_items_are_registered_under_their_custodian_with_one_ledger_line_and_tell_the_index(shelf, home):
    rows = shelf.put(shelf.item(1), shelf.item(2))
    assert {row.custodian_id for row in rows} == {home.archives.pk}
    acts = [entry.act for entry in ledger.entries_about("custody:package", rows[0].package_id)]
    assert acts.count("catalogue:items:registered") == 1
    assert set(Change.objects.values_list("row_id", flat=True)) >= {row.pk for row in rows}


def test_items_of_a_file_get_the_file_they_are_in_and_others_none(shelf):
    code = f"{shelf.fonds.code}-WS·2011·Y-003-{{:03}}"
    inside = [shelf.item(n, reference_code=code.format(n), file_title="样例案卷") for n in (1, 2)]
    *within, loose = shelf.put(*inside, shelf.item(9))
    assert {row.parent.reference_code for row in within} == {f"{shelf.fonds.code}-WS·2011·Y-003"}
    assert within[0].parent.level == Level.FILE and within[0].parent.title == "样例案卷"
    assert loose.parent is None


def test_a_file_is_made_once_for_items_that_come_later(shelf):
    code = f"{shelf.fonds.code}-WS·2011·Y-003-{{:03}}"
    (first,) = shelf.put(shelf.item(1, reference_code=code.format(1)))
    (second,) = shelf.put(shelf.item(2, reference_code=code.format(2)))
    assert first.parent_id == second.parent_id


def test_a_code_that_is_there_refuses_the_whole_batch(shelf):
    shelf.put(shelf.item(1))
    package = shelf.package(["item-1", "item-2"])
    again = [shelf.item(2), shelf.item(1)]
    with pytest.raises(ReferenceCodeTaken) as refused:
        services.register(COMMAND, package=package, items=again)
    assert refused.value.params["code"] == shelf.item(1).reference_code
    assert not Description.objects.filter(package=package).exists()


def test_a_code_that_comes_twice_is_refused_also_across_chunks(shelf, monkeypatch):
    monkeypatch.setattr("lantai.apps.catalogue.services.registering.CHUNK", 1)
    package = shelf.package(["a", "b"])
    twice = [shelf.item(1, item_key="a"), shelf.item(1, item_key="b")]
    with pytest.raises(ReferenceCodeTaken):
        services.register(COMMAND, package=package, items=twice)
    assert not Description.objects.filter(package=package).exists()


def test_a_thousand_items_take_as_many_queries_as_ten(shelf, django_assert_max_num_queries):
    package = shelf.package(["any"])
    items = [shelf.item(n) for n in range(1, 1001)]
    with django_assert_max_num_queries(20):
        made = services.register(COMMAND, package=package, items=items)
    assert made == 1000


def test_after_a_transfer_the_archives_sees_the_items_and_the_agency_no_longer(shelf, home):
    code = f"{shelf.fonds.code}-WS·2011·Y-003-{{:03}}"
    rows = shelf.put(*(shelf.item(n, reference_code=code.format(n)) for n in (1, 2)), custodian=home.agency)
    clerk, archivist = home.ctx("agency_clerk"), home.ctx("archivist")
    assert queries.visible(clerk).count() == 3 and not queries.visible(archivist).exists()
    services.change_custodian(COMMAND, package_id=rows[0].package_id, custodian=home.archives)
    assert queries.visible(archivist).count() == 3 and not queries.visible(clerk).exists()


def test_a_file_stays_with_the_agency_while_one_of_its_items_does(shelf, home):
    code = f"{shelf.fonds.code}-WS·2011·Y-003-{{:03}}"
    (first,) = shelf.put(shelf.item(1, reference_code=code.format(1)), custodian=home.agency)
    (second,) = shelf.put(shelf.item(2, reference_code=code.format(2)), custodian=home.agency)
    services.change_custodian(COMMAND, package_id=first.package_id, custodian=home.archives)
    first.parent.refresh_from_db()
    assert first.parent.custodian == home.agency
    services.change_custodian(COMMAND, package_id=second.package_id, custodian=home.archives)
    first.parent.refresh_from_db()
    assert first.parent.custodian == home.archives


def test_the_ledger_line_of_a_registration_names_no_title(shelf):
    (row,) = shelf.put(shelf.item(1, title="样例人甲的登记"))
    lines = ledger.entries_about("custody:package", row.package_id)
    assert not any("样例人甲" in str(entry.detail) + entry.object_name for entry in lines)


@pytest.mark.parametrize(
    ("code", "file_code"),
    [
        ("J109-WS·2011·Y-003-001", "J109-WS·2011·Y-003"),
        ("C038-001-002-003", "C038-001-002"),
        ("J109-WS·2011-Y-0001", ""),
        ("J109-WS·2011-Y-BGS-0001", ""),
        ("Z008-WS·2019·Y-037", ""),
        ("不是档号", ""),
    ],
)
def test_only_a_code_with_a_file_number_names_a_file(code, file_code):
    assert file_code_of(code) == file_code


@given(st.text(max_size=40))
def test_no_text_breaks_the_search_for_a_file_number(text):
    found = file_code_of(text)
    assert found == "" or found.count("-") == 2
