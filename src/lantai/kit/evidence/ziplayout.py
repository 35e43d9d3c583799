"""The one layout of a ZIP that evidence may have: members side by side, then one directory, then the end.

What a program sees in a ZIP depends on which end it starts from. A file is taken as evidence only when
there is nothing to choose: no byte before the first member, between members, or behind the end; one
directory; each local name the same as the listed one; every name plain, relative and used once;
packed data that ends where the directory says, with the sum and length that it says.
"""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from lantai.kit.digests import CHUNK_BYTES
from lantai.kit.errors import N_, Invalid
from lantai.kit.evidence.bundles import is_bundle_path

MAX_DIRECTORY_BYTES = 64 * 1024 * 1024

_END = struct.Struct("<4s4H2LH")
_FAR = 0xFFFFFFFF
_END_64_BYTES = 56 + 20  # the record and its locator
_LOCAL = struct.Struct("<4s5H3L2H")
_HAS_DESCRIPTOR, _ENCRYPTED, _UTF8 = 0x08, 0x2041, 0x800
_DESCRIPTOR_BYTES = (12, 16, 20, 24)


class BadLayout(Invalid):
    """The ZIP could be read in more than one way."""

    message = N_("ZIP 的结构不规范：条目之间、前后有多余数据，或目录不止一个。")


def sound_members(stream: BinaryIO, *, most: int, total_bytes: int) -> dict[str, zipfile.ZipInfo]:
    """The members by name; raises BadLayout for a ZIP that is ambiguous or above the limits, BadZipFile for none."""
    directory_at, length = _directory(stream)
    if length > MAX_DIRECTORY_BYTES:  # the standard library reads it whole
        raise BadLayout(N_("证据包的文件数量或总大小超过上限。"))
    with zipfile.ZipFile(stream) as archive:
        if archive.start_dir != directory_at:
            raise BadLayout()
        listed = archive.infolist()
    if len(listed) > most or sum(one.file_size for one in listed) > total_bytes:
        raise BadLayout(N_("证据包的文件数量或总大小超过上限。"))
    for one in listed:
        _require_plain(one)
    members = {one.filename: one for one in listed}
    if len(members) != len(listed):
        raise BadLayout(N_("证据包内有同名文件。"))
    _require_gapless(stream, directory_at, listed)
    return members


def _require_plain(one: zipfile.ZipInfo) -> None:
    if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) or one.flag_bits & _ENCRYPTED:
        raise BadLayout(N_("证据包使用了不支持的压缩方式。"))
    if one.compress_type == zipfile.ZIP_STORED and one.compress_size != one.file_size:
        raise BadLayout()
    name = one.orig_filename
    if name != one.filename:
        raise BadLayout()
    is_readable = name.isascii() or one.flag_bits & _UTF8
    if not is_readable or not is_bundle_path(name):
        raise BadLayout(N_("证据包内的文件名“%(path)s”不能使用。"), path=name[:200])


def _require_gapless(stream: BinaryIO, directory_at: int, listed: Sequence[zipfile.ZipInfo]) -> None:
    ordered = sorted(listed, key=lambda one: one.header_offset)
    ends = [*(one.header_offset for one in ordered[1:]), directory_at]
    if ordered and ordered[0].header_offset != 0:
        raise BadLayout()
    for one, end in zip(ordered, ends, strict=True):
        gap = end - (_data_at(stream, one) + one.compress_size)
        if gap != 0 and not (one.flag_bits & _HAS_DESCRIPTOR and gap in _DESCRIPTOR_BYTES):
            raise BadLayout()


def _directory(stream: BinaryIO) -> tuple[int, int]:
    """Where the directory begins, and its length: it ends where the end record begins, at the end of the file."""
    size_bytes = stream.seek(0, os.SEEK_END)
    stream.seek(max(size_bytes - _END.size, 0))
    found = stream.read(_END.size)
    if len(found) != _END.size:
        raise BadLayout()
    mark, disk, first_disk, here, count, length, at, comment = _END.unpack(found)
    if mark != b"PK\x05\x06" or comment or disk or first_disk or here != count:
        raise BadLayout()
    before = size_bytes - _END.size
    if _FAR not in (at, length) and count != 0xFFFF:
        if at + length != before:
            raise BadLayout()
        return int(at), int(length)
    return _directory_64(stream, before)


