"""What a caller of the sandbox sees."""

from __future__ import annotations

import io
import os
import signal
import struct
import subprocess
import sys
import tarfile
import threading
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from PIL import Image

from lantai.platform.sandbox import pool, syscalls
from lantai.platform.sandbox import services as sandbox
from lantai.platform.sandbox.settings import SandboxSettings
from lantai.platform.sandbox.types import (
    InputUnreadable,
    Killed,
    ParseKilled,
    ParseRefused,
    SandboxUnavailable,
    TargetNotAllowed,
)
from tests.conftest import ROOT, SAMPLES, needs_samples
from tests.platform.sandbox.conftest import PROBE

EXAMINE = "lantai.kit.formats.examine:examine"


@pytest.fixture(scope="module", autouse=True)
def _end_workers():
    yield
    sandbox.close()


@needs_samples
def test_an_ofd_is_examined_behind_the_walls():
    found = sandbox.call(EXAMINE, path=SAMPLES / "ofd" / "helloworld.ofd")
    assert (found["puid"], found["state"], found["pages"]) == ("lantai-fmt/1", "ok", 1)


def test_a_page_comes_back_as_bytes(tmp_path):
    path = tmp_path / "照片.png"
    Image.new("RGB", (40, 30), "red").save(path)
    data = sandbox.call("lantai.kit.formats.render:render_page", path=path, page=1, width_px=20)
    assert Image.open(io.BytesIO(data)).size == (20, 15)


def test_a_refusal_keeps_its_words_and_its_kind(tmp_path):
    path = tmp_path / "a.png"
    Image.new("L", (4, 4)).save(path)
    with pytest.raises(ParseRefused) as refused:
        sandbox.call("lantai.kit.formats.render:render_page", path=path, page=9, width_px=20)
    assert refused.value.kind == "PageMissing"
    assert str(refused.value) == "文件只有 1 页，没有第 9 页。"


def test_a_refusal_may_name_its_own_kind(tmp_path):
    path, out = tmp_path / "a.tar", tmp_path / "out"
    out.mkdir()
    with tarfile.open(path, "w") as archive:
        link = tarfile.TarInfo("a")
        link.type, link.linkname = tarfile.SYMTYPE, "b"
        archive.addfile(link)
    with pytest.raises(ParseRefused) as refused:
        sandbox.call("lantai.kit.packages.reading:unpack_into", path=path, out=out, limits={})
    assert refused.value.kind == "NotAFile"
    assert "符号链接" in str(refused.value)


def test_a_zip_bomb_in_an_ofd_is_refused_and_costs_little(tmp_path):
    path = tmp_path / "炸弹.ofd"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("OFD.xml", b"<OFD>" + bytes(300 << 20))
    found = sandbox.call(EXAMINE, path=path, memory_mb=512)
    assert found["state"] == "broken" or found["puid"] != "lantai-fmt/1"


def test_a_pixel_flood_is_refused_before_it_is_decoded(tmp_path):
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    path = tmp_path / "洪水.png"
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(bytes(9)))
    )
    found = sandbox.call(EXAMINE, path=path, memory_mb=256)
    assert found["state"] == "broken"
    assert found["problems"][0]["code"] == "PixelFlood"


def test_a_batch_goes_on_after_a_bad_item():
    hows = ["a", "crash", "b", "memory", "c"]
    outcomes = list(sandbox.map_calls(f"{PROBE}:misbehave", [{"how": h} for h in hows], memory_mb=256))
    assert [o.index for o in outcomes] == [0, 1, 2, 3, 4]
    assert [o.result for o in outcomes] == ["a", None, "b", None, "c"]
    assert [o.refusal.reason for o in outcomes if o.refusal] == [Killed.CRASH, Killed.MEMORY]


def test_a_long_batch_keeps_its_order():
    outcomes = sandbox.map_calls(f"{PROBE}:misbehave", ({"how": str(n)} for n in range(200)))
    assert [o.result for o in outcomes] == [str(n) for n in range(200)]


def test_leaving_a_batch_in_the_middle_leaves_a_usable_worker():
    outcomes = sandbox.map_calls(f"{PROBE}:misbehave", ({"how": str(n)} for n in range(200)))
    next(outcomes)
    outcomes.close()
    assert sandbox.call(f"{PROBE}:misbehave", how="x") == "x"


def test_many_threads_share_the_workers():
    results: list[object] = []

    def work(number: int) -> None:
        results.append(sandbox.call(f"{PROBE}:misbehave", how=str(number)))

    threads = [threading.Thread(target=work, args=(n,)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results, key=int) == [str(n) for n in range(12)]


def test_a_killed_worker_is_replaced():
    with pool.current().lend() as worker:
        worker.process.kill()
        worker.process.wait()
    assert sandbox.call(f"{PROBE}:misbehave", how="x") == "x"


@pytest.mark.parametrize(
    "target", ["os:system", "lantai.apps.x:y", "lantai.kit.formats", "lantai.kit.nothing:here"]
)
def test_only_functions_of_the_kit_can_be_called(target):
    with pytest.raises(TargetNotAllowed):
        sandbox.call(target)


@pytest.mark.parametrize("name", ["/nowhere/at/all.pdf", "/dev/zero"])
def test_a_file_that_cannot_be_opened_is_named(name):
    with pytest.raises(InputUnreadable) as refused:
        sandbox.call(EXAMINE, path=name)
    assert Path(name).name in str(refused.value)


def test_nothing_is_parsed_where_nothing_confines(monkeypatch):
    monkeypatch.setattr(syscalls, "supported", lambda: False)
    with pytest.raises(SandboxUnavailable):
        _ = pool.Pool(SandboxSettings()).walls


def test_walls_that_do_not_hold_are_not_used(monkeypatch):
    monkeypatch.setattr(pool, "_try_to_escape", lambda worker, outside: "network")
    with pytest.raises(SandboxUnavailable, match="network"):
        _ = pool.Pool(SandboxSettings()).walls


def test_a_timeout_says_how_long_it_was():
    with pytest.raises(ParseKilled, match=r"0\.5 秒"):
        sandbox.call(f"{PROBE}:misbehave", how="time", timeout_s=0.5)


SCRIPT = """
import django.conf, sys, time
django.conf.settings.configure(LANTAI_SANDBOX_WORKERS=1)
from lantai.platform.sandbox import pool, services
services.call("lantai.platform.sandbox.probe:misbehave", how="x")
with pool.current().lend() as worker:
    print(worker.process.pid, flush=True)
time.sleep(60)
"""


def test_workers_die_with_a_server_that_is_killed():
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, env=env, text=True
    ) as server:
        lines = (server.stdout.readline() for _ in range(5))
        worker = int(next(line for line in lines if line.strip().isdigit()))
        server.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 60
    while _runs(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _runs(worker)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
