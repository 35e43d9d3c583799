"""A big package over a bad line: the connection breaks, the clerk pauses, the page is loaded anew."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Route, expect

from lantai.apps.intake.models import Submission
from tests.browser.conftest import Open
from tests.browser.place import Place

PIECE = 8 * 1024 * 1024
BROKEN = "net::ERR_CONNECTION_RESET"


class BadLine:
    """Breaks the second piece once, and holds the third until somebody pauses."""

    def __init__(self) -> None:
        self.begun = 0
        self.offsets: list[int] = []
        self.held: list[Route] = []

    def pass_on(self, route: Route) -> None:
        request = route.request
        self.begun += request.method == "POST"
        if request.method != "PATCH":
            route.continue_()
            return
        offset = int(request.headers["upload-offset"])
        self.offsets.append(offset)
        if offset == PIECE and self.offsets.count(PIECE) == 1:
            route.abort("connectionreset")
        elif offset == 2 * PIECE and not self.held:
            self.held.append(route)
        else:
            route.continue_()


def package(folder: Path) -> Path:
    """A package file of a little more than two pieces."""
    path = folder / "样例大包.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("样例.bin", os.urandom(2 * PIECE + 300_000))
    return path


def test_an_upload_outlives_a_broken_line_a_pause_and_a_new_page(
    visit: Open, place: Place, tmp_path: Path
) -> None:
    watched, line, path = visit(as_="agency_lead"), BadLine(), package(tmp_path)
    page = watched.page
    page.route("**/uploads/**", line.pass_on)
    asked = urlencode({"agency": place.world.agency.pk, "kind": "document"})
    page.goto(f"/intake/send/package/?{asked}")
    page.locator("input[type=file][name=files]").set_input_files(path)
    expect(page.locator(".drop-files .figures")).to_contain_text("16.8 MB /", timeout=60_000)
    page.get_by_role("button", name="暂停", exact=True).click()
    expect(page.locator(".drop-files .figures")).to_contain_text("已暂停", timeout=30_000)
    watched.look("upload-paused")
    page.reload()
    page.locator("input[type=file][name=files]").set_input_files(path)
    page.wait_for_url("**/intake/*/", timeout=60_000)
    sent = place.do(lambda: Submission.objects.order_by("-pk").values_list("title", "byte_count").first())
    assert sent == ("样例大包", path.stat().st_size)
    assert line.begun == 1 and line.offsets == [0, PIECE, PIECE, 2 * PIECE, 2 * PIECE]
    watched.faults[:] = [fault for fault in watched.faults if BROKEN not in fault]
