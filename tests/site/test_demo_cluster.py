"""The demo beside a cluster of an object store: what is asked of whom, and once all of it for real."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest

from lantai.platform.places.stores.s3 import check_address
from lantai.site import cli
from tests.cluster import find_weed
from tests.ports import free_port
from tools import demo_cluster

ROOT = Path(__file__).parents[2]


def test_each_command_is_one_that_the_program_takes_with_what_was_asked_for():
    asked = demo_cluster.parser().parse_args(["--documents", "24", "--host", "0.0.0.0", "--port", "9000"])
    made = cli._parser().parse_args(demo_cluster.demo_words(asked))
    assert (made.command, made.no_serve, made.documents) == ("demo", True, 24)
    served = cli._parser().parse_args(demo_cluster.serving_words(asked))
    assert (served.command, served.host, served.port) == ("up", "0.0.0.0", 9000)
    place = cli._parser().parse_args(demo_cluster.place_words("http://127.0.0.1:9"))
    assert (place.slug, place.kind, place.org) == (demo_cluster.SLUG, "s3", demo_cluster.ARCHIVES)
    check_address(place.address)


def test_what_it_does_not_know_is_refused_before_anything_starts(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LANTAI_HOME", str(tmp_path))
    with pytest.raises(SystemExit):
        demo_cluster.main(["--no-serv3"])
    assert "--no-serve" in capsys.readouterr().err and list(tmp_path.iterdir()) == []


def test_a_second_one_in_the_same_home_is_refused_and_leaves_the_first_alone(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("LANTAI_HOME", str(tmp_path))
    monkeypatch.setattr(demo_cluster, "find_weed", lambda: "/bin/false")
    ended = []
    monkeypatch.setattr(demo_cluster.Cluster, "end", ended.append)
    own = signal.getsignal(signal.SIGTERM)
    try:
        with demo_cluster._alone(tmp_path / "cluster"):
            assert demo_cluster.main(["--no-serve"]) == 1
    finally:
        signal.signal(signal.SIGTERM, own)
    assert "already" in capsys.readouterr().err and ended == []


@pytest.mark.large
@pytest.mark.skipif(find_weed() is None, reason="SeaweedFS is not installed")
def test_it_copies_into_the_bucket_adds_nothing_twice_serves_and_leaves_no_process(tmp_path):
    tmp_path.chmod(0o711)
    home, port = tmp_path / "home", str(free_port())
    environment = {**os.environ, "LANTAI_HOME": str(home), "PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    command = [sys.executable, "tools/demo_cluster.py", "--documents", "24"]

    def ended() -> str:
        done = subprocess.run(
            [*command, "--no-serve"], cwd=ROOT, env=environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return next(line for line in done.stdout.splitlines() if line.startswith("cluster: "))

    try:
        first = ended()
        assert "0 still to be written" in first and not first.startswith("cluster: 0 ")
        assert ended().partition(" copies")[0] == first.partition(" copies")[0]
        serving = subprocess.Popen([*command, "--port", port], cwd=ROOT, env=environment)
        try:
            assert _answers(f"http://127.0.0.1:{port}/", serving)
        finally:
            serving.terminate()
            assert serving.wait(timeout=600) == 0
        assert _living(home / "cluster") == [] and _living(Path(f"--port {port}")) == []
    finally:
        subprocess.run([sys.executable, "-m", "lantai.site.cli", "down"], env=environment, check=True)


def _answers(address: str, process: subprocess.Popen[bytes]) -> bool:
    while process.poll() is None:
        try:
            urllib.request.urlopen(address, timeout=10).close()
            return True
        except urllib.error.URLError:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=1)
    return False


def _living(named: Path) -> list[str]:
    """Command lines of processes that name it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            said = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(named) in said:
            found.append(said)
    return found
