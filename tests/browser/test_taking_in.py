"""An archives acquires a gift; an officer connects an office system, whose delivery a clerk follows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import expect

from lantai.apps.connectors import services as connectors
from lantai.apps.connectors.models import Connector
from lantai.platform.accounts import services as accounts
from lantai.platform.context import Channel, system_ctx
from tests.browser.conftest import PHONE, Open
from tests.browser.place import Place
from tests.region import _person

pytestmark = pytest.mark.browser


def test_a_gift_is_entered_listed_valued_and_agreed_upon(visit: Open, place: Place):
    keeper = visit(as_="archivist")
    page = keeper.page
    page.goto("/acquisition/new/")
    page.get_by_label("征集内容").fill("样例书信一束")
    page.get_by_label("征集方式").select_option("gift")
    page.locator("[name=source_name]").fill("样例捐赠人")
    page.get_by_role("button", name="登记线索").click()
    for title in ("样例书信", "列错的一行"):
        page.get_by_role("link", name="列入清单").click()
        page.locator("[name=title]").fill(title)
        page.get_by_role("button", name="保存", exact=True).click()
    row = page.get_by_role("row").filter(has_text="列错的一行")
    row.locator("summary", has_text="删除").click()
    page.get_by_role("dialog").get_by_role("button", name="删除").click()
    expect(page.get_by_text("已从清单中删除")).to_be_visible()
    for act in ("开始协商", "提交鉴定估价"):
        page.get_by_role("button", name=act).click()
    for valuer in ("样例甲", "样例乙"):
        page.get_by_role("link", name="登记鉴定意见").click()
        page.locator("[name=valuer]").fill(valuer)
        page.locator("[name=standing]").fill("样例单位")
        page.locator("[name=opinion]").fill("样例意见")
        page.get_by_role("button", name="保存", exact=True).click()
    page.get_by_role("button", name="鉴定完毕").click()
    page.get_by_role("link", name="填写协议").click()
    keeper.look("agreement")
    expect(page.locator("[name=deposit_until]")).to_have_count(0)  # a gift is not given back
    said = {"number": "样例 1 号", "signed_on": "2026-11-20", "source_signer": "甲", "archives_signer": "乙"}
    for name, value in said.items():
        page.locator(f"[name={name}]").fill(value)
    page.get_by_role("button", name="保存", exact=True).click()
    expect(page.get_by_role("link", name="征集协议")).to_be_visible()
    keeper.look("agreed")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert not keeper.has_sideways_scroll()


def test_a_watched_folder_is_registered_tried_and_its_delivery_followed(visit: Open, place: Place):
    place.do(lambda: _officers(place))
    officer = visit(as_="bureau_system")
    page = officer.page
    page.goto("/connectors/new/")
    page.get_by_label("立档单位和全宗").select_option(index=0)
    for name, value in {"code": "scan", "name": "样例扫描站", "source_system": "样例"}.items():
        page.locator(f"[name={name}]").fill(value)
    page.get_by_label("接入方式").select_option("folder")
    officer.look("register")
    page.get_by_role("button", name="登记", exact=True).click()
    expect(page.get_by_text("还没有接口角色").first).to_be_visible()
    page.get_by_role("button", name="检查来源").click()
    expect(page.get_by_text("现有 0 份待拉取")).to_be_visible()
    officer.look("connector")
    place.do(lambda: _deliver(place))
    place.settle()
    clerk = visit(as_="agency_clerk")
    clerk.page.goto("/connectors/deliveries/")
    clerk.page.get_by_role("link", name="样例递送").first.click()
    expect(clerk.page.locator(".record-line").get_by_text("未收录")).to_be_visible()
    expect(clerk.page.get_by_text("不属于本单位")).to_be_visible()
    clerk.look("delivery")
    clerk.page.locator("summary", has_text="作废").first.click()
    asked = clerk.page.get_by_role("dialog")
    asked.get_by_label("理由").fill("样例：重复递送")
    asked.get_by_role("button", name="作废").click()
    expect(clerk.page.locator(".record-line").get_by_text("已作废")).to_be_visible()


def _officers(place: Place) -> None:
    """Of the bureau, below which the agency stands."""
    world, command = place.world, system_ctx(Channel.COMMAND)
    for name in ("system", "security"):
        world.people[f"bureau_{name}"] = _person(command, f"bureau_{name}", world.bureau, f"{name}_officer")


def _deliver(place: Place) -> None:
    """The security officer lets it in, the other system lays a document whose class is unknown, we look."""
    row = Connector.objects.get(code="scan")
    accounts.assign_role(
        place.world.ctx("bureau_security"), user_id=row.account_id, role="oa_connector", org_id=row.agency_id,
        starts_on=timezone.localdate(),
    )  # fmt: skip
    inside = Path(settings.LANTAI_CONNECTOR_FOLDERS) / row.agency.code / row.code / "样例递送"
    inside.mkdir(parents=True)
    document = {
        "external_key": "S-1",
        "title": "样例扫描件",
        "class_code": "NONE",
        "files": [{"name": "a.txt"}],
    }
    (inside / "a.txt").write_text("样例", "utf-8")
    (inside / "metadata.json").write_text(json.dumps({"documents": [document]}), "utf-8")
    inside.with_name("样例递送.ready").touch()
    connectors.start_look(Connector.objects.select_related("account__org").get(pk=row.pk))
