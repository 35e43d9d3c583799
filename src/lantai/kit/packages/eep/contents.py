"""The computer files in a package: Base64 decoded while it streams, each file under a name that is safe."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Protocol

from lantai.kit.errors import N_
from lantai.kit.packages import names
from lantai.kit.packages.building import copy_hashed
from lantai.kit.packages.eep.types import Stored

UNNAMED = N_("未命名")
SEPARATED = N_("含有路径分隔符")
_OURS = re.compile(r"(?:修改|文件)\d+")
_SUFFIX = re.compile(r"base64-([a-z0-9]{1,8})", re.IGNORECASE | re.ASCII)
_SPACE = b" \t\r\n"


class DataBroken(Exception):
    """The text is not Base64 to its end; what was decoded before is not a file."""


def decode(pieces: Iterable[str]) -> Iterator[bytes]:
    """The octets of Base64 (RFC 2045) that comes in pieces; raises `DataBroken`."""
    rest, is_padded = b"", False
    for piece in pieces:
        try:
            text = rest + piece.encode("ascii").translate(None, _SPACE)
            whole = len(text) - len(text) % 4
            if whole and is_padded:
                raise DataBroken
            data = binascii.a2b_base64(text[:whole], strict_mode=True) if whole else b""
        except ValueError as error:  # binascii.Error and UnicodeError are two of these
            raise DataBroken from error
        is_padded = is_padded or text[:whole].endswith(b"=")
        rest = text[whole:]
        if data:
            yield data
    if rest:
        raise DataBroken


class Keep(Protocol):
    """Where the content of a computer file goes; whatever it raises, nothing half is left."""

    def __call__(self, path: str, content: Iterator[bytes]) -> Stored: ...


def into(folder: Path) -> Keep:
    """Keeps files in ``folder``, digested while they are written."""

    def keep(path: str, content: Iterator[bytes]) -> Stored:
        target = folder / path
        try:
            digests, size = copy_hashed(content, target)
        except DataBroken:
            target.unlink(missing_ok=True)
            raise
        return Stored(path, size, digests)

    return keep


def looked_at(path: str, content: Iterator[bytes]) -> Stored:
    """Keeps nothing: says where the content would lie, having decoded all of it."""
    return Stored(path, sum(map(len, content)))


class Places:
    """Gives each computer file its path: its own name where that is safe and free.

    The same package gives the same paths each time. Files of a later layer lie in 修改1/, 修改2/ …
    """

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._count = 0

    def give(self, layer: int, name: str, keyword: str) -> tuple[str, str]:
        """The path, and why the name could not be used, if so; ``keyword`` is 反编码关键字."""
        self._count += 1
        folder = f"修改{layer}/" if layer else ""
        reason = SEPARATED if "/" in name else names.trouble_with(name)
        found = _SUFFIX.fullmatch(keyword.strip())
        plain = name if not reason else UNNAMED + (f".{found[1].lower()}" if found else "")
        path = f"{folder}{plain}"
        if reason or names.key_of(path) in self._taken or _OURS.fullmatch(plain):
            path = f"{folder}文件{self._count}/{plain}"
        self._taken.add(names.key_of(path))
        return path, reason
