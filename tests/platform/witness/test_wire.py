"""Who answers slowly or without end is cut off, and what came until then is not taken for an answer."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from lantai.platform.witness import wire
from lantai.platform.witness.types import PeerSilent

_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"


@contextmanager
def serving(give: Callable[[socket.socket, threading.Event], None]) -> Iterator[str]:
    """A server on this machine that hears one request and does ``give``."""
    ended = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def work() -> None:
            with suppress(OSError):  # cut off, as it should be
                caller, _address = server.accept()
                with caller:
                    caller.recv(65_536)
                    give(caller, ended)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/oai"
        ended.set()
    thread.join(10)  # who was never asked waits on


def _drip(caller: socket.socket, ended: threading.Event) -> None:
    """A whole document at once, and then a byte now and then: it could be all, had nobody looked at the time."""
    caller.sendall(_HEAD + b"\r\n<a></a>")
    while not ended.wait(0.02):
        caller.sendall(b" ")


def _be_silent(_caller: socket.socket, ended: threading.Event) -> None:
    ended.wait()


def _never_end(caller: socket.socket, ended: threading.Event) -> None:
    caller.sendall(_HEAD + b"\r\n")
    while not ended.is_set():
        caller.sendall(b"<a>" * 1_000)


@pytest.mark.parametrize(("give", "why"), [
    (_drip, "在限定时间内没有答完"), (_be_silent, "在限定时间内没有答完"), (_never_end, "答复过大"),
])  # fmt: skip
def test_an_answer_that_does_not_end_is_none(
    monkeypatch: pytest.MonkeyPatch, give: Callable[[socket.socket, threading.Event], None], why: str
) -> None:
    monkeypatch.setattr(wire, "WHOLE_SECONDS", 0.3 if give is not _never_end else 30.0)
    with serving(give) as address, pytest.raises(PeerSilent) as refused:
        wire.ask(address, "verb=Identify", most_bytes=10_000)
    assert refused.value.params["why"] == why


def test_an_answer_in_time_is_one() -> None:
    with serving(lambda caller, _ended: caller.sendall(_HEAD + b"Content-Length: 4\r\n\r\n<a/>")) as address:
        answer = wire.ask(address, "verb=Identify", most_bytes=4)
    assert (answer.status, answer.kind, answer.body) == (200, "text/xml", b"<a/>")
