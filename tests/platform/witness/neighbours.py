"""Another node as this one meets it: a witness of the kit on loopback, and a log in memory."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from lantai.kit.crypto import generate
from lantai.kit.errors import Refusal
from lantai.kit.evidence import witnessing
from lantai.kit.evidence.checkpoints import Checkpoint, parse_checkpoint, sign_checkpoint
from lantai.kit.evidence.merkle import SHA256, root
from lantai.kit.evidence.notes import Note, verifier_key, witness_key
from lantai.kit.evidence.tiles import append
from lantai.kit.evidence.trust import TrustStore

NAME, ORIGIN = "witness.example/w1", "other.example/log"
NOW = 1_772_000_000


class Tiles(dict):
    """Tiles in memory."""

    def read(self, level: int, index: int, width: int) -> bytes:
        """As a store reads them."""
        return self.get((level, index), b"")


class Log:
    """A log that grows, and its signed checkpoints."""

    def __init__(self, origin: str = ORIGIN, seed: str = "") -> None:
        self.origin, self.seed, self.size, self.tiles = origin, seed, 0, Tiles()
        self.keys = [generate("ed25519"), generate("sm2")]
        self.leaves: list[bytes] = []

    def grow(self, count: int, seed: str = "") -> Note:
        """The checkpoint after `count` more leaves."""
        made = [SHA256.leaf(f"{seed or self.seed}{self.size + n}".encode()) for n in range(count)]
        for tile in append(made, self.size, self.tiles).tiles:
            self.tiles[tile.level, tile.index] = tile.data
        self.leaves += made
        self.size += count
        return self.head()

    def head(self) -> Note:
        """The checkpoint as it stands."""
        return sign_checkpoint(Checkpoint(self.origin, self.size, root(self.leaves)), self.keys)

    def request(self, old: int, note: Note | None = None) -> bytes:
        """The body of a request for a cosignature."""
        return witnessing.request_for(note or self.head(), old, self.tiles).render().encode()

    def trust(self) -> str:
        """Its keys, as a trust file."""
        return "".join(f"{verifier_key(self.origin, key.public).render()}\n" for key in self.keys)


@dataclass
class Witness:
    """A witness that keeps its state in memory; what it answers can be bent."""

    name: str = NAME
    seen: dict[str, tuple[Checkpoint, str]] = field(default_factory=dict)
    trust: TrustStore = field(default_factory=TrustStore)
    bent: list[tuple[int, str, bytes]] = field(default_factory=list)
    asked: int = 0
    address: str = ""

    def __post_init__(self) -> None:
        self.keys = [generate("ed25519"), generate("sm2")]
        self.lock = threading.Lock()

    def verifier_keys(self) -> str:
        """Its keys, as a trust file."""
        return "".join(f"{witness_key(self.name, key.public).render()}\n" for key in self.keys)

    def answer(self, body: bytes) -> tuple[int, str, bytes]:
        """Status, media type and body."""
        self.asked += 1
        if self.bent:
            return self.bent.pop(0)
        try:
            with self.lock:
                request = witnessing.parse_request(body)
                origin = parse_checkpoint(request.note.text).origin
                known = self.seen[origin][0] if origin in self.seen else None
                new = witnessing.judge_request(request, trust=self.trust, known=known)
                self.seen[origin] = (new, request.note.render())
        except witnessing.WrongOldSize as refusal:
            return 409, witnessing.SIZE_TYPE, refusal.body.encode()
        except Refusal as refusal:
            return refusal.status, "text/plain", str(refusal).encode()
        signers = [(self.name, key) for key in self.keys]
        return 200, "text/plain", witnessing.answer(request.note, signers, posix_seconds=NOW).encode()

    def held(self, place: str) -> bytes | None:
        """The newest checkpoint of the log whose origin has that digest."""
        for origin, (_, note) in self.seen.items():
            if hashlib.sha256(origin.encode()).hexdigest() == place:
                return note.encode()
        return None


@contextmanager
def serving(witness: Witness) -> Iterator[Witness]:
    """The witness behind an address on loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, kind, data = witness.answer(self.rfile.read(int(self.headers["Content-Length"])))
            self._say(status, kind, data)

        def do_GET(self) -> None:
            data = witness.held(self.path.split("/")[1])
            self._say(404 if data is None else 200, "text/plain", data or b"")

        def _say(self, status: int, kind: str, data: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *args: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    witness.address = f"http://127.0.0.1:{server.server_port}"
    try:
        yield witness
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
