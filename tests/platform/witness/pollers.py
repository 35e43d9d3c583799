"""Another archives that takes part in polls, made of the kit alone, on loopback; and content in memory."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from lantai.kit.crypto import generate
from lantai.kit.evidence import polls
from lantai.kit.evidence.notes import verifier_key
from lantai.kit.evidence.polls import Call, Vote
from lantai.kit.evidence.trust import TrustStore
from lantai.platform.context import Ctx


def named(data: bytes) -> str:
    """What content is called."""
    return f"sha512:{hashlib.sha512(data).hexdigest()}"


class Shelf:
    """Content of this node as the registry asks for it."""

    def __init__(self, *contents: bytes) -> None:
        self.sizes = {named(one): len(one) for one in contents}
        self.held: dict[str, bytes | None] = {named(one): one for one in contents}

    def sample(self, count: int, most_bytes: int) -> list[str]:
        return list(self.sizes)[:count]

    def size(self, item: str) -> int | None:
        return self.sizes.get(item)

    def open(self, item: str) -> BinaryIO | None:
        data = self.held.get(item)
        return None if data is None else BytesIO(data)

    def mend(self, ctx: Ctx, item: str, offered: Path, *, source: str) -> bool:
        self.held[item] = offered.read_bytes()
        return named(offered.read_bytes()) == item


@dataclass
class Archives:
    """A peer: it votes on what it holds, and gives what it is told to give."""

    origin: str
    held: dict[str, bytes]
    at: datetime
    gives: dict[str, bytes] = field(default_factory=dict)  # something else than it voted for
    is_slow: bool = False
    trust: TrustStore = field(default_factory=TrustStore)
    calls: dict[str, Call] = field(default_factory=dict)
    votes: dict[str, Vote] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def __post_init__(self) -> None:
        self.key = generate("ed25519")

    def keys(self) -> str:
        """Its verifier key, as a peer is entered with it."""
        return f"{verifier_key(self.origin, self.key.public).render()}\n"

    def call(self, *items: str, at: datetime | None = None) -> str:
        """A call of its own."""
        at = at or self.at
        nonce = secrets.token_bytes(polls.NONCE_BYTES)
        call = Call(self.origin, secrets.token_hex(8), at, at + timedelta(days=2), nonce, items)
        self.calls[call.id] = call
        return polls.sign(call, self.key)

    def repair(self, call: Call, vote: Vote, item: str) -> str:
        return polls.sign(polls.ask_repair(call, vote, item, at=self.at), self.key)

    def answer(self, path: str, body: bytes) -> tuple[int, bytes]:
        """As the addresses of a node answer."""
        if path == "/poll":
            call = polls.parse_call(body.decode(), self.trust)
            self.calls[call.id] = call
            return 202, b""
        if path == "/repair":
            request = polls.parse_repair_request(body.decode(), self.trust)
            self.asked.append(request.item)
            call, vote = self.calls[request.call], self.votes[request.call]
            if not polls.may_repair(call, vote, request):
                return 403, b""
            return 200, self.gives.get(request.item, self.held[request.item])
        call = self.calls[path.removeprefix("/poll/")]
        if self.is_slow:
            return 202, b""
        self.votes[call.id] = polls.cast_vote(
            call, voter=self.origin, nonce=secrets.token_bytes(32), open_item=self._open, at=self.at
        )
        return 200, polls.sign(self.votes[call.id], self.key).encode()

    def _open(self, item: str) -> BinaryIO | None:
        return BytesIO(self.held[item]) if item in self.held else None


@contextmanager
def serving(archives: Archives) -> Iterator[Archives]:
    """The archives at an address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self._say(*archives.answer(self.path, self.rfile.read(int(self.headers["Content-Length"]))))

        def do_GET(self) -> None:
            self._say(*archives.answer(self.path, b""))

        def _say(self, status: int, data: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    archives.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield archives
    finally:
        server.shutdown()
        server.server_close()
