"""Zip, read strictly: the central directory, each local header and the content must agree.

The usual library believes the directory and keeps all of it in memory as objects; what attacks
live on are the differences between the two, so that both are read here (APPNOTE 6.3.10).
"""

from __future__ import annotations

import stat
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from lantai.kit.errors import N_
from lantai.kit.packages import names
from lantai.kit.packages.unpack.decoding import decode_name
from lantai.kit.packages.unpack.limits import (
    ArchiveDamaged,
    ArchiveEncrypted,
    EntriesOverlap,
    HeaderLies,
    Limits,
    MethodUnsupported,
    NotAFile,
    TooLarge,
    TooManyEntries,
)
from lantai.kit.packages.unpack.quarantine import Quarantine

_CHUNK = 256 * 1024
_END = struct.Struct("<4s4H2LH")
_END64_PLACE = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_CENTRAL = struct.Struct("<4s4B4HL2L5H2L")
_LOCAL = struct.Struct("<4s2B4HL2L2H")
_LONGEST_COMMENT = 0xFFFF
_ENCRYPTED = 0x0001 | 0x0040 | 0x2000
_UTF8 = 0x0800
_STORED, _DEFLATED = 0, 8
_METHOD_NAMES = {9: "Deflate64", 12: "bzip2", 14: "LZMA", 93: "Zstandard", 95: "xz", 99: "AES"}
_UNIX = 3
_ZIP64_EXTRA, _UNICODE_PATH_EXTRA = 0x0001, 0x7075


@dataclass(frozen=True, slots=True)
class _Entry:
    raw_name: bytes
    path: str
    encoding: str
    method: int
    crc: int
    packed_bytes: int
    size_bytes: int
    offset: int
    is_folder: bool

    @property
    def shown(self) -> str:
        return names.shown(self.path)


@dataclass(frozen=True, slots=True)
class _Directory:
    offset: int
    size_bytes: int
    count: int


def unpack_zip(archive: BinaryIO, size_bytes: int, quarantine: Quarantine, limits: Limits) -> None:
    """Write every entry into ``quarantine``; raises an `UnpackRefused`."""
    directory = _find_directory(archive, size_bytes)
    if directory.count > limits.entries:
        raise TooManyEntries(most=limits.entries)
    entries = list(_entries(archive, directory, limits))
    starts = _content_starts(archive, entries, directory.offset)
    for entry in entries:
        quarantine.count_entry()
        if entry.encoding == "gb18030":
            quarantine.notes.warning("gb18030", entry.path, found=entry.shown)
        if entry.is_folder:
            quarantine.folder(entry.path)
            continue
        content = _content(archive, entry, starts[entry.offset])
        quarantine.file(entry.path, entry.raw_name, content, packed_bytes=max(1, entry.packed_bytes))


def _find_directory(archive: BinaryIO, size_bytes: int) -> _Directory:
    """The end record, whose comment must reach exactly to the end of the file."""
    tail_at = max(0, size_bytes - _END.size - _LONGEST_COMMENT)
    archive.seek(tail_at)
    tail = archive.read(_END.size + _LONGEST_COMMENT)
    at = tail.rfind(b"PK\x05\x06")
    while at >= 0:
        if at + _END.size <= len(tail):
            end = _END.unpack_from(tail, at)
            if at + _END.size + end[7] == len(tail):
                return _directory(archive, end, tail_at + at)
        at = tail.rfind(b"PK\x05\x06", 0, at)
    raise ArchiveDamaged(where=N_("找不到目录"))


def _directory(archive: BinaryIO, end: tuple[int, ...], end_at: int) -> _Directory:
    disk, start_disk, _here, count, size, offset = end[1:7]
    if disk not in (0, 0xFFFF) or start_disk not in (0, 0xFFFF):
        raise ArchiveDamaged(where=N_("分卷压缩包，请合成一个"))
    expected_end = end_at
    if 0xFFFF in (count, disk) or 0xFFFFFFFF in (size, offset):
        found = _zip64(archive, end_at)
        if found is not None:
            expected_end, count, size, offset = found
    if offset + size != expected_end:
        raise ArchiveDamaged(where=N_("目录的位置不对"))
    return _Directory(offset, size, count)


