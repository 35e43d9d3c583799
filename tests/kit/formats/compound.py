"""Writes OLE2 compound files (MS-CFB), as old Office documents and encrypted new ones are."""

from __future__ import annotations

import struct
from collections.abc import Mapping

_SECTOR = 512
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_NOBODY = 0xFFFFFFFF


def compound(streams: Mapping[str, bytes], *, root_class: bytes = bytes(16)) -> bytes:
    """A compound file with ``streams`` in its root; every stream takes whole sectors of at least 4096 bytes."""
    padded = {
        name: data + bytes(-max(len(data), 4096) % _SECTOR + max(4096 - len(data), 0))
        for name, data in streams.items()
    }
    sizes = {name: len(data) // _SECTOR for name, data in padded.items()}
    directory_sectors = -(-(len(streams) + 1) // 4)
    sectors = directory_sectors + sum(sizes.values())
    fat_sectors = next(n for n in range(1, 100) if n * 128 >= sectors + n)
    fat = [_FAT] * fat_sectors + [*range(fat_sectors + 1, fat_sectors + directory_sectors), _END]
    starts, position = {}, fat_sectors + directory_sectors
    for name, count in sizes.items():
        starts[name] = position
        fat += [*range(position + 1, position + count), _END]
        position += count
    fat += [_FREE] * (fat_sectors * 128 - len(fat))
    names = sorted(streams, key=lambda n: (len(n), n.upper()))
    entries = [_entry("Root Entry", 5, child=1 if names else _NOBODY, start=_END, root_class=root_class)]
    for number, name in enumerate(names, 1):  # a chain to the right is a search tree too
        following = number + 1 if number < len(names) else _NOBODY
        entries.append(_entry(name, 2, right=following, start=starts[name], size=len(padded[name])))
    entries += [_entry("", 0)] * (directory_sectors * 4 - len(entries))
    body = struct.pack(f"<{len(fat)}I", *fat) + b"".join(entries) + b"".join(padded.values())
    return _header(fat_sectors) + body


def _header(fat_sectors: int) -> bytes:
    places = [*range(fat_sectors)] + [_FREE] * (109 - fat_sectors)
    fields = struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, fat_sectors, fat_sectors, 0, 4096, _END, 0, _END, 0
    )
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + fields + struct.pack("<109I", *places)


def _entry(
    name: str,
    kind: int,
    *,
    right: int = _NOBODY,
    child: int = _NOBODY,
    start: int = 0,
    size: int = 0,
    root_class: bytes = bytes(16),
) -> bytes:
    text = (name + "\0").encode("utf-16-le") if name else b""
    return struct.pack(
        "<64sHBBIII16sIQQIQ",
        text,
        len(text),
        kind,
        1,
        _NOBODY,
        right,
        child,
        root_class,
        0,
        0,
        0,
        start,
        size,
    )
