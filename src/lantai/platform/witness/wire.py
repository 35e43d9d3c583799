"""Calls to configured addresses: certificates are checked, nothing is followed, size and time are bounded.

An address comes from a peer's row or a setting, never from what somebody sent. Still its name may one day
lead elsewhere: the addresses behind it are judged, and the connection goes to the one that was judged.
"""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import BinaryIO
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from lantai.kit.errors import N_
from lantai.platform.witness.types import BadAddress, PeerSilent

CONNECT_SECONDS = 10.0
WHOLE_SECONDS = 30.0
MAX_ANSWER_BYTES = 256 * 1024
_PIECE_BYTES = 1024 * 1024
_LATE = N_("在限定时间内没有答完")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whatever it says."""

    status: int
    kind: str
    body: bytes


def check_address(address: str) -> SplitResult:
    """The parts of an address that may be called; raises BadAddress.

    `https` everywhere; `http` only on this machine, or where the setting says that the network is closed.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise BadAddress(address=address[:100], why=N_("不是网址"), field="address") from error
    why = _fault(address, parts, port)
    if why:
        raise BadAddress(address=address[:100], why=why, field="address")
    return parts


def _fault(address: str, parts: SplitResult, port: int | None) -> str:
    if parts.scheme not in ("https", "http") or not parts.hostname or port == 0:
        return N_("须以 https:// 开头并写明主机")
    if "@" in parts.netloc or parts.query or parts.fragment:
        return N_("不能带用户名、参数或片段")
    if not address.isascii() or any(char <= " " for char in address):
        return N_("含有不允许的字符")
    if parts.scheme == "http" and not (settings.LANTAI_PEER_HTTP or parts.hostname in _OURSELVES):
        return N_("须使用 https；封闭网络确需使用 http 时由系统管理员在设置中允许")
    return ""


_OURSELVES = frozenset({"127.0.0.1", "localhost", "::1"})


def post(
    address: str, body: bytes, *, kind: str, most_bytes: int = MAX_ANSWER_BYTES, key: str = ""
) -> Answer:
    """The answer to a POST; raises PeerSilent for none within the time, BadAddress before any call.

    ``key`` is shown as a bearer token, to that address alone: nothing is followed.
    """
    shown = {"Authorization": f"Bearer {key}"} if key else {}
    return _call("POST", address, body, {"Content-Type": kind, **shown}, most_bytes)


def ask(address: str, query: str, *, most_bytes: int) -> Answer:
    """The answer to a GET with a query; as `post`."""
    return _call("GET", address, None, {}, most_bytes, query)


def fetch(address: str, body: bytes, *, kind: str, target: BinaryIO, most_bytes: int) -> None:
    """The answer to a POST straight into a file, for content; raises PeerSilent for anything but 200 in bounds.

    The time grows with the size: a megabyte a second, and never less than for any other call.
    """
    parts = check_address(address)
    whole = WHOLE_SECONDS + most_bytes / 1_000_000
    try:
        with _connected(parts, whole) as connection:
            connection.request("POST", parts.path or "/", body, {"Content-Type": kind, "Connection": "close"})
            found = connection.getresponse()
            if found.status != 200:
                raise PeerSilent(why=f"HTTP {found.status}")
            left = most_bytes + 1
            while left and (data := found.read(min(left, _PIECE_BYTES))):
                target.write(data)
                left -= len(data)
            if not left:
                raise PeerSilent(why=N_("答复过大"))
    except TimeoutError as error:
        raise PeerSilent(why=_LATE) from error
    except ssl.SSLCertVerificationError as error:
        raise PeerSilent(why=N_("对方的网站证书不可信")) from error
    except (OSError, http.client.HTTPException) as error:
        raise PeerSilent(why=(str(error) or type(error).__name__)[:200]) from error


def get(address: str) -> Answer:
    """The answer to a GET; as `post`."""
    return _call("GET", address, None, {}, MAX_ANSWER_BYTES)


def _call(
    method: str, address: str, body: bytes | None, headers: dict[str, str], most_bytes: int, query: str = ""
) -> Answer:
    parts = check_address(address)
    target = f"{parts.path or '/'}?{query}" if query else parts.path or "/"
    try:
        with _connected(parts, WHOLE_SECONDS + most_bytes / 1_000_000) as connection:
            connection.request(method, target, body, {**headers, "Connection": "close"})
            found = connection.getresponse()
            data = found.read(most_bytes + 1)
            if len(data) > most_bytes:
                raise PeerSilent(why=N_("答复过大"))
            return Answer(found.status, found.headers.get_content_type(), data)
    except TimeoutError as error:
        raise PeerSilent(why=_LATE) from error
    except ssl.SSLCertVerificationError as error:
        raise PeerSilent(why=N_("对方的网站证书不可信")) from error
    except (OSError, http.client.HTTPException) as error:
        raise PeerSilent(why=(str(error) or type(error).__name__)[:200]) from error


@contextmanager
def _connected(
    parts: SplitResult, whole_seconds: float = WHOLE_SECONDS
) -> Iterator[http.client.HTTPConnection]:
    """A connection that is cut when the whole call takes too long, also by a drip of single bytes.

    Raises TimeoutError then: what came before the cut may look like a whole answer.
    """
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    held = [socket.create_connection((_judged(host, port), port), timeout=CONNECT_SECONDS)]
    is_late = threading.Event()
    cut = threading.Timer(whole_seconds, _cut, (held, is_late))
    cut.daemon = True
    cut.start()
    connection = http.client.HTTPConnection(host, port, timeout=CONNECT_SECONDS)
    try:
        if parts.scheme == "https":
            held[0] = _trusting().wrap_socket(held[0], server_hostname=host)
        connection.sock = held[0]
        yield connection
        if is_late.is_set():
            raise TimeoutError
    except (OSError, http.client.HTTPException) as error:
        raise (TimeoutError() if is_late.is_set() else error) from error.__cause__
    finally:
        cut.cancel()
        with suppress(
            OSError
        ):  # an answer that was not read to its end holds the socket, and the other side with it
            held[0].shutdown(socket.SHUT_RDWR)
        connection.close()
        held[0].close()


def _cut(held: list[socket.socket], is_late: threading.Event) -> None:
    """The socket as it is now: wrapping it for TLS leaves an empty one behind."""
    is_late.set()
    with suppress(OSError):  # it had ended by itself
        held[0].shutdown(socket.SHUT_RDWR)


def _trusting() -> ssl.SSLContext:
    ca = settings.LANTAI_PEER_CA
    return ssl.create_default_context(cafile=str(ca) if ca else None)


def _judged(host: str, port: int) -> str:
    """An address of the host to which a call may go; raises BadAddress when any of them may not be called.

    The metadata services of clouds are link-local; this machine is called only by its own name.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for *_, place in found:
        at = ipaddress.ip_address(str(place[0]).split("%")[0])
        at = getattr(at, "ipv4_mapped", None) or at
        is_wrong = at.is_link_local or at.is_multicast or at.is_unspecified or at.is_reserved
        if is_wrong or (at.is_loopback and host not in _OURSELVES):
            raise BadAddress(address=host, why=N_("不能访问这个网段"), field="address")
    return str(found[0][4][0])