def _zip64(archive: BinaryIO, end_at: int) -> tuple[int, int, int, int] | None:
    place = _read_at(archive, end_at - _END64_PLACE.size, _END64_PLACE.size)
    if len(place) < _END64_PLACE.size or not place.startswith(b"PK\x06\x07"):
        return None
    at = _END64_PLACE.unpack(place)[2]
    record = _read_at(archive, at, _END64.size)
    if len(record) < _END64.size or not record.startswith(b"PK\x06\x06"):
        raise ArchiveDamaged(where=N_("目录的位置不对"))
    values = _END64.unpack(record)
    return at, values[7], values[8], values[9]


def _read_at(archive: BinaryIO, offset: int, count: int) -> bytes:
    if offset < 0:
        return b""
    archive.seek(offset)
    return archive.read(count)


def _entries(archive: BinaryIO, directory: _Directory, limits: Limits) -> Iterator[_Entry]:
    archive.seek(directory.offset)
    read_bytes, total, count = 0, 0, 0
    while read_bytes < directory.size_bytes:
        head = archive.read(_CENTRAL.size)
        if len(head) < _CENTRAL.size or not head.startswith(b"PK\x01\x02"):
            raise ArchiveDamaged(where=N_("目录不完整"))
        values = _CENTRAL.unpack(head)
        name_bytes, extra_bytes, comment_bytes = values[12], values[13], values[14]
        rest = archive.read(name_bytes + extra_bytes + comment_bytes)
        read_bytes += _CENTRAL.size + len(rest)
        entry = _entry(values, rest[:name_bytes], rest[name_bytes : name_bytes + extra_bytes])
        count, total = count + 1, total + entry.size_bytes
        if count > limits.entries:
            raise TooManyEntries(most=limits.entries)
        if total > limits.total_bytes:
            raise TooLarge(path=entry.shown, most=limits.total_bytes)
        yield entry
    if read_bytes != directory.size_bytes or count != directory.count:
        raise HeaderLies(path="…", what=N_("目录里的文件数不对"))


def _entry(values: tuple[int, ...], raw_name: bytes, extra: bytes) -> _Entry:
    system, flags, method, crc = values[2], values[5], values[6], values[9]
    packed, size, offset = _real_sizes(values[10], values[11], values[18], extra)
    path, encoding = decode_name(raw_name, is_utf8=bool(flags & _UTF8))
    if not flags & _UTF8 and not raw_name.isascii():
        stated = _unicode_path(extra, raw_name)
        path, encoding = (stated, "utf-8") if stated else (path, encoding)
    is_folder = path.endswith("/")
    shown = names.shown(path)
    if flags & _ENCRYPTED or method == 99:
        raise ArchiveEncrypted(path=shown)
    if system == _UNIX:
        _require_plain(values[17] >> 16, shown)
    if method not in (_STORED, _DEFLATED):
        raise MethodUnsupported(path=shown, method=_METHOD_NAMES.get(method, str(method)))
    if is_folder and size:
        raise HeaderLies(path=shown, what=N_("文件夹带有内容"))
    return _Entry(raw_name, path.removesuffix("/"), encoding, method, crc, packed, size, offset, is_folder)


def _require_plain(mode: int, shown: str) -> None:
    kind = stat.S_IFMT(mode)
    if kind == stat.S_IFLNK:
        raise NotAFile(path=shown, kind=N_("符号链接"))
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise NotAFile(path=shown, kind=N_("设备或管道"))


