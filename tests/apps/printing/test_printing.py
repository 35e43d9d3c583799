"""Official papers of a fonds, read back from the PDF, and boxes."""

from __future__ import annotations

from copy import deepcopy
from datetime import date

import pypdfium2
import pytest
from django.urls import reverse
from django.utils import timezone

from lantai.apps.catalogue.models import Description
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings import services as services_of_holdings
from lantai.apps.printing import dossier, queries, rendering, services
from lantai.apps.printing.models import Box
from lantai.apps.printing.types import (
    Chapter,
    Chosen,
    Layout,
    NoSuchVolume,
    NothingToBox,
    NothingToPrint,
    NotTheLastBox,
    PagesTooMany,
)
from lantai.kit.errors import Missing
from lantai.platform.accounts.types import NotPermitted
from lantai.platform.ledger.models import Entry
from tests.apps.holdings.region import COMMAND, Region, make_region

PAGES = (12, 8, 30, 5, 25)


@pytest.fixture(scope="module")
def made(kept: None) -> Region:
    services_of_holdings.install_rules(COMMAND)
    return make_region("P")


@pytest.fixture
def region(made: Region, db) -> Region:
    return deepcopy(made)


@pytest.fixture
def fonds(region):
    row = region.fonds("J109")
    base = {
        "fonds": row,
        "custodian": region.archives,
        "creator": region.agency,
        "kind": holdings.kind("document"),
        "created_at": timezone.now(),
        "updated_at": timezone.now(),
    }
    file = Description.objects.create(
        **base,
        level="file",
        reference_code="J109-WS·1998-Y-0001",
        title="关于水库移民的文件",
        retention="Y",
        year=1998,
    )
    Description.objects.bulk_create(
        Description(
            **base,
            level="item",
            parent=file if n < 3 else None,
            reference_code=f"J109-WS·1998-Y-BGS-{n:04d}",
            title=f"样例文件之{'甲乙丙丁戊'[n - 1]}",
            author="样例办公室",
            document_number=f"样办〔1998〕{n}号",
            dated_on=date(1998, n, 2),
            year=1998,
            retention="Y",
            class_code="BGS",
            page_count=pages,
        )
        for n, pages in enumerate(PAGES, 1)
    )
    return row


def group(fonds) -> Chosen:
    return Chosen(fonds_id=fonds.pk, year=1998, retention="Y", class_code="BGS")


