"""Pictures of the product for docs/images, taken with Chromium of a site that holds the demo.

    python tools/screenshots.py [--home FOLDER] [--url ADDRESS] [--documents N] [--only NAME…]

Without ``--url`` a site is made in ``--home`` (or a temporary folder), and stopped at the end.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
SIZES = {"desk": {"width": 1366, "height": 768}, "portal": {"width": 390, "height": 844}}
MOST_BYTES = 250_000
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run")  # fmt: skip


@dataclass(frozen=True)
class Shot:
    """One picture: who looks (nobody on the portal), from where, and what is done before."""

    name: str
    size: str
    path: str
    account: str = ""
    then: Callable[[Page], object] = lambda _page: None


def _open_altered(page: Page) -> None:
    page.get_by_role("link", name="一个文件被改动一个字节").first.click()
    page.goto(f"{page.url.rstrip('/')}/report/")


def _open_first_item(page: Page) -> None:
    page.goto(page.locator("a[href*='/catalogue/items/']").first.get_attribute("href") or "")


SHOTS = (
    Shot("desk-home", "desk", "/desk/", "shiguan-archivist"),
    Shot("desk-inbox", "desk", "/desk/inbox/", "shiguan-archivist"),
    Shot("filing-documents", "desk", "/filing/", "minzheng-agency_clerk"),
    Shot("transfer-report", "desk", "/intake/submissions/", "xianguan-archivist", _open_altered),
    Shot("catalogue-item", "desk", "/catalogue/", "shiguan-archivist", _open_first_item),
    Shot("catalogue-search", "desk", "/catalogue/search?q=结婚登记", "shiguan-cataloguer"),
    Shot("tasks", "desk", "/desk/tasks/", "shiguan-archivist"),
    Shot("portal-home", "portal", "/"),
    Shot("portal-verify", "portal", "/verify/"),
)


def main() -> None:
    """Take all pictures, or those named."""
    arguments = _arguments()
    IMAGES.mkdir(parents=True, exist_ok=True)
    folder = nullcontext(arguments.home) if arguments.home else _temporary_home()
    with folder as home, _site(home, arguments) as url, sync_playwright() as playwright:
        program = shutil.which("chromium") or "/usr/bin/chromium"
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        password = (home / "demo" / "password").read_text("ascii").strip()
        for shot in SHOTS:
            if not arguments.only or shot.name in arguments.only:
                _save(shot.name, _take(browser, url, shot, password))
        if not arguments.only or "portal-verified" in arguments.only:
            _save("portal-verified", _verified(browser, url, home / "demo" / "certificate.pdf"))
        if not arguments.only or "certificate" in arguments.only:
            _save("certificate", _first_page(home / "demo" / "certificate.pdf"))
        browser.close()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--url", help="a site that holds the demo and serves the installation in --home")
    parser.add_argument("--home", type=Path, help="LANTAI_HOME of that site, or where to make one")
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME")
    arguments = parser.parse_args()
    if arguments.url and not arguments.home:
        parser.error("--url needs --home, where the password of the demo accounts lies")
    return arguments


@contextmanager
def _temporary_home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="lantai-pictures-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        yield Path(name)


@contextmanager
def _site(home: Path, arguments: argparse.Namespace) -> Iterator[str]:
    if arguments.url:
        yield arguments.url.rstrip("/")
        return
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    environment = {**os.environ, "LANTAI_HOME": str(home), "LANTAI_PUBLIC_URL": url,
                   "PYTHONPATH": str(ROOT / "src")}  # fmt: skip
    command = [sys.executable, "-m", "lantai.site.cli"]
    serving = subprocess.Popen([*command, "demo", "--documents", str(arguments.documents), "--port", str(port)],
                               env=environment)  # fmt: skip
    try:
        _wait_for(f"{url}/healthz", serving)
        yield url
    finally:
        serving.terminate()
        serving.wait(60)
        subprocess.run([*command, "down"], env=environment, check=True)


def _free_port() -> int:
    """8000, which the certificate shows, or any other where that one is taken."""
    for wanted in (8000, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", wanted))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise SystemExit("no port is free")


def _wait_for(url: str, serving: subprocess.Popen[bytes]) -> None:
    while serving.poll() is None:
        try:
            with urlopen(url, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.5)
    raise SystemExit("the site did not start")


def _take(browser: Browser, url: str, shot: Shot, password: str) -> Image.Image:
    with _page(browser, url, shot.size) as page:
        if shot.account:
            page.goto("/accounts/login/")
            page.locator("input[name=login]").fill(shot.account)
            page.locator("input[name=password]").fill(password)
            page.locator("input[name=password]").press("Enter")
            page.wait_for_url("**/desk/**")
        page.goto(shot.path)
        shot.then(page)
        return _picture(page)


def _verified(browser: Browser, url: str, certificate: Path) -> Image.Image:
    """What a stranger sees who hands in the certificate's file."""
    with _page(browser, url, "portal") as page:
        page.goto("/verify/")
        page.locator("input[type=file]").set_input_files(certificate)
        page.get_by_role("button", name="检查文件").click()
        return _picture(page)


@contextmanager
def _page(browser: Browser, url: str, size: str) -> Iterator[Page]:
    context = browser.new_context(base_url=url, viewport=SIZES[size], locale="zh-CN", color_scheme="light")
    try:
        yield context.new_page()
    finally:
        context.close()


def _picture(page: Page) -> Image.Image:
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    return Image.open(io.BytesIO(page.screenshot(animations="disabled", caret="hide")))


def _first_page(path: Path) -> Image.Image:
    document = pypdfium2.PdfDocument(path)
    try:
        return document[0].render(scale=1.4).to_pil()
    finally:
        document.close()


def _save(name: str, picture: Image.Image) -> None:
    """As a PNG of few enough colours that a clone stays light."""
    path = IMAGES / f"{name}.png"
    for colours in (256, 128, 64, 32):
        few = picture.convert("RGB").quantize(
            colours, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE
        )
        few.save(path, optimize=True)
        if path.stat().st_size <= MOST_BYTES:
            print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1000} kB")
            return
    raise SystemExit(f"{path} is larger than {MOST_BYTES} bytes even with 32 colours")


if __name__ == "__main__":
    main()
