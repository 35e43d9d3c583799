"""Lists: no row is skipped or shown twice, whatever the order; conditions are links; files are safe."""

from __future__ import annotations

import base64
import io
from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.http import QueryDict
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from lantai.platform.context import Actor, Channel, Ctx
from lantai.platform.orgs.models import Org
from lantai.platform.ui import services
from lantai.platform.ui.models import SavedView
from lantai.platform.ui.tables import Choice, Column, DateRange, Flag, Kind, Range, Table, selected
from lantai.platform.ui.tables.address import Address
from lantai.platform.ui.tables.export import csv_lines, guarded, write_sheet
from lantai.platform.ui.tables.paging import decode, encode, slice_of
from lantai.platform.ui.words import size

KEY = SavedView._meta.pk
ORDERS = ["name", "-name", "org_id", "-org_id", "-created_at", "id", "-id"]


class Views(Table):
    name = "tests.views"
    order = "name"
    search = ("name",)
    page_size = 3
    columns = (
        Column("name", "名称", kind=Kind.TITLE, sort=True),
        Column("org_id", "单位", kind=Kind.NUMBER, sort=True),
        Column("created_at", "建立时间", kind=Kind.MOMENT, sort=True),
        Column("path", "地址", default=False),
    )
    filters = (
        Choice("path", "地址", choices=[("/a", "甲"), ("/b", "乙")]),
        Flag("is_shared", "共用"),
        DateRange("created_at", "建立时间", lookup="created_at__date"),
    )


@pytest.fixture
def person(db: None) -> object:
    org = Org.objects.create(code="UI1", name="样例档案馆", kind="archives")
    return get_user_model().objects.create(username="ui-sample", name="样例用户", org=org)


@pytest.fixture
def views(person: object) -> list[SavedView]:
    made = [
        SavedView(
            owner=person, table="t", name=f"视图{n:02d}", path="/a" if n % 2 else "/b",
            org_id=None if n % 3 == 0 else n % 4, is_shared=n % 5 == 0,
        )
        for n in range(11)
    ]  # fmt: skip
    return SavedView.objects.bulk_create(made)


WAYS = (), (Q(is_shared=True), Q(is_shared=False), Q(path="/a")), (Q(pk__gt=0),)


@pytest.mark.parametrize("ways", WAYS, ids=("one way", "three that overlap", "a single one"))
@pytest.mark.parametrize("order", ORDERS)
def test_walking_forth_and_back_meets_every_row_once(
    views: list[SavedView], order: str, ways: tuple[Q, ...]
) -> None:
    rows = SavedView.objects.all()
    forth, page = [], slice_of(rows, order, size=3, ways=ways)
    assert not page.before
    while True:
        forth += [row.pk for row in page.rows]
        if not page.after:
            break
        page = slice_of(rows, order, after=page.after, size=3, ways=ways)
    back = [row.pk for row in page.rows]
    while page.before:
        page = slice_of(rows, order, before=page.before, size=3, ways=ways)
        back = [row.pk for row in page.rows] + back
    assert forth == back
    assert sorted(forth) == sorted(view.pk for view in views)


def test_rows_without_a_value_come_last_going_up_and_first_going_down(views: list[SavedView]) -> None:
    up = [row.org_id for row in slice_of(SavedView.objects.all(), "org_id", size=50).rows]
    down = [row.org_id for row in slice_of(SavedView.objects.all(), "-org_id", size=50).rows]
    assert up[-1] is None and down[0] is None and up == down[::-1]


@given(st.text())
def test_a_broken_cursor_shows_the_first_page_instead_of_failing(text: str) -> None:
    place = decode(text, KEY, KEY)
    assert place is None or isinstance(place.key, int)


@pytest.mark.parametrize(
    "text",
    ['["\\u0000", 1]', '["\\ud800", 1]', "[1e999, Infinity]", "[null, null]", "[NaN, 1]", "[" * 9_000],
)
def test_a_place_that_no_row_can_have_shows_the_first_page(views: list[SavedView], text: str) -> None:
    cursor = base64.urlsafe_b64encode(text.encode()).decode()
    for order in ("name", "org_id", "-created_at"):
        assert slice_of(SavedView.objects.all(), order, after=cursor).rows


@given(st.one_of(st.none(), st.integers(-(2**60), 2**60)), st.integers(1, 2**60))
def test_a_cursor_leads_back_to_its_place(value: int | None, key: int) -> None:
    place = decode(encode(value, key), KEY, KEY)
    assert place is not None and (place.value, place.key) == (value, key)


