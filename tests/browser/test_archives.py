"""An archivist receives, returns and finds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.place import Place

pytestmark = pytest.mark.browser


def test_an_archivist_reads_the_report_accepts_and_keeps_receipt_and_register(
    visit: Open, place: Place, downloaded: Callable[[Page, str], Path]
):
    archivist = visit(as_="archivist")
    page = archivist.page
    page.goto("/desk/inbox/")
    archivist.look("inbox")
    page.locator(f"a[href='/intake/{place.to_accept}/']").first.click()
    archivist.look("transfer")
    page.get_by_role("link", name="检测报告").first.click()
    archivist.look("report")
    page.get_by_role("link", name="条目").first.click()
    archivist.look("items")
    page.get_by_role("link", name="概况").first.click()
    page.locator("summary", has_text="接收移交批次").click()
    archivist.look("asked")
    page.get_by_role("dialog").get_by_role("button", name="接收移交批次").click()
    place.settle()
    page.reload()
    expect(page.locator(".record-line").get_by_text("已接收")).to_be_visible()
    archivist.look("accepted")
    assert downloaded(page, "下载登记表").read_bytes().startswith(b"%PDF-")
    assert json.loads(downloaded(page, "下载回执").read_text("utf-8"))


def test_an_archivist_returns_a_transfer_with_a_reason(visit: Open, place: Place):
    archivist = visit(as_="archivist")
    page = archivist.page
    page.goto(f"/intake/{place.to_return}/")
    page.get_by_role("link", name="退回移交批次").click()
    archivist.look("return")
    archivist.expect(422)
    page.get_by_role("button", name="退回", exact=False).first.click()
    archivist.look("return-refused")
    page.locator("[name=reason]").fill("缺 2019 年第一季度的文件。")
    page.get_by_role("button", name="退回", exact=False).first.click()
    expect(page.locator(".record-line").get_by_text("已退回")).to_be_visible()
    expect(page.get_by_text("缺 2019 年第一季度的文件。").first).to_be_visible()
    archivist.look("returned")


def test_two_characters_find_the_item_with_its_preview_and_its_integrity(visit: Open, place: Place):
    archivist = visit(as_="archivist")
    page = archivist.page
    page.goto("/desk/")
    archivist.look("desk")
    page.keyboard.press("/")
    page.keyboard.type("结婚")
    page.keyboard.press("Enter")
    expect(page.locator(".hits li").first).to_be_visible()
    archivist.look("found")
    page.get_by_role("link", name=place.record.title).first.click()
    archivist.look("item")
    picture = page.locator("#viewer img").first
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 400
    page.locator(".integrity a").click()
    archivist.look("evidence")


def test_rows_are_walked_with_the_keyboard_and_previewed(visit: Open, place: Place):
    archivist = visit(as_="archivist")
    page = archivist.page
    page.goto("/catalogue/")
    expect(page.locator("table[data-rows] tbody tr").first).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#preview h2")).to_be_visible()
    archivist.look("catalogue")
    page.keyboard.press("Enter")
    expect(page.locator("article.record")).to_be_visible()
    page.go_back()
    row = page.locator("table[data-rows] tbody tr").nth(1)
    expect(row).to_be_focused()
    page.keyboard.press("/")
    expect(page.locator("#find")).to_be_focused()
    page.keyboard.press("Escape")
    expect(row).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#key-list")).to_be_visible()
    page.keyboard.press("Escape")
    expect(row).to_be_focused()


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        (
            "archivist",
            ["/custody/", "/custody/checks/", "/copies/", "/desk/tasks/", "/desk/notices/"],
        ),
        ("archives_head", ["/holdings/", "/holdings/rules/", "/catalogue/", "/readingroom/certificates/"]),
        ("supervisor", ["/desk/", "/holdings/schedules/", "/intake/"]),
        ("system_officer", ["/desk/", "/desk/people/", "/desk/people/new/"]),
        ("security_officer", ["/desk/", "/desk/people/"]),
        ("audit_officer", ["/desk/", "/desk/ledger/"]),
        ("agency_lead", ["/holdings/schedules/", "/holdings/schedules/new/", "/filing/batches/", "/help/"]),
    ],
)
def test_every_other_page_of_the_desk_is_in_order(visit: Open, name: str, paths: list[str]):
    seen = visit(as_=name)
    for path in paths:
        seen.page.goto(path)
        seen.look(f"{name}{path.replace('/', '-')}".strip("-"))
