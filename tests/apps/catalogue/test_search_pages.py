"""What the search page says of what was typed."""

from __future__ import annotations

from django.urls import reverse

from lantai.apps.catalogue import queries
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.types import Asked


def body(answer):
    return answer.content.decode()


def url(name, *args):
    return reverse(f"catalogue:{name}", args=args)


def test_the_page_says_how_the_box_was_understood_and_what_else_may_be_meant(at, shelf, indexed):
    first, second = shelf.put(
        shelf.item(1, title="土地改革的通知", year=1954, metadata={"place": "嘉禾镇"}),
        shelf.item(2, title="土地改革的报告", persons=("曾样例",)),
    )
    file = Description.objects.create(
        level="file", fonds=shelf.fonds, custodian=shelf.region.archives, kind=first.kind, title="样例案卷",
        reference_code="J109-卷1", created_at=first.created_at, updated_at=first.updated_at,
    )  # fmt: skip
    Description.objects.filter(pk=second.pk).update(parent=file)
    indexed()
    client = at("archivist")

    page = body(client.get(url("search"), {"q": "题名:土地 -报告 年度:甲午"}))
    assert "题名：土地" in page and "不含 报告" in page and "年度：1954" in page and "共 1 件" in page
    assert "嘉禾镇" in page and "PDF" in page, "places and formats are facets"
    assert "q=%E9%A2%98%E5%90%8D%3A%E5%9C%9F%E5%9C%B0+%E5%B9%B4%E5%BA%A6%3A%E7%94%B2%E5%8D%88" in page

    page = body(client.get(url("search"), {"q": "土地改格"}))
    assert "您要找的是不是" in page and ">土地改革</a>" in page
    assert ">年度:1954</a>" in body(client.get(url("search"), {"q": "甲午年"}))

    refused = client.get(url("search"), {"q": "年度:上古"})
    assert refused.status_code == 422 and "没有能读懂的日期" in body(refused)
    gone = client.get(url("search"), {"q": "土地", "sort": "newest", "after": "dx"})
    assert gone.status_code == 422 and '?q=%E5%9C%9F%E5%9C%B0&amp;sort=newest">' in body(gone)

    narrowed = {"q": "土地", "place": "嘉禾镇", "format": "PDF", "file": "x"}
    assert "共 1 件" in body(client.get(url("search"), narrowed))
    page = body(client.get(url("search"), {"q": "土地", "file": file.pk}))
    assert "共 1 件" in page and "案卷：J109-卷1" in page

    tree = body(client.get(url("tree", shelf.fonds.pk), {"q": "土地"}))
    assert "本全宗共命中 2 条" in tree and "命中 1 条" in tree and "J109-卷1" in tree
    assert "没有能读懂的日期" in body(client.get(url("tree", shelf.fonds.pk), {"q": "年度:上古"}))
    assert second.reference_code in body(client.get(first.get_absolute_url())), (
        "much of the title is the same"
    )

    told = client.get("/api/catalogue/search", {"q": "土地改格", "fonds": shelf.fonds.pk}).json()
    assert told["suggestions"][0] == {"text": "土地改革", "total": 2} and told["conditions"] == ["土地改格"]
    told = client.get("/api/catalogue/search", {"q": "地块用途：土地改革"}).json()  # a field of a kind's own
    assert (told["total"], told["suggestions"][0]) == (0, {"text": "土地改革", "total": 2})
    found = client.get("/api/catalogue/search", {"q": "人名:zengyangli", "file": file.pk}).json()
    assert [item["id"] for item in found["items"]] == [second.pk]


def test_hits_in_a_fonds_are_told_along_its_tree(at, shelf, indexed):
    rows = shelf.put(*(shelf.item(n, title="土地证" if n % 2 else "婚姻登记") for n in range(1, 9)))
    units = {}
    for level, code, parent in (
        ("series", "S1", ""),
        ("file", "F1", "S1"),
        ("file", "F2", "S1"),
        ("file", "F3", ""),
    ):
        units[code] = Description.objects.create(
            level=level, fonds=shelf.fonds, custodian=shelf.region.archives, kind=rows[0].kind, title=f"样例{code}",
            reference_code=f"J109-{code}", created_at=rows[0].created_at, updated_at=rows[0].updated_at,
            parent=units.get(parent),
        )  # fmt: skip
    for row, code in zip(rows, ("F1", "F1", "F1", "F2", "F2", "F3", "S1", None), strict=True):
        Description.objects.filter(pk=row.pk).update(parent=units.get(code))
    indexed()
    found = queries.hits_in_tree(shelf.region.ctx("archivist"), shelf.fonds.pk, "土地")
    (series,) = found.units
    assert (found.total, found.outside, series.row, series.count) == (4, 0, units["S1"], 4)
    assert [(unit.row, unit.count, len(unit.hits)) for unit in series.units] == [
        (units["F1"], 2, 2), (units["F2"], 1, 1),
    ]  # fmt: skip
    assert [row.pk for row in series.hits] == [rows[6].pk], "what lies directly in the series"
    page = body(at("archivist").get(url("tree", shelf.fonds.pk), {"q": "土地 OR 婚姻"}))
    assert page.count("命中 ") > 4 and rows[7].title in page and "其中 1 条不在下列单元中" in page


def test_a_search_asks_the_database_no_oftener_the_more_it_finds(
    shelf, indexed, django_assert_max_num_queries
):
    shelf.put(*(shelf.item(n, title="土地证" if n > 1 else "土地证存根") for n in range(1, 26)))
    indexed()
    ctx = shelf.region.ctx("archivist")
    for text, total in (("存根", 1), ("土地", 25)):
        with django_assert_max_num_queries(11):
            assert queries.find(ctx, Asked(text=text)).total == total
    with django_assert_max_num_queries(3):
        assert queries.hits_in_tree(ctx, shelf.fonds.pk, "土地").total == 25
