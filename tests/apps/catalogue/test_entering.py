"""Rows that come without content: entered by the thousand as one act, and taken back while untouched."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from lantai.apps.catalogue import queries, services
from lantai.apps.catalogue.models import Description, FormerCode
from lantai.apps.catalogue.services import entering
from lantai.apps.catalogue.types import (
    Level,
    NewRow,
    ParentMissing,
    ReferenceCodeTaken,
    RowsChanged,
    RowsHoldOthers,
    RowsInUse,
)
from lantai.apps.holdings import queries as holdings
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.ledger import queries as ledger
from lantai.platform.search.models import Change

ODD = '\\N 反斜杠\\ 制表\t换行\n "引号" {花括号} 𠮷'


@pytest.fixture
def row(shelf):
    def make(number, **more):
        values = {
            "fonds_id": shelf.fonds.pk,
            "custodian_id": shelf.region.archives.pk,
            "kind_id": holdings.kind("document").pk,
            "reference_code": f"{shelf.fonds.code}-WS·2011·Y-{number:04}",
            "title": f"样例{number}",
        }
        return NewRow(**values | more)

    return make


def _rows(shelf):
    return Description.objects.filter(fonds=shelf.fonds)


def test_what_was_said_of_a_row_is_what_stands_in_it(shelf, home, row):
    said = row(
        1,
        title=ODD,
        author="样例市人民政府",
        dated_on=date(2011, 3, 5),
        year=2011,
        retention="Y",
        persons=("曾一", '带"引号"的,名\\字', "𠮷田"),
        page_count=3,
        note=ODD,
        metadata={"place": ODD, "keyword": ["甲", "乙"]},
    )
    assert services.enter(home.ctx("cataloguer"), rows=[said]) == 1
    found = _rows(shelf).get()
    for name in ("title", "author", "dated_on", "year", "retention", "page_count", "note", "metadata"):
        assert getattr(found, name) == getattr(said, name), name
    assert (tuple(found.persons), found.revision, found.package_id) == (said.persons, 1, None)


def test_rows_come_with_those_they_lie_under_in_any_order(shelf, home, row):
    series = row(1, level=Level.SERIES, reference_code="S1")
    inner = row(2, level=Level.SERIES, reference_code="S1-1", parent_code="S1")
    innermost = row(3, level=Level.SERIES, reference_code="S1-1-1", parent_code="S1-1")
    file = row(4, level=Level.FILE, reference_code="F1", parent_code="S1-1-1")
    items = [row(n, parent_code="F1") for n in range(10, 15)]
    assert services.enter(home.ctx("cataloguer"), rows=[*items, file, innermost, inner, series]) == 9
    by_code = {found.reference_code: found for found in _rows(shelf).select_related("parent")}
    assert {by_code[item.reference_code].parent.reference_code for item in items} == {"F1"}
    assert by_code["F1"].parent.reference_code == "S1-1-1"
    later = row(20, parent_code="F1")
    services.enter(home.ctx("cataloguer"), rows=[later])
    assert _rows(shelf).get(reference_code=later.reference_code).parent_id == by_code["F1"].pk


@pytest.mark.parametrize("is_there", [True, False])
def test_a_code_is_given_once_and_nothing_of_the_rest_is_entered(shelf, home, row, is_there):
    ctx = home.ctx("cataloguer")
    if is_there:
        services.enter(ctx, rows=[row(5)])
    before = Change.objects.count()
    with pytest.raises(ReferenceCodeTaken) as refused:
        services.enter(ctx, rows=[row(1), row(5, title="另一件"), *([] if is_there else [row(5)])])
    assert refused.value.params["code"] == row(5).reference_code
    assert (_rows(shelf).count(), Change.objects.count()) == (int(is_there), before)


def test_a_row_below_nothing_is_refused_by_its_code(shelf, home, row):
    with pytest.raises(ParentMissing) as refused:
        services.enter(home.ctx("cataloguer"), rows=[row(1), row(2, parent_code="不存在")])
    assert refused.value.params == {"code": row(2).reference_code, "parent": "不存在"}
    assert not _rows(shelf).exists()


def test_who_may_not_describe_enters_nothing(shelf, home, row):
    with pytest.raises(NotPermitted):
        services.enter(home.ctx("reading_clerk"), rows=[row(1)])


def test_search_hears_of_every_row_and_the_ledger_has_one_line(shelf, home, row):
    ids = services.new_ids(40)
    services.enter(home.ctx("cataloguer"), rows=[row(n, id=pk) for n, pk in enumerate(ids)])
    assert Change.objects.filter(source="catalogue", row_id__in=ids).count() == 40
    entries = ledger.entries_about("holdings:fonds", shelf.fonds.pk).filter(act="catalogue:rows:entered")
    assert [entry.detail["rows"] for entry in entries] == [40]


def test_the_life_of_each_row_begins_with_who_entered_it(shelf, home, row):
    ctx = home.ctx("cataloguer")
    services.enter(ctx, rows=[row(n) for n in range(3)])
    services.enter(ctx, rows=[row(7)])  # at the same instant
    acts = dict(ledger.entries_at("catalogue:rows:entered", ctx.now).values_list("pk", "detail"))
    for one in _rows(shelf):
        (entered,) = queries.happenings(ctx, one)
        assert (entered.what, entered.at) == ("登入目录", ctx.now) and ctx.actor.name in entered.who
        assert acts[entered.entry_id]["first"] <= one.pk <= acts[entered.entry_id]["last"]
        assert [line.entry_id for line in queries.timeline(ctx, one)] == [entered.entry_id]
        assert queries.happenings(home.ctx("agency_clerk"), one) == []


def test_rows_are_taken_back_as_if_they_had_never_been(shelf, home, row):
    ctx, ids = home.ctx("cataloguer"), services.new_ids(3)
    file = row(1, id=ids[0], level=Level.FILE, reference_code="F1")
    services.enter(ctx, rows=[file, *(row(n, id=ids[n], parent_code="F1") for n in (1, 2))])
    assert services.withdraw(ctx, ids=ids) == 3
    assert not _rows(shelf).exists()
    assert Change.objects.filter(row_id=ids[0]).count() == 2


def test_what_was_changed_since_or_holds_others_stays(shelf, home, row):
    ctx, ids = home.ctx("cataloguer"), services.new_ids(3)
    file = row(1, id=ids[0], level=Level.FILE, reference_code="F1")
    services.enter(ctx, rows=[file, *(row(n, id=ids[n], parent_code="F1") for n in (1, 2))])
    with pytest.raises(RowsHoldOthers):
        services.withdraw(ctx, ids=ids[:2])
    services.describe(ctx, description_id=ids[2], revision=1, changes={"title": "改过"})
    with pytest.raises(RowsChanged):
        services.withdraw(ctx, ids=ids)
    assert _rows(shelf).count() == 3


@pytest.mark.parametrize("may_set", ["true", "false"], ids=["a statement", "a row"])
def test_rows_that_others_refer_to_stay_however_that_is_found_out(shelf, home, row, monkeypatch, may_set):
    monkeypatch.setattr(entering, "_MAY_SET", f"SELECT {may_set}")
    ctx, ids = home.ctx("cataloguer"), services.new_ids(3)
    services.enter(ctx, rows=[row(n, id=pk) for n, pk in enumerate(ids)])
    used = FormerCode.objects.create(description_id=ids[1], code="曾用", until=ctx.now, act="renumbered")
    with pytest.raises(RowsInUse):
        services.withdraw(ctx, ids=ids)
    assert _rows(shelf).count() == 3
    used.delete()
    Description.objects.filter(pk=ids[0]).update(merged_into_id=ids[1])
    with pytest.raises(RowsInUse):
        services.withdraw(ctx, ids=ids[1:])
    Description.objects.filter(pk=ids[0]).update(merged_into_id=None)
    assert services.withdraw(ctx, ids=ids) == 3
    with connection.cursor() as cursor:
        cursor.execute("SHOW session_replication_role")
        assert cursor.fetchone() == ("origin",)


def test_what_a_withdrawal_goes_past_is_only_what_it_looks_for_itself(db):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND (tgtype & 8) <> 0"  # at a deletion
            " AND tgrelid = 'catalogue_description'::regclass"
        )
        assert cursor.fetchall() == [("catalogue_removed",)]


def test_rows_have_from_above_what_they_do_not_say(shelf, home, row):
    top = "J109"
    services.enter(
        home.ctx("cataloguer"),
        rows=[
            row(0, level=Level.FONDS, reference_code=top, retention="Y", openness="controlled"),
            row(1, level=Level.FILE, retention="D30"),
            row(2, parent_code=row(1).reference_code),
            row(3, openness="open"),
            row(4, parent_code=top, retention="D10"),
        ],
    )
    found = (
        _rows(shelf).order_by("reference_code").values_list("retention", "openness", "inherits", "parent_id")
    )
    first = _rows(shelf).get(level=Level.FILE)
    assert list(found) == [
        ("Y", "controlled", [], None),
        ("D30", "controlled", ["openness"], None),
        ("D30", "controlled", ["openness", "retention"], first.pk),
        ("Y", "open", ["retention"], None),
        ("D10", "controlled", ["openness"], None),
    ]


def test_what_a_row_names_is_there_and_stays(shelf, home, row):
    with pytest.raises(IntegrityError), transaction.atomic():
        services.enter(home.ctx("cataloguer"), rows=[row(1, creator_id=1 << 40)])
    services.enter(
        home.ctx("cataloguer"), rows=[row(1, level=Level.FILE), row(2, parent_code=row(1).reference_code)]
    )
    for change in ({"merged_into_id": 1 << 40}, {"package_id": 1 << 40}, {"fonds_id": 1 << 40}):
        with pytest.raises(IntegrityError), transaction.atomic():
            _rows(shelf).filter(level=Level.ITEM).update(**change)
    for statement in (
        "DELETE FROM holdings_fonds WHERE id = %s",
        "DELETE FROM catalogue_description WHERE level = 'file' AND fonds_id = %s",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [shelf.fonds.pk])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert _rows(shelf).count() == 2
