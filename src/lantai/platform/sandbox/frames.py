"""Length-prefixed JSON between the application and its workers, with open files beside the first byte."""

from __future__ import annotations

import array
import json
import os
import socket
import struct
from typing import Any

MAX_FRAME = 8 << 20
MAX_FDS = 240  # the kernel passes at most 253 in one message (SCM_MAX_FD)
_HEAD = struct.Struct(">I")
ANSWER_HEAD = struct.Struct(">II")  # length of the JSON, length of the bytes after it


class Closed(Exception):
    """The other end is gone."""


def send(sock: socket.socket, message: dict[str, Any], fds: list[int] | None = None) -> None:
    """Write one frame; ``fds`` arrive as duplicates at the other end. Raises ``Closed``."""
    body = json.dumps(message, ensure_ascii=False).encode()
    ancillary = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
    try:
        sock.sendmsg([_HEAD.pack(len(body))], ancillary)
        sock.sendall(body)
    except (BrokenPipeError, ConnectionResetError) as gone:
        raise Closed from gone


def receive(sock: socket.socket) -> tuple[dict[str, Any], list[int]]:
    """Read one frame and the files that came with it. Raises ``Closed`` at the end of the stream."""
    try:
        head, fds, _flags, _address = socket.recv_fds(sock, _HEAD.size, MAX_FDS)
        head += _exactly(sock, _HEAD.size - len(head)) if head else b""
        if len(head) < _HEAD.size:
            raise Closed
        (length,) = _HEAD.unpack(head)
        if length > MAX_FRAME:
            raise Closed
        return json.loads(_exactly(sock, length)), fds
    except ConnectionResetError as gone:
        raise Closed from gone


def _exactly(sock: socket.socket, length: int) -> bytes:
    parts = bytearray()
    while len(parts) < length:
        part = sock.recv(min(length - len(parts), 1 << 16))
        if not part:
            raise Closed
        parts += part
    return bytes(parts)


def write_answer(fd: int, message: dict[str, Any], blob: bytes = b"") -> None:
    """Write one answer of a call to its pipe: JSON, then the bytes of a result that is bytes."""
    body = json.dumps(message, ensure_ascii=False).encode()
    rest = memoryview(ANSWER_HEAD.pack(len(body), len(blob)) + body + blob)
    while rest:
        rest = rest[os.write(fd, rest) :]