def _extras(extra: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        yield kind, extra[at + 4 : at + 4 + length]
        at += 4 + length


def _real_sizes(packed: int, size: int, offset: int, extra: bytes) -> tuple[int, int, int]:
    """Sizes and offset, out of the zip64 extra where the fields are full."""
    full = 0xFFFFFFFF
    if full not in (packed, size, offset):
        return packed, size, offset
    data = next((data for kind, data in _extras(extra) if kind == _ZIP64_EXTRA), b"")
    numbers = iter(struct.unpack_from(f"<{len(data) // 8}Q", data))
    size = next(numbers, size) if size == full else size
    packed = next(numbers, packed) if packed == full else packed
    offset = next(numbers, offset) if offset == full else offset
    return packed, size, offset


def _unicode_path(extra: bytes, raw_name: bytes) -> str:
    """The Info-ZIP Unicode path, when it was made for this very name."""
    data = next((data for kind, data in _extras(extra) if kind == _UNICODE_PATH_EXTRA), b"")
    if len(data) < 5 or data[0] != 1 or struct.unpack_from("<L", data, 1)[0] != zlib.crc32(raw_name):
        return ""
    try:
        return data[5:].decode("utf-8")
    except UnicodeDecodeError:
        return ""


def _content_starts(archive: BinaryIO, entries: list[_Entry], directory_at: int) -> dict[int, int]:
    """Offset of the header → offset of the content; refuses entries that share bytes."""
    starts: dict[int, int] = {}
    free_from = 0
    for entry in sorted(entries, key=lambda entry: entry.offset):
        start = _content_start(archive, entry)
        if entry.offset < free_from or start + entry.packed_bytes > directory_at:
            raise EntriesOverlap(path=entry.shown)
        free_from = start + entry.packed_bytes
        starts[entry.offset] = start
    return starts


def _content_start(archive: BinaryIO, entry: _Entry) -> int:
    head = _read_at(archive, entry.offset, _LOCAL.size)
    if len(head) < _LOCAL.size or not head.startswith(b"PK\x03\x04"):
        raise ArchiveDamaged(where=entry.shown)
    values = _LOCAL.unpack(head)
    flags, method, name_bytes, extra_bytes = values[3], values[4], values[10], values[11]
    if flags & _ENCRYPTED:
        raise ArchiveEncrypted(path=entry.shown)
    if archive.read(name_bytes) != entry.raw_name:
        raise HeaderLies(path=entry.shown, what=N_("两处名称不同"))
    if method != entry.method:
        raise HeaderLies(path=entry.shown, what=N_("两处压缩方式不同"))
    return entry.offset + _LOCAL.size + int(name_bytes) + int(extra_bytes)


def _content(archive: BinaryIO, entry: _Entry, start: int) -> Iterator[bytes]:
    """The unpacked bytes, at most what the directory states, checked by CRC at the end."""
    crc, size = 0, 0
    packed = _packed(archive, start, entry.packed_bytes)
    for data in packed if entry.method == _STORED else _inflated(packed, entry):
        size += len(data)
        if size > entry.size_bytes:
            raise HeaderLies(path=entry.shown, what=N_("实际大小超过所写大小"))
        crc = zlib.crc32(data, crc)
        yield data
    if size != entry.size_bytes:
        raise HeaderLies(path=entry.shown, what=N_("实际大小小于所写大小"))
    if crc != entry.crc:
        raise ArchiveDamaged(where=entry.shown)


def _packed(archive: BinaryIO, start: int, count: int) -> Iterator[bytes]:
    archive.seek(start)
    while count:
        data = archive.read(min(_CHUNK, count))
        if not data:
            raise ArchiveDamaged(where=N_("文件被截断"))
        count -= len(data)
        yield data


def _inflated(packed: Iterator[bytes], entry: _Entry) -> Iterator[bytes]:
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for chunk in packed:
            data = chunk
            while data and not inflate.eof:
                yield inflate.decompress(data, _CHUNK)
                data = inflate.unconsumed_tail
            if inflate.eof and (inflate.unused_data or data):
                raise HeaderLies(path=entry.shown, what=N_("压缩数据之后还有内容"))
    except zlib.error as error:
        raise ArchiveDamaged(where=entry.shown) from error
    while not inflate.eof:
        data = inflate.decompress(b"", _CHUNK)
        if not data:
            raise ArchiveDamaged(where=entry.shown)
        yield data
