"""One region and one Chromium for all journeys; every page that a test uses is under watch."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection, connections
from django.test import override_settings
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from lantai.platform.search import services as search
from tests.browser.place import Place, furnish, serving
from tests.browser.watched import Watched

_PATIENCE_MS = 60_000  # a page that does not come never comes; a busy machine answers late
expect.set_options(timeout=_PATIENCE_MS)
DESK = {"width": 1366, "height": 768}
PHONE = {"width": 390, "height": 844}
_ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--disable-quic",
]  # fmt: skip


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine; without one the journeys are skipped, but not where it must be."""
    path = shutil.which("chromium")
    if path is None:
        reason = "the journeys need a program named chromium on the PATH; there is none"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=_ARGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def transactional_db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Here one database for the whole folder; pytest-django makes one where it sees this name."""
    with django_db_blocker.unblock():
        assert connection.settings_dict["NAME"].startswith("test_"), "these tests empty what they work on"
        yield


@pytest.fixture(scope="package")
def place(transactional_db: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The region, committed and served, until the last journey has ended."""
    home = tmp_path_factory.mktemp("browser")
    folders = {f"LANTAI_{name}": home / name.lower() for name in ("HOME", "STORE", "KEYS", "INDEX")}
    with (
        override_settings(**folders),
        ThreadPoolExecutor(1) as hands,
        serving() as url,
        override_settings(LANTAI_PUBLIC_URL=url),
    ):
        made = Place(hands, url)
        made.do(lambda: furnish(made))
        yield made
        made.do(_let_go)
    call_command("flush", interactive=False, verbosity=0)


def _let_go() -> None:
    search.stop_following()
    connections.close_all()  # this thread's own


Open = Callable[..., Watched]


@pytest.fixture
def visit(place: Place, chromium: Browser, request: pytest.FixtureRequest) -> Iterator[Open]:
    """``visit(as_="archivist")`` is a page in a browser of its own, at the desk's or the phone's size."""
    cache.clear()  # counts of attempts of other tests
    opened: list[tuple[BrowserContext, Watched]] = []

    def open_page(*, as_: str = "", size: dict[str, int] = DESK, **more: Any) -> Watched:
        context = chromium.new_context(
            base_url=place.url, viewport=size, locale="zh-CN", accept_downloads=True, **more
        )
        context.set_default_timeout(_PATIENCE_MS)
        if as_:
            context.add_cookies([{"name": "sessionid", "value": place.session_of(as_), "url": place.url}])
        opened.append((context, Watched(context.new_page(), request.node.name)))
        return opened[-1][1]

    yield open_page
    faults = [fault for _context, page in opened for fault in page.faults]
    for context, _page in opened:
        context.close()
    assert not faults, "\n".join(dict.fromkeys(faults))


@pytest.fixture
def downloaded(tmp_path: Path) -> Callable[[Page, str], Path]:
    """Press the link or button of that name and keep what it gives."""

    def fetch(page: Page, name: str) -> Path:
        with page.expect_download() as waiting:
            page.get_by_role("link", name=name).first.click()
        path = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(path)
        return path

    return fetch
