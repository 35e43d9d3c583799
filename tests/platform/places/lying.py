"""A proxy before an object store that makes it slow, cut short, wrong or silent, as told."""

from __future__ import annotations

import http.client
import select
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import urlsplit

ERROR = b"<?xml version='1.0'?><Error><Code>InternalError</Code></Error>"
DENIED = b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>"


class Liar(ThreadingHTTPServer):
    """Hands requests on; `mode` says what is done to the next answers, `times` to how many."""

    daemon_threads = True

    def __init__(self, endpoint: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.target = urlsplit(endpoint)
        self.mode, self.times, self.asked = "", 0, 0
        self._thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_why: object) -> None:
        self.shutdown()
        self.server_close()

    @property
    def endpoint(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_port}"

    def lie(self, mode: str, times: int = 1_000_000) -> None:
        """From now on do `mode` to the next `times` answers."""
        self.mode, self.times, self.asked = mode, times, 0

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hung up is none."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Liar

    def _hand_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        server = self.server
        server.asked += 1
        mode = server.mode if server.times > 0 else ""
        server.times -= 1
        if mode == "503":
            return self._say(503, {}, ERROR)
        if mode == "expired" or (mode == "keeps" and self.command == "DELETE"):
            return self._say(403, {}, DENIED)
        if mode == "error200":
            return self._say(200, {"ETag": '"0"'}, ERROR)
        target = http.client.HTTPConnection(server.target.hostname, server.target.port, timeout=30)
        target.request(self.command, self.path, body, dict(self.headers.items()))
        answer = target.getresponse()
        data = answer.read()
        if mode == "slow":  # it was done, and the answer does not come for as long as anybody waits
            select.select([self.connection], [], [], 60)
        headers = {
            k: v for k, v in answer.getheaders() if k.lower() not in {"content-length", "transfer-encoding"}
        }
        if mode == "etag":
            headers = {k: '"another"' if k.lower() == "etag" else v for k, v in headers.items()}
        length = answer.headers.get("Content-Length") or str(len(data))
        if mode == "short" and self.command == "GET":
            return self._cut(answer.status, headers, data[: len(data) // 2], length)
        if mode == "whole" and self.command == "GET":
            headers = {k: v for k, v in headers.items() if k.lower() != "content-range"}
            return self._say(200, headers, data)
        if mode == "dropped" and self.command == "PUT":
            self.close_connection = True  # it was done, and nobody is told
            return self.connection.close()
        return self._say(answer.status, headers, data, length)

    def _cut(self, status: int, headers: dict[str, str], data: bytes, length: str) -> None:
        self._say(status, headers, data, length)
        self.close_connection = True

    def _say(self, status: int, headers: dict[str, str], data: bytes, length: str = "") -> None:
        self.send_response_only(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", length or str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    do_GET = do_PUT = do_HEAD = do_DELETE = do_POST = _hand_on

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""
