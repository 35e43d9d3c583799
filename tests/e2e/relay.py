"""A line to a server that breaks where it is told to."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class Relay:
    """Passes bytes on in both directions; each of ``breaks`` is after how many of a sender's bytes it breaks.

    After ``spoil_at`` bytes of one sender it alters one, once.
    """

    target: int
    breaks: list[int] = field(default_factory=list)
    spoil_at: int | None = None
    broken: int = 0
    spoilt: int = 0
    _door: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def port(self) -> int:
        """Where to call."""
        return int(self._door.getsockname()[1])

    def serve(self) -> None:
        """Take calls until the door is closed."""
        while True:
            try:
                caller, _address = self._door.accept()
            except OSError:
                return
            with suppress(OSError):
                self._connect(caller)

    def close(self) -> None:
        """No more calls."""
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()

    def _connect(self, caller: socket.socket) -> None:
        server = socket.create_connection(("127.0.0.1", self.target))
        for work in (self._send, self._answer):
            threading.Thread(target=work, args=(caller, server), daemon=True).start()

    def _send(self, caller: socket.socket, server: socket.socket) -> None:
        passed = 0
        with suppress(OSError):
            while piece := caller.recv(16 * 1024):
                passed += len(piece)
                if self._breaks_at(passed):
                    break
                server.sendall(self._spoilt(piece, passed))
        _hang_up(caller, server)

    def _spoilt(self, piece: bytes, passed: int) -> bytes:
        with self._lock:
            if self.spoil_at is None or passed < self.spoil_at:
                return piece
            self.spoil_at, self.spoilt = None, self.spoilt + 1
        return bytes([piece[0] ^ 1]) + piece[1:]

    def _breaks_at(self, passed: int) -> bool:
        with self._lock:
            if not self.breaks or passed < self.breaks[0]:
                return False
            self.breaks.pop(0)
            self.broken += 1
            return True

    @staticmethod
    def _answer(caller: socket.socket, server: socket.socket) -> None:
        with suppress(OSError):
            while piece := server.recv(16 * 1024):
                caller.sendall(piece)
        _hang_up(caller, server)


def _hang_up(*ends: socket.socket) -> None:
    for end in ends:
        with suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@contextmanager
def relay(target: int, breaks: Sequence[int] = (), *, spoil_at: int | None = None) -> Iterator[Relay]:
    """A line to the server at port ``target`` of this machine."""
    made = Relay(target, list(breaks), spoil_at)
    threading.Thread(target=made.serve, daemon=True).start()
    try:
        yield made
    finally:
        made.close()
