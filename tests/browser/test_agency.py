"""An agency files two documents and transfers them, page by page."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.place import Place
from tests.region import PASSWORD

pytestmark = pytest.mark.browser


def sign_in(page: Page, name: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_url("**/desk/")


def press(page: Page, name: str) -> None:
    """An act that asks first: open it, then say yes."""
    page.locator("summary", has_text=name).first.click()
    page.get_by_role("dialog").get_by_role("button", name=name).click()


def test_a_clerk_uploads_arranges_and_numbers_and_the_lead_seals_and_transfers(visit: Open, place: Place):
    clerk = visit()
    page = clerk.page
    sign_in(page, "agency_clerk")
    clerk.look("desk")
    uploaded = _upload(clerk, place)
    _arrange(clerk, uploaded)
    number = _compose(clerk)
    place.settle()
    _test(clerk, place)
    lead = visit()
    sign_in(lead.page, "agency_lead")
    lead.page.goto(page.url)
    press(lead.page, "封存批次")
    place.settle()
    lead.page.reload()
    expect(lead.page.get_by_text("已封存").first).to_be_visible()
    lead.look("sealed")
    _transfer(lead, place, number)


def _upload(clerk, place: Place) -> list[str]:
    page = clerk.page
    page.get_by_role("link", name="文件归档").first.click()
    clerk.look("documents")
    page.get_by_role("link", name="上传文件").click()
    page.get_by_label("机构或问题").select_option("BGS")
    page.get_by_label("保管期限").select_option("Y")
    page.get_by_role("button", name="按此收录").click()
    clerk.look("upload")
    files = [place.file(number) for number in (1002, 1011)]
    page.locator("input[name=files]").set_input_files(files)
    page.wait_for_url("**/filing/?state=captured")
    expect(page.get_by_text("已收录 2 件文件")).to_be_visible()
    place.settle()
    return [path.stem for path in files]


def _arrange(clerk, titles: list[str]) -> None:
    page = clerk.page
    for title in titles:
        page.get_by_role("row").filter(has_text=title).get_by_role("checkbox").check()
    clerk.look("ticked")
    page.locator("form[data-bulk]").get_by_role("button", name="整理", exact=True).click()
    page.get_by_label("年度").fill("2026")
    clerk.look("arrange")
    page.get_by_role("button", name="完成整理").click()
    expect(page.get_by_text("已整理 2 件文件")).to_be_visible()


def _compose(clerk) -> str:
    page = clerk.page
    page.locator("[data-tick-all]").check()
    page.locator("form[data-bulk]").get_by_role("button", name="组成").click()
    clerk.look("preview")
    expect(page.get_by_text("J109-WS·2026-Y-BGS").first).to_be_visible()
    page.get_by_label("批次名称").fill("2026 年样例归档")
    page.get_by_role("button", name="编号并组成批次").click()
    expect(page.get_by_role("heading", name="2026 年样例归档")).to_be_visible()
    clerk.look("batch")
    return page.url


def _test(clerk, place: Place) -> None:
    """Uploaded files lack author and date: the first test says so, and where to mend it."""
    page = clerk.page
    batch = page.url
    page.get_by_role("button", name="检测批次").click()
    clerk.look("testing")
    place.settle()
    page.goto(batch)
    expect(page.locator(".record-line").get_by_text("检测未通过")).to_be_visible()
    clerk.look("failed")
    for link in [found.get_attribute("href") for found in page.get_by_role("link", name="修改著录").all()]:
        page.goto(str(link))
        page.get_by_label("责任者").fill("样例市水利局")
        page.get_by_label("日期").fill("2026-03-05")
        page.get_by_role("button", name="保存著录").click()
        page.wait_for_url("**/documents/*/")
    clerk.look("described")
    page.goto(batch)
    page.get_by_role("button", name="重新检测").click()
    place.settle()
    page.goto(batch)
    expect(page.locator(".record-line").get_by_text("待封存")).to_be_visible()
    clerk.look("tested")
    page.get_by_role("link", name="检测报告").first.click()
    clerk.look("report")
    page.goto(batch)


def _transfer(lead, place: Place, number: str) -> None:
    page = lead.page
    page.goto("/intake/")
    lead.look("transfers")
    page.get_by_role("link", name="移交已封存的信息包").click()
    lead.look("choose")
    page.locator("select[name=package]").select_option(index=1)
    page.get_by_role("button", name="提交移交").click()
    lead.look("sent")
    place.settle()
    page.reload()
    expect(page.locator(".record-line").get_by_text("检测合格")).to_be_visible()
    lead.look("passed")