def test_a_cursor_keeps_microseconds() -> None:
    field = SavedView._meta.get_field("created_at")
    at = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    place = decode(encode(at, 1), field, KEY)
    assert place is not None and place.value == at


@pytest.mark.parametrize("text", ["1E+9999999", "-1E+9999999", "1E-9999999", "NaN", "Infinity", "x", ""])
def test_a_number_that_no_row_has_narrows_nothing_at_once(text: str) -> None:
    assert Range("year", "年度").end(text) is None


def test_conditions_narrow_the_rows_and_spell_themselves(views: list[SavedView]) -> None:
    table = Views(SavedView.objects.all())
    data = QueryDict("path=/a&is_shared=1&path=/unknown")
    assert {row.name for row in table.narrowed(data)} == {"视图05"}
    assert [chip.text for chip in table.chips(data)] == ["地址：甲", "共用：是"]
    assert table.narrowed(QueryDict("q=视图+07")).get().name == "视图07"


def test_a_facet_counts_what_the_other_conditions_leave(views: list[SavedView]) -> None:
    table = Views(SavedView.objects.all())
    data = QueryDict("path=/a&is_shared=1")
    choice = table.filters[0]
    options = choice.options(data, table.facets(data)[choice.name])
    assert {(o.label, o.count, o.is_chosen) for o in options} == {("甲", 1, True), ("乙", 2, False)}


def test_removing_a_chip_leaves_the_other_conditions() -> None:
    address = Address("/list/", QueryDict("path=/a&path=/b&q=x&after=abc"))
    assert address.without([("path", "/a")]) == "/list/?path=%2Fb&q=x"
    assert address.bare() == "/list/"


def test_an_unknown_order_falls_back_to_the_tables_own() -> None:
    table = Views(SavedView.objects.none())
    assert table.order_of(QueryDict("sort=owner__password")) == "name"
    assert table.order_of(QueryDict("sort=-org_id")) == "-org_id"


def test_a_bulk_act_reaches_only_rows_of_its_table(views: list[SavedView]) -> None:
    mine = SavedView.objects.filter(path="/a")
    ids = [view.pk for view in views]
    request = RequestFactory().post("/", {"ids": ids})
    assert set(selected(request, Views(mine))) == set(mine)
    every = RequestFactory().post("/", {"every": "1", "query": "is_shared=1"})
    assert [row.name for row in selected(every, Views(mine))] == ["视图05"]


@given(st.text())
def test_no_text_of_a_file_starts_a_formula(text: str) -> None:
    assert not str(guarded(text)).startswith(("=", "+", "-", "@", "\t", "\r"))


def test_files_hold_every_row_with_dates_and_numbers_as_such(views: list[SavedView]) -> None:
    rows = SavedView.objects.order_by("pk")
    SavedView.objects.filter(pk=views[0].pk).update(name="=1+1")
    columns = Views.columns[:3]
    lines = list(csv_lines(columns, rows))
    assert lines[0] == "\ufeff名称,单位,建立时间\r\n"
    assert lines[1].startswith("'=1+1,,") and len(lines) == 12
    book = io.BytesIO()
    assert write_sheet(book, "视图/清单", columns, rows) == 11
    book.seek(0)
    sheet = CalamineWorkbook.from_filelike(book).get_sheet_by_index(0).to_python()
    assert sheet[1][0] == "=1+1" and sheet[2][1] == 1.0 and isinstance(sheet[1][2], datetime)


def test_a_preference_and_a_view_belong_to_their_owner(person: object) -> None:
    now = datetime.now(UTC)
    mine = Ctx(Actor(person.pk, "样例"), 7, "样例", now, "r", Channel.WEB)
    stranger = Ctx(Actor(None, "访客"), None, "", now, "r", Channel.WEB)
    view = services.save_view(mine, table="t", name=" 永久 ", path="/list/", query="a=1", is_shared=True)
    assert view.name == "永久"
    with pytest.raises(services.SignInFirst):
        services.arrange_table(stranger, table="t", columns=[], density="dense")
    with pytest.raises(services.Invalid):
        services.save_view(mine, table="t", name="x", path="//elsewhere.example/", query="", is_shared=False)


@pytest.mark.parametrize(
    ("count", "words"),
    [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (12_400_000, "12.4 MB"), (999_999, "1.0 MB")],
)
def test_sizes_read_in_decimal_units(count: int, words: str) -> None:
    assert size(count) == words
