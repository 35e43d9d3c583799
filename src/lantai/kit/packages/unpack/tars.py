"""Tar (ustar, pax, GNU) and tar.gz, read as one stream in bounded memory."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO

from lantai.kit.errors import N_
from lantai.kit.packages import names
from lantai.kit.packages.unpack.decoding import decode_name
from lantai.kit.packages.unpack.limits import ArchiveDamaged, HeaderLies, NotAFile, TooLarge, UnknownArchive
from lantai.kit.packages.unpack.quarantine import Quarantine

BLOCK = 512
_CHUNK = 256 * 1024
_LARGEST_HEADER_BYTES = 1024 * 1024
_OCTAL = re.compile(rb"[ ]*([0-7]*)[ \0]*")
_PAX_LENGTH = re.compile(rb"(\d{1,7}) ")
_FILES, _FOLDER = frozenset(b"0\x007"), ord("5")
_LONG_NAME, _LONG_LINK, _PAX, _PAX_GLOBAL = ord("L"), ord("K"), ord("x"), ord("g")
_KINDS = {
    ord("1"): N_("硬链接"),
    ord("2"): N_("符号链接"),
    ord("3"): N_("设备文件"),
    ord("4"): N_("设备文件"),
    ord("6"): N_("管道"),
    ord("S"): N_("稀疏文件"),
}


@dataclass(slots=True)
class _Header:
    kind: int
    raw_name: bytes
    size_bytes: int


@dataclass(slots=True)
class _Pending:
    """What the next header is told by the ones before it."""

    raw_name: bytes = b""
    is_utf8: bool = False
    size_bytes: int | None = None
    keywords: set[str] = field(default_factory=set)


def unpack_tar(archive: BinaryIO, quarantine: Quarantine, *, is_gzip: bool) -> None:
    """Write every entry into ``quarantine``; raises an `UnpackRefused`."""
    stream = _Stream(_gunzipped(archive) if is_gzip else _plain(archive), quarantine)
    pending = _Pending()
    header = _first_header(stream)
    while header is not None:
        if header.kind in (_LONG_NAME, _LONG_LINK, _PAX, _PAX_GLOBAL):
            _learn(pending, header, stream)
        else:
            quarantine.count_entry()
            _entry(header, pending, stream, quarantine)
            pending = _Pending()
        header = _next_header(stream)
    stream.drain()


def looks_like_tar(head: bytes) -> bool:
    """Whether the first block is a tar header, by its own sum."""
    return len(head) >= BLOCK and any(head[:BLOCK]) and _sum_is_right(head[:BLOCK])


def _entry(header: _Header, pending: _Pending, stream: _Stream, quarantine: Quarantine) -> None:
    raw_name = pending.raw_name or header.raw_name
    path, encoding = decode_name(raw_name, is_utf8=pending.is_utf8)
    path = path.removeprefix("./")
    size = header.size_bytes if pending.size_bytes is None else pending.size_bytes
    if header.kind in _KINDS or any(word.startswith("GNU.sparse") for word in pending.keywords):
        raise NotAFile(path=names.shown(path), kind=_KINDS.get(header.kind, N_("稀疏文件")))
    if header.kind == _FOLDER or (header.kind in _FILES and path.endswith("/")):
        if size:
            raise HeaderLies(path=names.shown(path), what=N_("文件夹带有内容"))
        if path.strip("/.") or ".." in path:
            quarantine.folder(path.removesuffix("/"))
        return
    if header.kind not in _FILES:
        raise NotAFile(path=names.shown(path), kind=N_("不认识的条目"))
    if encoding == "gb18030":
        quarantine.notes.warning("gb18030", path, found=names.shown(path))
    quarantine.file(path, raw_name, stream.content(size))
    stream.skip(-size % BLOCK)


def _learn(pending: _Pending, header: _Header, stream: _Stream) -> None:
    if header.size_bytes > _LARGEST_HEADER_BYTES:
        raise TooLarge(path=names.shown(decode_name(header.raw_name)[0]), most=_LARGEST_HEADER_BYTES)
    data = stream.exactly(header.size_bytes)
    stream.skip(-header.size_bytes % BLOCK)
    if header.kind == _LONG_NAME:
        pending.raw_name = data.rstrip(b"\0")
    elif header.kind == _PAX:
        for keyword, value in _pax(data):
            pending.keywords.add(keyword)
            if keyword == "path":
                pending.raw_name, pending.is_utf8 = value, True
            elif keyword == "size":
                pending.size_bytes = _decimal(value)


def _pax(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Records of the form "length keyword=value\\n" (POSIX.1-2001)."""
    at = 0
    while at < len(data):
        found = _PAX_LENGTH.match(data, at)
        record = data[found.end() : at + int(found[1])] if found else b""
        keyword, equals, value = record.partition(b"=")
        if found is None or not equals or not value.endswith(b"\n"):
            raise ArchiveDamaged(where=N_("扩展头"))
        yield keyword.decode("utf-8", "replace"), value[:-1]
        at += int(found[1])


