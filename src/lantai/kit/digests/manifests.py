"""Manifest lines as BagIt writes them: digest, two spaces, path (RFC 8493 §2.1.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lantai.kit.errors import N_, Invalid

HEX_LENGTHS = {"sha256": 64, "sha512": 128, "sm3": 64}
MAX_LINE_BYTES = 8192

_LINE = re.compile(r"([0-9A-Fa-f]+)[ \t]+(\S.*|\S)", re.DOTALL)
_ESCAPE = {"%": "%25", "\n": "%0A", "\r": "%0D"}
_ESCAPED = re.compile(r"%(25|0[AaDd])")
_DRIVE = re.compile(r"[A-Za-z]:")


class BadManifestLine(Invalid):
    """A manifest line that cannot be trusted to mean one file."""


@dataclass(frozen=True, slots=True)
class ManifestLine:
    """One file of a manifest; `path` is relative, with forward slashes, unescaped."""

    digest: str
    path: str


def write_manifest(lines: Iterable[ManifestLine], *, algorithm: str) -> Iterator[bytes]:
    """The UTF-8 lines of a manifest in the order given; refuses what `read_manifest` would refuse."""
    seen: set[str] = set()
    for number, line in enumerate(lines, 1):
        _require_sound(line, number, algorithm, seen)
        escaped = re.sub(r"[%\r\n]", lambda found: _ESCAPE[found[0]], line.path)
        yield f"{line.digest.lower()}  {escaped}\n".encode()


def read_manifest(lines: Iterable[bytes], *, algorithm: str) -> Iterator[ManifestLine]:
    """Each line of a manifest of `algorithm`; raises BadManifestLine at the first that is not sound.

    Refused are: other encodings than UTF-8, a digest of another length, an absolute path or one
    that leaves its folder, and a path named twice.
    """
    seen: set[str] = set()
    for number, raw in enumerate(lines, 1):
        line = _parsed(raw, number)
        _require_sound(line, number, algorithm, seen)
        yield line


def _parsed(raw: bytes, number: int) -> ManifestLine:
    if len(raw) > MAX_LINE_BYTES:
        raise BadManifestLine(N_("清单第 %(number)d 行过长。"), number=number)
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadManifestLine(N_("清单第 %(number)d 行不是 UTF-8 编码。"), number=number) from error
    found = _LINE.fullmatch(text.removesuffix("\n").removesuffix("\r"))
    if found is None:
        raise BadManifestLine(N_("清单第 %(number)d 行不是“摘要  路径”的形式。"), number=number)
    path = _ESCAPED.sub(lambda code: chr(int(code[1], 16)), found[2])
    return ManifestLine(found[1].lower(), path)


def _require_sound(line: ManifestLine, number: int, algorithm: str, seen: set[str]) -> None:
    if len(line.digest) != HEX_LENGTHS[algorithm] or not re.fullmatch(r"[0-9A-Fa-f]+", line.digest):
        raise BadManifestLine(
            N_("清单第 %(number)d 行的摘要不是 %(algorithm)s 的长度。"), number=number, algorithm=algorithm
        )
    if not is_safe_path(line.path) or line.path[0].isspace():
        raise BadManifestLine(
            N_("清单第 %(number)d 行的路径“%(path)s”不是包内的相对路径。"), number=number, path=line.path
        )
    if line.path in seen:
        raise BadManifestLine(
            N_("清单第 %(number)d 行的路径“%(path)s”重复出现。"), number=number, path=line.path
        )
    seen.add(line.path)


def is_safe_path(path: str) -> bool:
    """Whether `path` names something inside its own folder on every operating system."""
    if not path or path.startswith(("/", "~")) or "\\" in path or "\0" in path or _DRIVE.match(path):
        return False
    return all(part not in ("", ".", "..") for part in path.split("/"))
