"""The pages of an item in a viewer that others wrote."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Response, Route

from lantai.kit.numbering.permanent import permanent_id
from tests.browser import mirador
from tests.browser.conftest import Open
from tests.browser.place import Place

_IS_DRAWN = """() => {
  const it = document.querySelector(".openseadragon-canvas canvas");
  if (!it?.width || !it.height) return false;
  const { data } = it.getContext("2d").getImageData(0, 0, it.width, it.height);
  return new Set(new Uint32Array(data.buffer)).size > 50; // a blank page has few colours
}"""
_TILE = re.compile(r"/iiif/3/[^/]+/[^/]+/[^/]+/0/default\.jpg$")


@pytest.mark.skipif(not mirador.PACKED.exists(), reason=mirador.WHY)
def test_113_mirador_opens_the_manifest_of_an_item_and_nothing_fails_to_load(visit: Open, place: Place):
    viewer = visit(as_="archivist")
    page = viewer.page
    code = place.do(lambda: place.record.fonds.archives.code)
    manifest = reverse("pictures:manifest", args=[code, permanent_id(place.record.permanent)])
    tiles: list[Response] = []

    def give(route: Route) -> None:
        is_script = route.request.url.endswith(".js")
        kind = "text/javascript" if is_script else "text/html; charset=utf-8"
        route.fulfill(body=mirador.script() if is_script else mirador.PAGE, content_type=kind)

    page.route("**/beside/**", give)
    page.on("response", lambda answer: tiles.append(answer) if _TILE.search(answer.url) else None)
    with page.expect_response(_TILE):
        page.goto(f"/beside/?of={place.url}{manifest}")
    page.get_by_text(place.record.title).first.wait_for()
    page.wait_for_load_state("networkidle")
    assert {answer.status for answer in tiles} == {200}
    page.wait_for_function(_IS_DRAWN)  # some frames after the last tile has come
    # What the console says is Mirador's own; what did not load would be ours.
    viewer.faults[:] = [fault for fault in viewer.faults if not fault.startswith("console")]
