"""The part of clamd's protocol that scanning needs: VERSION, and INSTREAM within one session.

Content goes over the socket, never a path: the daemon may run as another user or on another
machine. Anything but its plain "OK" to a whole stream means that the content was not scanned.
"""

from __future__ import annotations

import re
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import BinaryIO

from lantai.platform.scanning.types import FileVerdict, Scanner, ScannerUnavailable, ScanState

TIMEOUT_S = 120.0
CONNECT_TIMEOUT_S = 5.0
CHUNK_BYTES = 256 * 1024
MAX_REPLY_BYTES = 4096

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DATED = re.compile(r"(?P<name>[^/]+)/\d+/\w{3} (?P<month>\w{3}) +(?P<day>\d{1,2}) [\d:]+ (?P<year>\d{4})")
# What clamd "finds" when it gave up or could not look inside: no virus, but no clean file either.
_GAVE_UP = ("Heuristics.Limits.Exceeded", "Heuristics.Encrypted")


class _Lost(Exception):
    """The connection ended or timed out before the answer; `said` is what had come until then."""

    def __init__(self, error: OSError, said: str = "") -> None:
        super().__init__(str(error))
        self.said, self.is_timeout = said, isinstance(error, TimeoutError)


def ask_version(address: str) -> Scanner:
    """Who answers at `address`, and of which day its definitions are; raises ScannerUnavailable."""
    with _connected(address) as connection:
        try:
            connection.sendall(b"zVERSION\0")
            return read_version(_reply(connection))
        except (_Lost, OSError) as error:
            raise ScannerUnavailable(reason=str(error)) from error


def read_version(said: str) -> Scanner:
    """Name and date in a reply such as ``ClamAV 1.4.6/27450/Fri Nov 20 08:33:02 2026``."""
    match = _DATED.fullmatch(said)
    if match is None or match["month"] not in _MONTHS:
        return Scanner(said.partition("/")[0][:80], None)
    try:
        made_on = date(int(match["year"]), _MONTHS.index(match["month"]) + 1, int(match["day"]))
    except ValueError:
        made_on = None
    return Scanner(match["name"][:80], made_on)


class Session:
    """One connection on which many streams are scanned, one after the other."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self.is_open = True
        self.is_stuck = False  # the daemon did not answer in time
        self.is_cut = False  # the daemon hung up without a word
        self.count = 0

    def scan(self, name: str, stream: BinaryIO) -> FileVerdict:
        """The verdict over a stream, read to its end; a stream that cannot be read was not scanned."""
        self.count += 1
        try:
            said = self._ask(stream)
        except _Lost as lost:
            # Above its limit clamd answers, and hangs up while we are still sending.
            self.is_open, self.is_stuck = False, lost.is_timeout
            self.is_cut = not lost.said and not lost.is_timeout
            return FileVerdict(name, ScanState.NOT_SCANNED, reason=lost.said or str(lost))
        except OSError as error:  # of the stream; the daemon waits for the rest of it in vain
            self.is_open = False
            return FileVerdict(name, ScanState.NOT_SCANNED, reason=error.strerror or "cannot be read")
        if said.endswith(" ERROR"):
            self.is_open = False  # after an error clamd ends the session
        return read_verdict(name, said)

    def _ask(self, stream: BinaryIO) -> str:
        self._send(b"zINSTREAM\0")
        while chunk := stream.read(CHUNK_BYTES):
            self._send(struct.pack(">I", len(chunk)) + chunk)
        self._send(struct.pack(">I", 0))
        return _reply(self._connection)

    def _send(self, data: bytes) -> None:
        try:
            self._connection.sendall(data)
        except OSError as error:
            raise _Lost(error, _last_words(self._connection)) from error


@contextmanager
def session(address: str) -> Iterator[Session]:
    """A session with the daemon at `address`; raises ScannerUnavailable when it does not answer."""
    with _connected(address) as connection:
        try:
            connection.sendall(b"zIDSESSION\0")
        except OSError as error:
            raise ScannerUnavailable(reason=str(error)) from error
        made = Session(connection)
        yield made
        if made.is_open:
            _say_goodbye(connection)


def read_verdict(name: str, said: str) -> FileVerdict:
    """What a reply such as ``3: stream: Eicar-Test FOUND`` says; all but a plain OK is not clean."""
    said = re.sub(r"^\d+: ", "", said)
    if said == "stream: OK":
        return FileVerdict(name, ScanState.CLEAN)
    match = re.fullmatch(r"stream: (\S.*) FOUND", said)
    if match is None:
        return FileVerdict(name, ScanState.NOT_SCANNED, reason=said[:200])
    if match[1].startswith(_GAVE_UP):
        return FileVerdict(name, ScanState.NOT_SCANNED, reason=match[1][:200])
    return FileVerdict(name, ScanState.INFECTED, threat=match[1][:200])


@contextmanager
def _connected(address: str) -> Iterator[socket.socket]:
    try:
        connection = _connect(address)
    except (OSError, ValueError) as error:
        raise ScannerUnavailable(reason=str(error)) from error
    with connection:
        connection.settimeout(TIMEOUT_S)
        yield connection


def _connect(address: str) -> socket.socket:
    """A socket to ``/path`` or ``host:port``; raises OSError, or ValueError for another form."""
    if not address.startswith("/"):
        host, _, port = address.rpartition(":")
        return socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_TIMEOUT_S)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(CONNECT_TIMEOUT_S)
        connection.connect(address)
    except OSError:
        connection.close()
        raise
    return connection


def _reply(connection: socket.socket) -> str:
    """One answer, up to its NUL; raises _Lost."""
    said = b""
    while not said.endswith(b"\0"):
        try:
            more = connection.recv(MAX_REPLY_BYTES)
        except OSError as error:
            raise _Lost(error, _text(said)) from error
        said += more
        if not more or len(said) > MAX_REPLY_BYTES:
            raise _Lost(ConnectionResetError("connection closed"), _text(said))
    return _text(said)


def _last_words(connection: socket.socket) -> str:
    """Why the daemon hung up, when it said so."""
    try:
        connection.settimeout(1)
        return _text(connection.recv(MAX_REPLY_BYTES))
    except OSError:
        return ""


def _say_goodbye(connection: socket.socket) -> None:
    try:
        connection.sendall(b"zEND\0")
    except OSError:
        return  # the verdicts are in; how the daemon hears of the end does not matter


def _text(said: bytes) -> str:
    return said.rstrip(b"\0\n").decode("utf-8", "replace")[:200]
