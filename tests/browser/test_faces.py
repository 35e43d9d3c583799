"""The portal and the desk in every dress: small, large, dark, in English, without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import PHONE, Open
from tests.browser.place import Place

pytestmark = pytest.mark.browser

PORTAL = (
    "/",
    "/search/?q=通知",
    "/apply/marriage/",
    "/apply/marriage/who/",
    "/track/",
    "/verify/",
    "/accounts/login/",
)


def test_portal_pages_fit_a_phone(visit: Open, place: Place):
    seen = visit(size=PHONE)
    for path in PORTAL:
        seen.page.goto(path)
        seen.look(path.strip("/").replace("/", "-").split("?")[0] or "home")
        assert not seen.has_sideways_scroll(), path


def test_portal_pages_fit_a_screen_enlarged_to_400_percent(visit: Open, place: Place):
    seen = visit(size={"width": 1280 // 4, "height": 1024 // 4})
    for path in PORTAL:
        seen.page.goto(path)
        assert not seen.has_sideways_scroll(), path


def test_elder_mode_is_one_tap_and_is_remembered(visit: Open, place: Place):
    seen = visit(size=PHONE)
    page = seen.page
    page.goto("/")
    page.locator(".hall-tools").get_by_role("button", name="大字版").first.click()
    expect(page.locator("html")).to_have_attribute("data-mode", "elder")
    for path in PORTAL:
        page.goto(path)
        expect(page.locator("html")).to_have_attribute("data-mode", "elder")
        assert not seen.has_sideways_scroll(), path
        assert not page.evaluate(_SMALL, 60), path
    page.goto("/")
    seen.look("elder")


_SMALL = """least => [...document.querySelectorAll(
    ".button, button, .tiles a, input:not([type=radio]):not([type=checkbox])")]
  .filter(one => one.checkVisibility() && one.getBoundingClientRect().height < least - 0.5)
  .map(one => one.outerHTML.slice(0, 120))"""


def test_targets_of_the_portal_are_large_enough_for_a_thumb(visit: Open, place: Place):
    seen = visit(size=PHONE)
    for path in PORTAL:
        seen.page.goto(path)
        small = seen.page.evaluate(_SMALL, 44)
        assert not small, f"{path}: {small}"


def test_dark_is_chosen_without_leaving_the_page_and_is_remembered(visit: Open, place: Place):
    seen = visit(as_="archivist")
    page = seen.page
    page.goto("/desk/")
    page.locator("summary", has_text="我的设置").click()
    with page.expect_response(lambda answer: answer.request.method == "POST"):  # it is sent beside the page
        page.get_by_role("button", name="深色").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.goto("/catalogue/")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    seen.look("dark")


@pytest.mark.parametrize(("as_", "path"), [("", "/"), ("archivist", "/desk/")])
def test_in_english_only_data_is_chinese(visit: Open, place: Place, as_: str, path: str):
    seen = visit(as_=as_)
    page = seen.page
    page.goto(path)
    page.locator("summary", has_text="我的设置").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    seen.look("english")
    shown = page.evaluate("document.body.innerText").split("\n")
    ours = {line.strip() for line in shown if CHINESE.search(DATA.sub("", line))}
    assert not ours


CHINESE = re.compile(r"[\u4e00-\u9fff]")
# What people gave names to or wrote themselves: organisations, accounts, batches, the reading room's hours.
DATA = re.compile(
    r"样例市样例路 1 号|2026 年样例归档|样例批次 \d 件|样例\S*|邻县档案馆|周一至周五 9:00—17:00|不收费。"
    r"|简体中文|^兰$"
)
