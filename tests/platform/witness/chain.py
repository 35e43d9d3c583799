"""A real node of an EVM chain: anvil, which others wrote, brought by npm; and a liar in front of it."""

from __future__ import annotations

import json
import platform
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

from tests.conftest import ROOT
from tests.ports import free_port

PROGRAM = ROOT / ".venv" / "anvil" / "node_modules" / "@foundry-rs" / "anvil-linux-amd64" / "bin" / "anvil"
WHY = "anvil comes by `npm ci` of tests/platform/witness/anvil, which tools/test.sh does where it may"
IS_HERE = PROGRAM.exists() and platform.machine() == "x86_64"
CHAIN = 31_337
KEY = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80"  # anvil's own first account
SINCE = "1700000000"  # of the first block: the same chain again after a start


class Anvil:
    """One node; blocks are made when they are asked for."""

    def __init__(self) -> None:
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        words = [
            "--port",
            str(self.port),
            "--chain-id",
            str(CHAIN),
            "--timestamp",
            SINCE,
            "--no-mining",
            "--quiet",
        ]
        self.process = subprocess.Popen(
            [str(PROGRAM), *words], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        for _ in range(3_000):
            with suppress(URLError, HTTPError, OSError):
                self.ask("eth_chainId")
                return
            time.sleep(0.02)
        raise AssertionError("anvil does not answer")

    def kill(self) -> None:
        """SIGKILL: what it had in memory is gone, all of its blocks."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()

    def ask(self, method: str, *params: object) -> object:
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
        with urlopen(Request(self.address, body, {"Content-Type": "application/json"}), timeout=60) as answer:
            said = json.loads(answer.read())
        assert "error" not in said, said
        return said["result"]

    def mine(self, blocks: int = 1) -> None:
        self.ask("anvil_mine", hex(blocks))


@contextmanager
def liar(port: int, alter: Callable[[object], object]) -> Iterator[str]:
    """What alters the answers of the node at a port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            to = Request(f"http://127.0.0.1:{port}", body, {"Content-Type": "application/json"})
            with urlopen(to, timeout=60) as answer:
                data = json.dumps(alter(json.loads(answer.read()))).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def settings_of(address: str, **more: str) -> dict[str, dict[str, str]]:
    told = {"address": address, "key": KEY, "chain": str(CHAIN), "confirmations": "3", "hours": "1"}
    return {"样例链": told | more}


@contextmanager
def running() -> Iterator[Anvil]:
    node = Anvil()
    node.start()
    try:
        yield node
    finally:
        node.kill()


__all__ = ["CHAIN", "IS_HERE", "KEY", "WHY", "Anvil", "liar", "running", "settings_of"]