def _decimal(value: bytes) -> int:
    if not value.isdigit() or len(value) > 18:
        raise ArchiveDamaged(where=N_("扩展头"))
    return int(value)


def _first_header(stream: _Stream) -> _Header | None:
    """As `_next_header`, but a gzip file of something else than tar is not called damaged."""
    try:
        return _next_header(stream)
    except ArchiveDamaged as error:
        raise UnknownArchive(found=N_("gzip，但里面不是 tar")) from error


def _next_header(stream: _Stream) -> _Header | None:
    """The next header; None at the end mark, or where the stream ends between entries."""
    block = stream.block()
    if not block or not any(block):
        return None
    if not _sum_is_right(block):
        raise ArchiveDamaged(where=N_("文件头校验不符"))
    name = block[:100].partition(b"\0")[0]
    prefix = block[345:500].partition(b"\0")[0] if block[257:263] == b"ustar\0" else b""
    return _Header(block[156], prefix + b"/" + name if prefix else name, _number(block[124:136]))


def _sum_is_right(block: bytes) -> bool:
    try:
        stated = _number(block[148:156])
    except ArchiveDamaged:
        return False
    return sum(block[:148]) + 8 * ord(" ") + sum(block[156:]) == stated


def _number(field_bytes: bytes) -> int:
    """Octal digits, or GNU's base 256 for what does not fit."""
    if field_bytes[0] == 0x80:
        return int.from_bytes(field_bytes[1:], "big")
    found = _OCTAL.fullmatch(field_bytes)
    if found is None:
        raise ArchiveDamaged(where=N_("文件头"))
    return int(found[1] or b"0", 8)


class _Stream:
    """The unpacked bytes of the archive, handed out in the pieces that tar wants."""

    def __init__(self, pieces: Iterator[bytes], quarantine: Quarantine) -> None:
        self._pieces = pieces
        self._quarantine = quarantine
        self._rest = memoryview(b"")

    def block(self) -> bytes:
        """The next 512 bytes; nothing at the end of the stream."""
        first = self._some(BLOCK)
        if not first:
            return b""
        data = first + (self._filled(BLOCK - len(first)) if len(first) < BLOCK else b"")
        self._quarantine.spend_unseen(BLOCK)
        return data

    def exactly(self, count: int) -> bytes:
        """``count`` bytes of a header; raises `ArchiveDamaged` when there are fewer."""
        self._quarantine.spend_unseen(count)
        return self._filled(count)

    def content(self, count: int) -> Iterator[bytes]:
        """``count`` bytes of a file, piece by piece; the quarantine counts them as it writes."""
        while count:
            data = self._some(count)
            if not data:
                raise ArchiveDamaged(where=N_("文件被截断"))
            count -= len(data)
            yield data

    def skip(self, count: int) -> None:
        """Pass over padding."""
        self.exactly(count)

    def drain(self) -> None:
        """Read to the end, so that what follows the end mark is counted and its sums are checked."""
        while data := self._some(_CHUNK):
            self._quarantine.spend_unseen(len(data))

    def _filled(self, count: int) -> bytes:
        return b"".join(self.content(count))

    def _some(self, most: int) -> bytes:
        if not self._rest:
            self._rest = memoryview(next(self._pieces, b""))
        data, self._rest = bytes(self._rest[:most]), self._rest[most:]
        return data


def _plain(archive: BinaryIO) -> Iterator[bytes]:
    while data := archive.read(_CHUNK):
        yield data


def _gunzipped(archive: BinaryIO) -> Iterator[bytes]:
    """The content of all gzip members, at most 256 KiB at a time, sums checked by zlib."""
    inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
    data = b""
    try:
        while True:
            data = data or archive.read(_CHUNK)
            if not data:
                break
            if inflate.eof:
                inflate = zlib.decompressobj(16 + zlib.MAX_WBITS)
            piece = inflate.decompress(data, _CHUNK)
            data = inflate.unused_data if inflate.eof else inflate.unconsumed_tail
            if piece:
                yield piece
    except zlib.error as error:
        raise ArchiveDamaged(where=N_("gzip 数据")) from error
    if not inflate.eof:
        raise ArchiveDamaged(where=N_("文件被截断"))
