from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from lantai.apps.catalogue import queries, services
from lantai.apps.catalogue.models import Description, FormerCode
from lantai.apps.catalogue.tree import GroupOnly, NotBeneath
from lantai.apps.catalogue.types import BENEATH, Level
from lantai.apps.holdings import services as holdings
from lantai.kit.errors import Missing
from lantai.platform.accounts.types import NotPermitted

LEVELS = [*Level.values]


def many(rows, file, count):
    """Rows by the thousand under a file, by one statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO catalogue_description (level, parent_id, fonds_id, custodian_id, creator_id, kind_id,"
            " reference_code, title, author, document_number, retention, class_code, classification, openness,"
            " persons, note, metadata, item_key, revision, created_at, updated_at)"
            " SELECT 'item', %s, fonds_id, custodian_id, creator_id, kind_id, "
            " reference_code || '-' || lpad(n::text, 6, '0'),"
            " '样例第' || n || '件', '', '', 'Y', '', 'public', 'unreviewed', '{}', '', '{}', '', 1, now(), now()"
            " FROM catalogue_description, generate_series(1, %s) n WHERE id = %s",
            [file.pk, count, file.pk],
        )
        cursor.execute("ANALYZE catalogue_description")


def walk(ctx, parent, limit, **more):
    found, after = [], 0
    while True:
        window = queries.tree_window(ctx, parent, after=after, limit=limit, **more)
        found += [node.id for node in window.nodes]
        if not window.after:
            return found
        after = window.after


def explained(rows):
    """The plan of every statement that a window asks."""
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as asked:
        rows()
    plans = []
    with connection.cursor() as cursor:
        for one in asked.captured_queries:
            if 'FROM "catalogue_description"' in one["sql"]:
                cursor.execute("EXPLAIN " + one["sql"])
                plans.append("\n".join(line for (line,) in cursor.fetchall()))
    return plans


@pytest.mark.parametrize("above", [level for level in LEVELS if level not in ("fonds", "fonds_group")])
def test_the_database_holds_which_level_lies_under_which(rows, above):
    parent = rows.row(above, "A")
    for level in LEVELS:
        if level in BENEATH[Level(above)]:
            rows.row(level, "B", parent)
        else:
            with pytest.raises(IntegrityError, match="does not lie under"), transaction.atomic():
                rows.row(level, "B", parent)


def test_nothing_lies_under_itself_whoever_writes_the_row(rows):
    top = rows.row("series", "A")
    low = rows.row("series", "C", rows.row("series", "B", top))
    with pytest.raises(IntegrityError, match="under itself"), transaction.atomic():
        Description.objects.filter(pk=top.pk).update(parent=low)
    file = rows.file(1, items=1)
    with pytest.raises(IntegrityError, match="does not lie under"), transaction.atomic():
        Description.objects.filter(pk=file.pk).update(level="item")


def test_windows_of_any_size_give_every_row_once_in_the_order_of_codes(rows):
    file = rows.file(1, items=7)
    expected = [row.pk for row in rows.items(file)]
    assert [walk(rows.ctx, file, size) for size in (1, 2, 3, 50)] == [expected] * 4
    top = rows.row("item", "J109-WS·2011-Y-BGS-0001")
    assert walk(rows.ctx, rows.fonds, 1) == [file.pk, top.pk]
    window = queries.tree_window(rows.ctx, rows.fonds)
    assert [(node.child_count, node.level) for node in window.nodes] == [(7, "file"), (0, "item")]
    assert (window.total, window.is_beyond) == (2, False)


def test_a_window_and_its_filter_read_no_table_from_end_to_end(rows):
    rows.file(1, items=3)
    file = rows.file(900)
    many(rows, file, 2_000)
    many(rows, rows.file(901), 12_000)
    deep = Description.objects.get(reference_code="J109-001-900-001500")
    for ask in (
        lambda: queries.tree_window(rows.ctx, file),
        lambda: queries.tree_window(rows.ctx, file, after=deep.pk),
        lambda: queries.tree_window(rows.ctx, rows.fonds, filter_text="第1999件"),
        lambda: queries.tree_window(rows.ctx, file, filter_text="J109-001-900-0019"),
    ):
        plans = explained(ask)
        bad = [plan for plan in plans if "Seq Scan on catalogue_description" in plan]
        assert plans and not bad, bad[0][:3000]
    found = queries.tree_window(rows.ctx, file, filter_text="第1999件")
    assert [node.reference_code for node in found.nodes] == ["J109-001-900-001999"]
    assert queries.tree_window(rows.ctx, file, filter_text="j109 不存在").nodes == ()


def test_counts_beyond_what_is_counted_are_said_to_be(rows, monkeypatch):
    monkeypatch.setattr("lantai.apps.catalogue.queries.tree.COUNTED", 2)
    rows.file(1, items=2)
    rows.file(2, items=3)
    nodes = queries.tree_window(rows.ctx, rows.fonds).nodes
    assert [(node.child_count, node.is_beyond) for node in nodes] == [(2, False), (2, True)]


def test_a_filter_looks_at_a_bounded_stretch_and_goes_on_behind_it(rows, monkeypatch):
    monkeypatch.setattr("lantai.apps.catalogue.queries.tree.LOOKED_AT", 3)
    file = rows.file(1, items=8)
    few = [row.pk for row in rows.items(file)[3:8:3]]
    Description.objects.filter(pk__in=few).update(title="样例水文站图")
    first = queries.tree_window(rows.ctx, file, filter_text="水文站")
    assert (first.nodes, first.looked_at, first.is_beyond) == ((), 3, True) and first.after
    assert walk(rows.ctx, file, 50, filter_text="水文站") == few
    assert walk(rows.ctx, file, 1, filter_text="水文站") == few
    assert walk(rows.ctx, file, 50, filter_text="J109-001-001-00") == [row.pk for row in rows.items(file)]
    later = queries.tree_window(rows.ctx, file, after=few[0], filter_text="水文站", is_counted=False)
    assert ([node.id for node in later.nodes], later.total, later.after) == ([few[1]], 0, few[1])


def test_what_a_stranger_may_not_see_is_neither_shown_nor_counted(rows):
    file = rows.file(1, items=3)
    stranger = rows.abroad.ctx("archivist")
    assert queries.tree_window(stranger, rows.fonds).nodes == ()
    Description.objects.filter(pk=file.pk).update(openness="open")
    (node,) = queries.tree_window(stranger, rows.fonds).nodes
    assert (node.id, node.child_count) == (file.pk, 0)


def test_the_way_to_a_row_is_opened_on_every_level(rows):
    for number in range(1, 8):
        rows.row("series", f"S{number}")
    series = Description.objects.get(reference_code="S6")
    file = rows.file(5, items=9, parent=series)
    item = rows.items(file)[7]
    window = queries.reveal(rows.ctx, item, limit=3)
    assert not window.is_from_start
    (series_node,) = [node for node in window.nodes if node.branch]
    (file_node,) = [node for node in series_node.branch.nodes if node.branch]
    assert (series_node.id, file_node.id) == (series.pk, file.pk)
    assert [node.id for node in file_node.branch.nodes if node.is_current] == [item.pk]
    assert [row.pk for row in queries.ancestors(rows.ctx, item)] == [series.pk, file.pk]
    assert queries.counts_below(rows.ctx, series) == {"file": 1, "item": 9}


def test_the_row_of_a_fonds_is_made_once_and_groups_hold_fonds_alone(rows):
    archivist = rows.region.ctx("archivist")
    made = services.describe_fonds(archivist, fonds_id=rows.fonds.pk)
    assert services.describe_fonds(archivist, fonds_id=rows.fonds.pk) == made
    group = holdings.found_fonds(
        archivist, archives_id=rows.region.archives.pk, code="Q001", name="样例全宗群", kind="group"
    )
    row = services.group_fonds(archivist, group_id=group.pk, fonds_ids=[rows.fonds.pk])
    assert [one.pk for one in queries.ancestors(rows.ctx, rows.file(1))] == [row.pk, made.pk]
    (node,) = queries.tree_window(rows.ctx, row).nodes
    assert (node.id, node.child_count) == (made.pk, 1)
    with pytest.raises(GroupOnly):
        services.group_fonds(archivist, group_id=rows.fonds.pk, fonds_ids=[])


def test_a_unit_is_made_where_its_level_may_lie_by_who_may(rows):
    series = services.make_unit(
        rows.ctx, fonds_id=rows.fonds.pk, level="series", reference_code="WS", title="文书"
    )
    file = services.make_unit(
        rows.ctx, fonds_id=rows.fonds.pk, level="file", reference_code="F1", title="卷", parent_id=series.pk
    )
    assert (file.parent_id, file.inherits) == (series.pk, ["custodian"])
    with pytest.raises(NotBeneath):
        services.make_unit(
            rows.ctx, fonds_id=rows.fonds.pk, level="series", reference_code="X", title="x", parent_id=file.pk
        )
    with pytest.raises(NotPermitted):
        services.make_unit(
            rows.region.ctx("reading_clerk"),
            fonds_id=rows.fonds.pk, level="series", reference_code="X", title="x",
        )  # fmt: skip
    with pytest.raises(Missing):
        services.make_unit(
            rows.abroad.ctx("cataloguer"),
            fonds_id=rows.fonds.pk,
            level="series",
            reference_code="X",
            title="x",
        )


def test_the_tree_page_opens_filters_and_goes_on_also_without_script(rows, at, django_assert_num_queries):
    file = rows.file(1, items=3)
    client = at("cataloguer")
    tree = reverse("catalogue:tree", args=[rows.fonds.pk])
    page = client.get(tree, {"open": rows.items(file)[1].pk}).content.decode()
    assert "J109-001-001-002" in page and 'aria-current="true"' in page and 'role="tree"' in page
    assert "J109-001-001" not in client.get(tree, {"filter": "没有的"}).content.decode()
    branch = client.get(reverse("catalogue:branch", args=[file.pk]), {"filter": "J109-001-001-003"})
    assert "J109-001-001-003" in branch.content.decode() and "J109-001-001-001" not in branch.content.decode()
    for hostile in ({"open": "9" * 30}, {"open": "x"}, {"filter": "\x00%_"}, {"open": "1", "filter": "'"}):
        assert client.get(tree, hostile).status_code in (200, 404), hostile


def test_a_former_code_leads_to_the_row_by_address_list_and_search(rows, at):
    row = rows.row("item", "J109-WS·2011-Y-BGS-0007")
    FormerCode.objects.create(
        description=row, code="J109-WS·2010-Y-BGS-0003", until=rows.ctx.now, act="numbered"
    )
    client = at("cataloguer")
    answer = client.get(reverse("catalogue:by_code"), {"code": "J109-WS·2010-Y-BGS-0003"})
    assert answer.status_code == 302 and answer["Location"] == row.get_absolute_url()
    listed = client.get(reverse("catalogue:list"), {"q": "J109-WS·2010-Y-BGS-0003"}).content.decode()
    assert "J109-WS·2011-Y-BGS-0007" in listed
    (document,) = queries.search_documents([row.pk])
    assert document.codes == ("J109-WS·2011-Y-BGS-0007", "J109-WS·2010-Y-BGS-0003")
    assert "J109-WS·2010-Y-BGS-0003" in client.get(row.get_absolute_url()).content.decode()
    assert (
        at("archivist", rows.abroad)
        .get(answer.request["PATH_INFO"], {"code": row.reference_code})
        .status_code
        == 404
    )
