"""A page under watch: what the console says, what fails to load, what axe finds, what it looks like."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import ConsoleMessage, Page, Request, Response

# With this set, every page that is looked at is kept as a picture there.
SHOTS = os.environ.get("LANTAI_SHOTS", "")
_OPTIONS: dict[str, Any] = {"resultTypes": ["violations"]}
_IN_THE_DARK = _OPTIONS | {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}


class Watched:
    """A page whose faults are gathered while it is used."""

    def __init__(self, page: Page, test: str) -> None:
        self.page = page
        self.faults: list[str] = []
        self._allowed: set[int] = set()
        self._test, self._shots = test, 0
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def expect(self, *statuses: int) -> None:
        """Answers that this test provokes on purpose."""
        self._allowed.update(statuses)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type not in ("error", "warning"):
            return
        is_answer = message.text.startswith("Failed to load resource: the server responded")
        if not is_answer:  # those are judged by their status
            self.faults.append(f"console {message.type}: {message.text} ({message.location.get('url')})")

    def _failed(self, request: Request) -> None:
        if request.failure != "net::ERR_ABORTED":  # downloads, and what a new page interrupts
            self.faults.append(f"request: {request.failure} {request.url}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and response.status not in self._allowed:
            self.faults.append(f"status: {response.status} {response.request.method} {response.url}")

    def look(self, name: str) -> None:
        """Check the page as it stands, in light and in dark."""
        self.page.wait_for_load_state()
        self._examine(name, _OPTIONS)
        self.page.emulate_media(color_scheme="dark")
        self._examine(f"{name}-dark", _IN_THE_DARK)
        self.page.emulate_media(color_scheme="light")

    def _examine(self, name: str, options: dict[str, Any]) -> None:
        if SHOTS:
            self._picture(name)
        for finding in self._violations(options):
            if finding["impact"] in ("serious", "critical"):
                where = "; ".join(
                    f"{node['target']} {node['html'][:160]} {node.get('failureSummary', '')[:300]}"
                    for node in finding["nodes"][:3]
                )
                self.faults.append(f"axe {finding['id']} on {name} {self.page.url}: {where}")
        asked = "dialog[open] " if self.page.locator("dialog[open]").count() else ""
        if self.page.locator(f"{asked}.button-primary:visible").count() > 1:
            self.faults.append(f"more than one vermilion button on {name} {self.page.url}")

    def _violations(self, options: dict[str, Any]) -> list[dict[str, Any]]:
        if not self.page.evaluate("'axe' in window"):  # half a megabyte: once a page is enough
            self.page.evaluate(AXE_SCRIPT)
        answer = self.page.evaluate("options => axe.run(options)", options)
        return list(answer["violations"])

    def _picture(self, name: str) -> None:
        self._shots += 1
        folder = Path(SHOTS) / self._test
        folder.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_timeout(250)  # fonts
        self.page.screenshot(path=folder / f"{self._shots:02d}-{name}.png", full_page=True)

    def has_sideways_scroll(self) -> bool:
        """Whether the page is wider than the window."""
        return bool(
            self.page.evaluate(
                "document.scrollingElement.scrollWidth > document.scrollingElement.clientWidth"
            )
        )
