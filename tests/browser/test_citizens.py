"""A citizen asks by phone, two people at the desk answer, anybody verifies what came of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE as SMALL
from tests.browser.conftest import Open
from tests.browser.place import ID_NUMBER, PHONE, Place
from tests.browser.test_agency import press
from tests.browser.watched import Watched

pytestmark = pytest.mark.browser


def next_step(page: Page) -> None:
    page.get_by_role("button", name="下一步").click()


def test_a_citizen_applies_two_people_answer_and_the_certificate_is_true_until_it_is_touched(
    visit: Open, place: Place, downloaded: Callable[[Page, str], Path], tmp_path: Path
):
    citizen = visit(size=SMALL)
    number = _apply(citizen, place)
    _answer(visit, place, number)
    certificate = _follow(citizen, number, downloaded)
    _verify(visit(size=SMALL), certificate, tmp_path)


def _apply(citizen: Watched, place: Place) -> str:
    page = citizen.page
    page.goto("/")
    page.get_by_role("link", name="查婚姻档案").click()
    citizen.look("begin")
    page.locator("main .button-primary").click()
    citizen.look("who")
    next_step(page)
    citizen.expect(422)
    next_step(page)
    citizen.look("what-refused")
    page.get_by_label("档案上写的姓名").fill(" ".join(place.record.persons))
    page.get_by_label("大致年份").fill(str(place.record.year))
    citizen.look("what")
    next_step(page)
    page.get_by_label("样例市档案馆").check()
    citizen.look("where")
    page.get_by_role("button", name="上一步").click()
    expect(page.get_by_label("档案上写的姓名")).to_have_value(" ".join(place.record.persons))
    next_step(page)
    expect(page.get_by_label("样例市档案馆")).to_be_checked()
    next_step(page)
    return _say_who(citizen, place)


def _say_who(citizen: Watched, place: Place) -> str:
    page = citizen.page
    page.get_by_label("您的姓名").fill(place.record.persons[0])
    wrong = ID_NUMBER[:-1] + ("1" if ID_NUMBER[-1] != "1" else "2")
    page.get_by_label("证件号码").fill(wrong)
    page.get_by_label("联系电话").fill(PHONE)
    next_step(page)
    expect(page.locator("#id_id_number_wrong")).to_be_visible()
    expect(page.get_by_label("证件号码")).to_have_value(wrong)
    citizen.look("you-refused")
    page.get_by_label("证件号码").fill(ID_NUMBER)
    next_step(page)
    citizen.look("check")
    page.get_by_label("以上内容属实").check()
    page.get_by_role("button", name="提交申请").click()
    citizen.look("receipt")
    return page.locator(".number-large").inner_text().strip()


def _answer(visit: Open, place: Place, number: str) -> None:
    clerk = visit(as_="reading_clerk")
    page = clerk.page
    page.goto("/readingroom/")
    clerk.look("requests")
    page.get_by_role("link", name=number).first.click()
    clerk.look("request")
    page.get_by_role("button", name="受理查档申请").click()
    expect(page.get_by_label("姓名、题名或档号")).to_be_visible()
    clerk.look("searching")
    page.get_by_role("row").filter(has_text=place.record.title).get_by_role("button", name="关联").click()
    page.get_by_label("证明内容").fill("经查，登记双方于所载日期登记结婚。")
    clerk.look("stating")
    page.get_by_role("button", name="保存证明内容").click()
    page.get_by_role("button", name="提交审核").click()
    expect(page.locator(".record-line").get_by_text("待审核")).to_be_visible()
    approver = visit(as_="approver")
    approver.page.goto("/desk/")
    approver.look("approver-desk")
    approver.page.goto(page.url)
    approver.look("approving")
    press(approver.page, "同意出证")
    place.settle()
    approver.page.reload()
    expect(approver.page.locator(".record-line").get_by_text("已出证")).to_be_visible()
    approver.look("delivered")
    approver.page.get_by_role("link", name="档案证明").last.click()
    approver.look("certificate")


def _follow(citizen: Watched, number: str, downloaded: Callable[[Page, str], Path]) -> Path:
    page = citizen.page
    page.goto("/track/")
    page.get_by_label("办件编号").fill(number)
    page.get_by_label("手机号后四位").fill("0000")
    page.get_by_role("button", name="查进度").click()
    citizen.expect(409, 404, 422)
    citizen.look("track-refused")
    page.get_by_label("手机号后四位").fill(PHONE[-4:])
    page.get_by_role("button", name="查进度").click()
    expect(page.get_by_text("已出证").first).to_be_visible()
    citizen.look("progress")
    path = downloaded(page, "下载")
    assert path.read_bytes().startswith(b"%PDF-")
    return path


def _verify(anybody: Watched, certificate: Path, folder: Path) -> None:
    page = anybody.page
    page.goto("/verify/")
    page.locator("input[type=file]").set_input_files(certificate)
    page.get_by_role("button", name="检查文件").click()
    expect(page.get_by_role("heading", name="有效")).to_be_visible()
    anybody.look("valid")
    touched = folder / "touched.pdf"
    data = bytearray(certificate.read_bytes())
    data[len(data) // 2] ^= 1
    touched.write_bytes(data)
    page.goto("/verify/")
    page.locator("input[type=file]").set_input_files(touched)
    page.get_by_role("button", name="检查文件").click()
    expect(page.get_by_role("heading", name="内容被改动")).to_be_visible()
    anybody.look("altered")


def test_an_application_can_be_made_without_scripts(visit: Open, place: Place):
    citizen = visit(size=SMALL, java_script_enabled=False)
    page = citizen.page
    page.goto("/apply/marriage/who/")
    next_step(page)
    page.get_by_label("档案上写的姓名").fill("样例甲 样例乙")
    next_step(page)
    page.get_by_label("样例市档案馆").check()
    next_step(page)
    page.get_by_label("您的姓名").fill("样例甲")
    page.get_by_label("证件号码").fill(ID_NUMBER)
    page.get_by_label("联系电话").fill(PHONE)
    next_step(page)
    page.get_by_label("以上内容属实").check()
    page.get_by_role("button", name="提交申请").click()
    assert re.fullmatch(r"CD[\w-]+", page.locator(".number-large").inner_text().strip())
