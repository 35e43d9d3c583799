"""An archives reports its catalogue to its superior: two installations, each with a database of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import requests

from lantai.site.postgres import Cluster
from tests.e2e import product
from tests.e2e.archives import KEY
from tests.e2e.conftest import Installed, _copied
from tests.e2e.relay import relay
from tests.ports import free_port

pytestmark = [pytest.mark.e2e, pytest.mark.large]

COUNT = 1_200  # more than one batch
PARTS = "from tests.e2e import archives as it; "


def ask(home: Path, call: str) -> Any:
    """Do something in an installation by a process of its own; what it says."""
    told = product.run(home, "django", "shell", "--no-imports", "-c", f"{PARTS}it.{call}", timeout_s=600)
    assert told.returncode == 0, told.stderr[-4_000:]
    last = told.stdout.strip().rpartition("\n")[2]
    return json.loads(last) if last.startswith("{") else None


@pytest.fixture
def superior(migrated: Installed) -> Iterator[tuple[Path, int]]:
    """The bureau's installation, serving; and its port."""
    with _copied(migrated.home) as home:
        ask(home, "superior()")
        port = free_port()
        process = product.start(home, "web", "--port", str(port), log=home / "web.log")
        try:
            _wait_for(port)
            yield home, port
        finally:
            _end(process)


def _wait_for(port: int) -> None:
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        with suppress(OSError):
            requests.get(f"http://127.0.0.1:{port}/accounts/login/", timeout=60)
            return
        time.sleep(0.2)
    pytest.fail("the superior does not answer")


def _end(process: subprocess.Popen[bytes]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_an_archives_reports_to_a_superior_with_a_database_of_its_own(
    migrated: Installed, superior: tuple[Path, int]
) -> None:
    bureau, port = superior
    with _copied(migrated.home) as home:

        def report(by: int) -> Any:
            """The next report, whose time has come; what the archives knows of all of them."""
            ask(home, f"due({by})")
            key = {"LANTAI_REPORT_BUREAU": f"key={KEY}"}
            done = product.run(home, "work", "--until-idle", timeout_s=600, **product.ORIGIN, **key)
            assert done.returncode == 0, done.stderr[-4_000:]
            return ask(home, "reported()")

        ask(home, f"archives({port}, {COUNT})")
        with relay(port, [100_000]) as line:  # the line breaks within the first batch
            said = report(line.port)
            assert (line.broken, bool(said["error"]), said["is_next"]) == (1, True, True)
            assert said["batches"] == [[1, 0, 0, 0, False]]
            assert ask(bureau, "held()") == {"held": {}, "gone": 0}
            said = report(line.port)
        assert (said["error"], said["batches"][0][0]) == ("", 2)
        assert sum(batch[3] for batch in said["batches"]) == COUNT
        assert len(ask(bureau, "held()")["held"]) == COUNT

        ask(home, "changes()")  # the superior hears of four rows, and of nothing else
        said = report(port)
        assert said["batches"][-1] == [1, 4, 3, 4, True]
        held = ask(bureau, "held()")
        assert (len(held["held"]), held["gone"]) == (COUNT - 3, 3)
        assert list(held["held"].values()).count("改过的题名") == 1
        assert report(port)["batches"][-1] == said["batches"][-1]  # nothing differs: no batch

        ask(bureau, "agreed(False)")
        ask(home, "changes()")
        said = report(port)
        assert said["error"] and said["batches"][-1][-1] is False and said["is_next"]
        assert len(ask(bureau, "held()")["held"]) == COUNT - 3
        ask(bureau, "agreed(True)")
        said = report(port)
        assert said["error"] == "" and said["batches"][-1][0] == 2 and said["batches"][-1][-1] is True
        assert len(ask(bureau, "held()")["held"]) == COUNT - 6
        Cluster(home / "postgres").stop()
