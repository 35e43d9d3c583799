"""ING 28: uploads by clients that others wrote, over a line that breaks, to a server that is killed."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
import requests
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError, TusUploadFailed
from tusclient.uploader import Uploader

from tests.conftest import ROOT
from tests.e2e import product
from tests.e2e.relay import relay
from tests.ports import free_port

pytestmark = pytest.mark.e2e

PERSON = "shiguan-archivist"  # of the demo
SEND = Path(__file__).with_name("tus") / "send.js"
MODULES = ROOT / ".venv" / "tus" / "node_modules"
CHANCE = random.Random(28)
MIB = 1024 * 1024
DATA = CHANCE.randbytes(6 * MIB + 17)
BREAKS = tuple(CHANCE.randrange(1, 500_000) for _ in range(10))
DIGEST = hashlib.sha512(DATA).hexdigest()


@dataclass
class Site:
    """A site that serves an installation, can be killed and started again, and who has signed in there."""

    home: Path
    port: int
    cookies: str = ""
    csrf: str = ""
    process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Serve; returns when it answers."""
        words = ("web", "--port", str(self.port))
        self.process = product.start(self.home, *words, log=self.home / "web.log")
        deadline = time.monotonic() + 180
        while time.monotonic() < deadline:
            with suppress(OSError):
                requests.get(self.address("/accounts/login/"), timeout=60)
                return
            time.sleep(0.2)
        pytest.fail((self.home / "web.log").read_text()[-2_000:])

    def kill(self) -> None:
        """SIGKILL to all processes of the server."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def address(self, path: str, port: int = 0) -> str:
        """A page, by way of another port perhaps."""
        return f"http://127.0.0.1:{port or self.port}{path}"

    def sign_in(self) -> None:
        """As somebody does in a browser; what that one keeps."""
        browser, page = requests.Session(), self.address("/accounts/login/")
        browser.get(page, timeout=120)
        told = {
            "login": PERSON,
            "password": (self.home / "demo" / "password").read_text("ascii").strip(),
            "csrfmiddlewaretoken": browser.cookies["csrftoken"],
        }
        browser.post(page, told, timeout=120)
        assert "sessionid" in browser.cookies, "nobody signed in"
        self.cookies = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        self.csrf = browser.cookies["csrftoken"]

    def client(self, port: int = 0) -> TusClient:
        """tuspy, signed in."""
        signed = {"Cookie": self.cookies, "X-CSRFToken": self.csrf}
        return TusClient(self.address("/uploads/", port), headers=signed)

    def uploader(self, *, port: int = 0, data: bytes = DATA, **how: object) -> Uploader:
        """An upload of ``data`` by tuspy."""
        about = {"metadata": {"filename": "样例.bin"}, "chunk_size": MIB, "retry_delay": 0.1, **how}
        return self.client(port).uploader(file_stream=BytesIO(data), **about)

    def keeps(self, said: bytes | str, data: bytes = DATA) -> bool:
        """Whether what the last answer names is what was sent, byte by byte."""
        answer = json.loads(said)
        assert answer["state"] == "finished", answer
        kept = (self.home / "store" / "blobs" / answer["key"]).read_bytes()
        return kept == data and answer["key"].endswith(hashlib.sha512(data).hexdigest())


@pytest.fixture(scope="module")
def site(home: Path) -> Iterator[Site]:
    site = Site(home, free_port())
    site.start()
    site.sign_in()
    yield site
    site.kill()


def test_ing_28_tuspy_goes_on_after_ten_broken_lines(site):
    with relay(site.port, BREAKS) as line:
        upload = site.uploader(port=line.port, retries=30, chunk_size=len(DATA))
        upload.upload()
        assert line.broken == 10
    assert site.keeps(upload.request.response_content)


@pytest.mark.skipif(
    shutil.which("node") is None or not MODULES.is_dir(),
    reason="tus-js-client needs node and `npm ci` of tests/e2e/tus, which tools/test.sh brings where it may",
)
def test_ing_28_tus_js_client_goes_on_after_ten_broken_lines(site, tmp_path):
    (tmp_path / "node_modules").symlink_to(MODULES)
    shutil.copy(SEND, tmp_path / "send.mjs")
    (tmp_path / "sample.bin").write_bytes(DATA)
    with relay(site.port, BREAKS) as line:
        words = [
            "node",
            "send.mjs",
            site.address("/uploads/", line.port),
            "sample.bin",
            site.cookies,
            site.csrf,
        ]
        done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=600, check=False)
        assert done.returncode == 0, done.stderr[-2_000:]
        assert line.broken == 10
    assert site.keeps(done.stdout)


def test_ing_28_a_paused_upload_goes_on_after_the_server_was_killed(site):
    paused = site.uploader()
    paused.upload(stop_at=3 * MIB)
    site.kill()
    with pytest.raises((TusUploadFailed, TusCommunicationError)):
        paused.upload()
    site.start()
    resumed = site.uploader(url=paused.url)
    assert resumed.offset == 3 * MIB, "what was acknowledged is there"
    resumed.upload()
    assert site.keeps(resumed.request.response_content)


def test_ing_28_a_piece_spoilt_on_its_way_is_refused_and_comes_again(site):
    with relay(site.port, spoil_at=200_000) as line:
        upload = site.uploader(port=line.port, upload_checksum=True)
        with pytest.raises(TusUploadFailed) as refused:
            upload.upload()
        assert (refused.value.status_code, line.spoilt) == (460, 1)
        assert upload.get_offset() == 0, "nothing of the spoilt piece counts"
        upload.upload()
    assert site.keeps(upload.request.response_content)


def test_ing_28_two_uploads_at_once_do_not_mix(site):
    others = [DATA, DATA[::-1]]
    with ThreadPoolExecutor(2) as both:
        uploads = [site.uploader(data=data) for data in others]
        list(both.map(Uploader.upload, uploads))
    assert all(
        site.keeps(up.request.response_content, data) for up, data in zip(uploads, others, strict=True)
    )


def test_ing_28_two_senders_of_one_upload_make_one_whole_file(site):
    url = site.uploader(data=DATA).create_url()

    def send(_number: int) -> bytes | None:
        upload = site.uploader(url=url, retries=200, chunk_size=128 * 1024)
        upload.upload()
        return upload.request.response_content if upload.request else None

    with ThreadPoolExecutor(2) as both:
        said = max(filter(None, both.map(send, range(2))), key=len)
    assert site.keeps(said)
