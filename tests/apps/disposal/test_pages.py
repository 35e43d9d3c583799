"""Pages of disposal, from a list to its certificate."""

from __future__ import annotations

import pytest
from django.urls import reverse

from lantai.apps.disposal.models import DisposalList, LegalHold
from lantai.apps.disposal.types import APPRAISE, WATCH
from lantai.platform.notify.models import Notice


@pytest.fixture
def as_(house, client):
    """The browser of a person."""

    def sign_in(name: str):
        client.force_login(house.world.user(name))
        return client

    return sign_in


def test_a_list_goes_its_way_at_pages(house, as_):
    archivist = as_("archivist")
    archivist.post(
        reverse("disposal:draft"), {"org": house.world.archives.pk, "title": "样例年度清册", "reason": "期满"}
    )
    row = DisposalList.objects.get()
    page = row.get_absolute_url()

    def move(name: str, who: str) -> int:
        return as_(who).post(reverse("disposal:move", args=[row.pk, name]), {"reason": "样例"}).status_code

    assert move("submit", "archivist") == 303
    for who in ("archivist", "cataloguer"):
        as_(who).post(reverse("disposal:opinion", args=[row.pk]), {"duty": "样例成员", "text": "同意"})
    assert "发表鉴定意见" not in as_("cataloguer").get(page).content.decode()  # one word each
    line = row.lines.get(item_key="also")
    as_("cataloguer").post(reverse("disposal:line", args=[line.pk]), {"verdict": "keep", "note": "样例"})
    assert move("conclude", "archivist") == 303
    assert move("approve_first", "approver") == 303
    assert move("approve_second", "second_approver") == 303
    archivist = as_("archivist")
    assert "执行销毁" in archivist.get(page).content.decode()
    watching = [house.world.user(name).pk for name in ("cataloguer", "reading_clerk")]
    url = reverse("disposal:execute", args=[row.pk])
    assert (
        archivist.post(url, {"supervisors": watching[:1], "method": "删除", "place": "x"}).status_code == 422
    )
    assert archivist.post(url, {"supervisors": watching, "method": "删除", "place": "x"}).status_code == 303
    house.destroy(row)
    archivist = as_("archivist")
    shown = archivist.get(page).content.decode()
    assert "打印销毁清册" in shown
    assert "同意" in shown
    assert archivist.get(reverse("disposal:register", args=[row.pk])).content.startswith(b"%PDF")
    assert "样例 due" in archivist.get(reverse("disposal:lines", args=[row.pk])).content.decode()
    assert archivist.get(reverse("disposal:line", args=[line.pk])).status_code == 200
    answer = archivist.get("/api/disposal/lists")
    if answer.status_code == 404:
        answer = archivist.get("/api/v1/disposal/lists")
    assert [one["number"] for one in answer.json()] == [row.number]
    assert as_("stranger").get(page).status_code == 404
    watched = reverse("disposal:supervised", args=[row.pk])
    told = Notice.objects.filter(url=page)
    assert told.filter(user__in=watching, text=WATCH).count() == 2
    assert told.filter(user=house.world.user("cataloguer"), text=APPRAISE).count() == 1
    assert as_("archivist").post(watched).status_code >= 400  # who executed the list did not watch it
    assert "确认监销" in as_("reading_clerk").get(page).content.decode()
    assert [as_("reading_clerk").post(watched).status_code for _twice in range(2)] == [303, 404]
    shown = as_("cataloguer").get(page).content.decode()
    assert shown.count("（已确认）") == 1 and "确认监销" in shown


def test_a_hold_is_placed_and_lifted_at_pages(house, as_):
    head = as_("archives_head")
    said = {"org": house.world.archives.pk, "reason": "样例诉讼", "fonds_code": "Z109"}
    assert head.post(reverse("disposal:place_hold"), {**said, "reference_code": "没有"}).status_code == 422
    assert head.post(reverse("disposal:place_hold"), said).status_code == 303
    row = LegalHold.objects.get()
    assert "保全中" in head.get(row.get_absolute_url()).content.decode()
    assert "Z109" in head.get(reverse("disposal:holds")).content.decode()
    head.post(reverse("disposal:lift_hold", args=[row.pk]), {"reason": "结案"})
    assert "已解除" in head.get(row.get_absolute_url()).content.decode()
    assert as_("stranger").get(row.get_absolute_url()).status_code == 404