def _directory_64(stream: BinaryIO, end_at: int) -> tuple[int, int]:
    record_at = end_at - _END_64_BYTES
    if record_at < 0:
        raise BadLayout()
    stream.seek(record_at)
    found = stream.read(_END_64_BYTES)
    length, at = struct.unpack_from("<2Q", found, 40)
    is_record = found[:4] == b"PK\x06\x06" and found[56:60] == b"PK\x06\x07"
    if not is_record or at + length != record_at or struct.unpack_from("<Q", found, 64)[0] != record_at:
        raise BadLayout()
    return int(at), int(length)


def _data_at(stream: BinaryIO, one: zipfile.ZipInfo) -> int:
    """Where the data of a member begins; its own header has to say what the directory says."""
    stream.seek(one.header_offset)
    head = stream.read(_LOCAL.size)
    if len(head) != _LOCAL.size:
        raise BadLayout()
    mark, _version, _flags, method, _time, _date, *sums, name_bytes, extra_bytes = _LOCAL.unpack(head)
    is_it = mark == b"PK\x03\x04" and stream.read(name_bytes) == one.orig_filename.encode()
    if not is_it or method != one.compress_type or not _is_as_listed(one, sums, stream.read(extra_bytes)):
        raise BadLayout()
    return int(one.header_offset + _LOCAL.size + name_bytes + extra_bytes)


def _is_as_listed(one: zipfile.ZipInfo, sums: Sequence[int], extra: bytes) -> bool:
    """Sum, packed and whole length; zeros where they come behind the data, and in a ZIP64 field when marked."""
    crc, packed, whole = sums
    if _FAR in (packed, whole):
        if extra[:4] != b"\x01\x00\x10\x00" or len(extra) < 20:
            return False
        whole, packed = struct.unpack_from("<2Q", extra, 4)
    listed = (one.CRC, one.compress_size, one.file_size)
    return (crc, packed, whole) == listed or bool(
        one.flag_bits & _HAS_DESCRIPTOR and not crc | packed | whole
    )


def pieces(stream: BinaryIO, one: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of a member, never more than is listed; raises BadLayout where it is not as listed."""
    sum_, size_bytes = 0, 0
    for piece in _unpacked(stream, one):
        sum_, size_bytes = zlib.crc32(piece, sum_), size_bytes + len(piece)
        if size_bytes > one.file_size:
            break
        yield piece
    if size_bytes != one.file_size or sum_ != one.CRC:
        raise BadLayout(N_("证据包中“%(path)s”的数据已损坏。"), path=one.filename)


def _unpacked(stream: BinaryIO, one: zipfile.ZipInfo) -> Iterator[bytes]:
    if one.compress_type == zipfile.ZIP_STORED:
        yield from _packed(stream, one)
        return
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
    for packed in _packed(stream, one):
        while packed and not unpacker.eof:
            yield unpacker.decompress(packed, CHUNK_BYTES)
            packed = unpacker.unconsumed_tail
        if unpacker.eof and (packed or unpacker.unused_data):
            break
    yield unpacker.flush()
    if not unpacker.eof or unpacker.unused_data:
        raise BadLayout(N_("证据包中“%(path)s”的数据已损坏。"), path=one.filename)


def _packed(stream: BinaryIO, one: zipfile.ZipInfo) -> Iterator[bytes]:
    at, left = _data_at(stream, one), one.compress_size
    while left:
        stream.seek(at)  # the caller may have read elsewhere in between
        data = stream.read(min(CHUNK_BYTES, left))
        if not data:
            raise BadLayout()
        at, left = at + len(data), left - len(data)
        yield data
