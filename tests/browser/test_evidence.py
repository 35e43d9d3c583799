"""A bundle is handed out, and the picture of its proof is looked at, at the desk and on a phone."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from lantai.kit.evidence.standalone import verify as standalone
from tests.browser.conftest import PHONE, Open
from tests.browser.place import Place

pytestmark = pytest.mark.browser


def test_an_archivist_hands_out_a_bundle_that_a_stranger_checks(
    visit: Open, place: Place, downloaded: Callable[[Page, str], Path]
) -> None:
    archivist = visit(as_="archivist")
    page = archivist.page
    page.goto(f"/catalogue/items/{place.record.pk}/evidence/")
    page.get_by_role("button", name="制作证据包").click()
    expect(page.locator(".record-line")).to_contain_text("制作中")
    archivist.look("being-made")
    place.settle()
    page.reload()
    bundle = downloaded(page, "下载证据包")
    archivist.look("bundle")
    trust = page.request.get("/log/trust.txt").text()
    said = standalone.check_bundle(io.BytesIO(bundle.read_bytes()), standalone.trusted(trust))
    assert said["item"] == place.record.item_key
    script = downloaded(page, "脚本 verify.py")
    assert script.read_bytes() == Path(standalone.__file__).read_bytes()
    page.goto("/custody/bundles/")
    archivist.look("bundles")


def test_the_picture_of_a_proof_and_the_life_of_a_package_are_read_at_the_desk_and_on_a_phone(
    visit: Open, place: Place
) -> None:
    for size in ({"width": 1366, "height": 768}, PHONE):
        seen = visit(as_="archivist", size=size)
        for path, word in (("proof", "证据相符"), ("life", "封存")):
            seen.page.goto(f"/custody/packages/{place.record.package_id}/{path}/")
            expect(seen.page.locator("article.record")).to_contain_text(word)
            seen.look(f"{path}-{size['width']}")
            assert not seen.has_sideways_scroll(), path
    seen.page.goto(f"/custody/packages/{place.record.package_id}/life/")
    seen.page.get_by_role("link", name="证据").first.click()
    expect(seen.page.get_by_role("heading", name="一环扣一环")).to_be_visible()
