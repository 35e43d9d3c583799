"""What the choices of a list would leave, counted in one look."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest
from django.contrib.auth import get_user_model
from django.db.models.functions import Upper
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from lantai.platform.orgs.models import Org
from lantai.platform.ui.models import SavedView
from lantai.platform.ui.tables import Choice, Table, facets
from lantai.platform.ui.tables.facets import count_by

FEW = 3


@pytest.fixture
def views(db: None) -> list[SavedView]:
    org = Org.objects.create(code="UF1", name="样例档案馆", kind="archives")
    owner = get_user_model().objects.create(username="facets-sample", name="样例用户", org=org)
    return SavedView.objects.bulk_create(
        SavedView(owner=owner, table=f"t{n % 2}", name=f"视图{n}", path=f"/{n % 3}", is_shared=n % 4 == 0)
        for n in range(12)
    )


def test_every_field_is_counted_in_one_question(
    views: list[SavedView], django_assert_num_queries: CaptureQueriesContext
) -> None:
    rows = SavedView.objects.annotate(loud=Upper("path"))
    with django_assert_num_queries(1):
        found = count_by(rows, ["table", "is_shared", "owner__username", "loud", "table"])
    assert found == {
        "table": Counter(row.table for row in views),
        "is_shared": Counter(str(row.is_shared) for row in views),
        "owner__username": {"facets-sample": len(views)},
        "loud": Counter(row.path for row in views),
    }


def test_a_field_of_which_a_row_has_several_values_repeats_no_row_for_the_others(
    views: list[SavedView],
) -> None:
    owner = views[0].owner
    for role in ("cataloguer", "archivist"):
        owner.assignments.create(role=role, org=owner.org, starts_on=date(2026, 1, 1))
    found = count_by(get_user_model().objects.filter(pk=owner.pk), ["name", "assignments__role"])
    assert found == {"name": {"样例用户": 1}, "assignments__role": {"cataloguer": 1, "archivist": 1}}


def test_more_rows_than_a_person_waits_for_are_not_counted(
    views: list[SavedView], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(facets, "FACET_LIMIT", FEW)
    assert count_by(SavedView.objects.all(), ["table", "path"]) == {"table": {}, "path": {}}
    few = SavedView.objects.filter(pk__in=[row.pk for row in views[:FEW]])
    assert count_by(few, ["table"]) == {"table": {"t0": 2, "t1": 1}}


def test_nothing_to_look_at_has_no_counts(db: None) -> None:
    assert count_by(SavedView.objects.none(), ["table", "path"]) == {"table": {}, "path": {}}
    assert count_by(SavedView.objects.all(), []) == {}


class Views(Table):
    name = "tests.facets"
    filters = (
        Choice("table", "列表", choices=[("t0", "甲"), ("t1", "乙")]),
        Choice("path", "地址", choices=[("/0", "零"), ("/1", "一")]),
        Choice("name", "名称", choices=[("视图0", "零")], facet=False),
    )


def test_a_chosen_facet_leaves_only_its_own_condition_aside(views: list[SavedView]) -> None:
    found = Views(SavedView.objects.all()).facets(QueryDict("table=t1&path=/unknown"))
    assert found == {
        "table": Counter(row.table for row in views),
        "path": Counter(row.path for row in views if row.table == "t1"),
    }
