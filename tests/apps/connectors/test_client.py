"""The sample client in ``examples``, as another machine runs it, against the site on a port."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading

import pytest

from lantai.apps.connectors.models import Connector, Delivery
from lantai.apps.filing.models import Document
from tests.apps.connectors.office import make_office, settle
from tests.conftest import ROOT

CLIENT = ROOT / "examples" / "oa_client.py"


@pytest.fixture
def office(transactional_db, settings, tmp_path):
    settings.LANTAI_STORE = tmp_path / "store"
    return make_office("H")


@pytest.fixture
def letters(tmp_path):
    paths = [tmp_path / "关于样例的通知.txt", tmp_path / "附件.txt"]
    for path in paths:
        path.write_text(f"样例 {path.name}", "utf-8")
    return [str(path) for path in paths]


def run(site: str, secret: str, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(CLIENT), site, *words], capture_output=True, text=True, timeout=600, check=False,
        env={"LANTAI_TOKEN": secret, "PATH": os.environ["PATH"], "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


def test_the_client_fits_on_a_page_and_needs_nothing_but_python():
    lines = CLIENT.read_text("utf-8").splitlines()
    assert len(lines) <= 60
    imports = {line.split()[1].partition(".")[0] for line in lines if line.startswith(("import", "from"))}
    assert imports <= sys.stdlib_module_names


def test_the_client_delivers_a_document_with_two_files_once(office, live_server, letters):
    first = run(live_server.url, office.secret, "OA-1", "关于样例的通知", *letters)
    assert first.returncode == 0, first.stderr
    receipt = json.loads(first.stdout)
    assert [file["name"] for file in receipt["documents"][0]["files"]] == ["关于样例的通知.txt", "附件.txt"]
    again = run(live_server.url, office.secret, "OA-1", "关于样例的通知", *letters)
    assert json.loads(again.stdout) == receipt and Delivery.objects.count() == 1
    settle()
    assert Document.objects.get(external_key="OA-1").files.count() == 2


def test_an_answer_that_was_lost_on_the_way_is_asked_for_again(office, live_server, letters):
    with _losing_the_first_answer(live_server.thread.port) as port:
        sent = run(f"http://127.0.0.1:{port}", office.secret, "OA-1", "关于样例的通知", *letters)
    assert sent.returncode == 0, sent.stderr
    assert Delivery.objects.count() == 1


def test_what_is_refused_is_told_and_not_repeated(office, live_server, letters):
    Connector.objects.update(is_enabled=False)
    sent = run(live_server.url, office.secret, "OA-1", "关于样例的通知", *letters)
    assert sent.returncode == 1 and "已停用" in sent.stderr


class _losing_the_first_answer:
    """A line that carries the first request on and breaks before its answer comes back."""

    def __init__(self, port: int) -> None:
        self.port, self.door = port, socket.create_server(("127.0.0.1", 0))

    def __enter__(self) -> int:
        threading.Thread(target=self._carry, daemon=True).start()
        return int(self.door.getsockname()[1])

    def __exit__(self, *_error: object) -> None:
        self.door.close()

    def _carry(self) -> None:
        for turn in range(2):
            near, _address = self.door.accept()
            with near, socket.create_connection(("127.0.0.1", self.port)) as far:
                up = threading.Thread(target=_pour, args=(near, far), daemon=True)
                up.start()
                if turn == 0:
                    far.recv(1)  # the answer has begun: what was sent is kept
                    near.shutdown(socket.SHUT_RDWR)
                else:
                    _pour(far, near)


def _pour(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
    except OSError:
        return