def said(pdf: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def test_the_list_of_items_has_the_columns_of_the_rule_and_every_item(region, fonds):
    text = said(rendering.list_pdf(region.ctx("archivist"), fonds, Layout.ITEMS, group(fonds), 1))
    for word in (
        "归档文件目录",
        "序号",
        "档号",
        "文号",
        "责任者",
        "题名",
        "日期",
        "密级",
        "页数",
        "备注",
        "J109",
        "永久",
    ):
        assert word in text, word
    for n in range(1, 6):
        assert f"J109-WS·1998-Y-BGS-{n:04d}" in text
        assert f"19980{n}02" in text


def test_a_long_list_comes_in_volumes_that_go_on_counting(region, fonds, monkeypatch):
    for module in (queries, rendering):
        monkeypatch.setattr(module, "VOLUME_ROWS", 2)
    ctx = region.ctx("archivist")
    last = said(rendering.list_pdf(ctx, fonds, Layout.ITEMS, group(fonds), 3))
    assert "第 3 册，共 3 册" in last
    assert "样例文件之戊" in last and "样例文件之丁" not in last
    item = Description.objects.get(title="样例文件之丁")
    assert queries.volume_with(ctx, group(fonds), item.pk) == 2
    with pytest.raises(NoSuchVolume):
        rendering.list_pdf(ctx, fonds, Layout.ITEMS, group(fonds), 4)
    with pytest.raises(NothingToPrint):
        rendering.list_pdf(ctx, fonds, Layout.ITEMS, Chosen(fonds_id=fonds.pk, year=1901), 1)


def test_a_file_has_a_cover_its_contents_with_page_numbers_and_a_note(region, fonds):
    ctx = region.ctx("archivist")
    row = queries.get_file(ctx, Description.objects.get(level="file").pk)
    assert (row.item_count, row.page_sum, row.began_on) == (2, 20, date(1998, 1, 2))
    contents = said(rendering.file_pdf(ctx, row, Layout.CONTENTS))
    assert "1—12" in contents and "13—20" in contents
    assert "19980102—19980202" in said(rendering.file_pdf(ctx, row, Layout.COVER))
    assert "本卷共有文件 2 件，20 页" in said(rendering.file_pdf(ctx, row, Layout.NOTE))
    assert "关于水库移民的文件" in said(
        rendering.list_pdf(ctx, fonds, Layout.FILES, Chosen(fonds_id=fonds.pk), 1)
    )


def test_items_are_boxed_in_order_and_never_cut(region, fonds):
    ctx = region.ctx("archivist")
    made = services.put_in_boxes(ctx, chosen=group(fonds), pages=40, spine_mm=30)
    assert [(box.number, box.item_count, box.page_count) for box in made] == [
        (1, 2, 20),
        (2, 2, 35),
        (3, 1, 25),
    ]
    assert [row.page_count for row in queries.items_in(ctx, made[1])] == [30, 5]
    assert Entry.objects.get(act="printing:boxes:filled").detail["items"] == 5
    (one,) = queries.groups(ctx, fonds.pk)
    assert (one.item_count, one.boxed_count, one.loose_count) == (5, 5, 0)
    with pytest.raises(NothingToBox):
        services.put_in_boxes(ctx, chosen=group(fonds), pages=40, spine_mm=30)


def test_only_the_last_box_is_taken_back_and_its_number_used_again(region, fonds):
    ctx = region.ctx("archivist")
    made = services.put_in_boxes(ctx, chosen=group(fonds), pages=40, spine_mm=30)
    with pytest.raises(NotTheLastBox):
        services.empty_box(ctx, box_id=made[0].pk)
    services.empty_box(ctx, box_id=made[2].pk)
    (again,) = services.put_in_boxes(ctx, chosen=group(fonds), pages=25, spine_mm=20)
    assert (again.number, again.item_count) == (3, 1)


def test_an_item_thicker_than_a_box_is_refused_and_nothing_is_boxed(region, fonds):
    with pytest.raises(PagesTooMany):
        services.put_in_boxes(region.ctx("archivist"), chosen=group(fonds), pages=20, spine_mm=30)
    assert not Box.objects.exists()


def test_boxes_are_filled_only_where_one_may_and_seen_only_there(region, fonds):
    with pytest.raises(NotPermitted):
        services.put_in_boxes(region.ctx("agency_clerk"), chosen=group(fonds), pages=40, spine_mm=30)
    made = services.put_in_boxes(region.ctx("archivist"), chosen=group(fonds), pages=40, spine_mm=30)
    with pytest.raises(Missing):
        queries.get_box(make_region("Q").ctx("archivist"), made[0].pk)


def test_labels_and_note_of_a_box_say_what_lies_in_it(region, fonds):
    ctx = region.ctx("archivist")
    first, *_rest = services.put_in_boxes(ctx, chosen=group(fonds), pages=40, spine_mm=50)
    said_of = {"situation": "第 2 件缺末页", "arranged_by": "样例", "arranged_on": date(2026, 3, 2)}
    services.describe_box(
        ctx, box_id=first.pk, spine_mm=50, place="1 库 2 列", checked_by="", checked_on=None, **said_of
    )
    box = queries.get_box(ctx, first.pk)
    note = said(rendering.box_note_pdf(ctx, box))
    assert "本盒共有文件 2 件，20 页" in note and "第 2 件缺末页" in note and "20260302" in note
    label = said(rendering.labels_pdf(ctx, [box]))
    for word in ("J109", "1998", "永久", "0001—0002"):
        assert word in label, word


def test_the_file_about_a_fonds_gathers_what_the_apps_have(region, fonds):
    ctx = region.ctx("archivist")
    services.put_in_boxes(ctx, chosen=group(fonds), pages=40, spine_mm=30)
    found = dict(dossier.assembled(ctx, fonds))
    assert set(found) == set(Chapter)
    assert [paper.title for paper in found[Chapter.COUNTING]] == ["永久：5 件（1998 年）"]
    assert [str(paper.title) for paper in found[Chapter.ARRANGING]] == ["1998 年度装盒：3 盒 5 件"]
    text = said(rendering.dossier_pdf(ctx, fonds))
    assert "全宗卷" in text and "1998 年度装盒" in text and "暂无文件" in text
    box = Box.objects.order_by("number").first()
    assert box.first_code in text and box.last_code in text, "what the paper about boxes says is printed too"


def test_the_pages_lead_from_a_fonds_to_its_boxes(region, fonds, client):
    client.force_login(region.people["archivist"])
    page = client.get(reverse("printing:fonds", args=[fonds.pk]))
    assert "未装 5 件" in page.content.decode()
    fill = f"{reverse('printing:fill', args=[fonds.pk])}?year=1998&retention=Y&class=BGS"
    assert client.get(fill).status_code == 200
    assert client.post(fill, {"pages": "20", "spine_mm": "30"}).status_code == 422
    assert client.post(fill, {"pages": "40", "spine_mm": "30"}).status_code == 303
    box = Box.objects.order_by("number").first()
    assert "样例文件之甲" in client.get(box.get_absolute_url()).content.decode()
    labels = client.get(f"{reverse('printing:labels')}?fonds={fonds.pk}&year=1998&retention=Y&class=BGS")
    assert labels.headers["Content-Type"] == "application/pdf"
    assert client.get(reverse("printing:dossier", args=[fonds.pk])).status_code == 200
    assert client.get(reverse("printing:boxes")).status_code == 200
    volumes = reverse("printing:list_pdf", args=[fonds.pk, "files"])
    assert volumes in client.get(reverse("printing:fonds", args=[fonds.pk])).content.decode()
    Description.objects.filter(level="file").update(level="series")
    assert volumes not in client.get(reverse("printing:fonds", args=[fonds.pk])).content.decode()
    client.force_login(region.people["cataloguer"])
    lists = client.get(reverse("printing:list")).content.decode()
    assert reverse("printing:boxes") not in lists, "no tab to what one may not open"


def test_the_pages_of_a_fonds_a_file_and_an_item_lead_to_their_papers(region, fonds, client):
    ctx = region.ctx("archivist")
    services.put_in_boxes(ctx, chosen=group(fonds), pages=40, spine_mm=30)
    client.force_login(region.people["archivist"])
    about = client.get(fonds.get_absolute_url()).content.decode()
    assert all(reverse(f"printing:{one}", args=[fonds.pk]) in about for one in ("fonds", "files", "dossier"))
    file = Description.objects.get(level="file")
    papers = [reverse("printing:file_pdf", args=[file.pk, one]) for one in ("contents", "cover", "note")]
    page = client.get(file.get_absolute_url()).content.decode()
    assert all(one in page for one in papers)
    item = Description.objects.get(title="样例文件之丙")
    page = client.get(item.get_absolute_url()).content.decode()
    assert Box.objects.get(number=2).get_absolute_url() in page
    address = f"{reverse('printing:list_pdf', args=[fonds.pk, 'items'])}?year=1998&retention=Y&class=BGS&at={item.pk}"
    assert address.replace("&", "&amp;") in page
    assert "样例文件之丙" in said(client.get(address).content)
    client.force_login(region.people["reading_clerk"])
    assert papers[0] not in client.get(file.get_absolute_url()).content.decode()
