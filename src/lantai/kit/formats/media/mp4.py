"""MP4 and QuickTime (ISO/IEC 14496-12): boxes that must all be there, samples that must lie in the file."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from lantai.kit.formats.media.wording import LOCKED, NO_INDEX, NOTHING_IN_IT, cut_by
from lantai.kit.formats.remarks import Examination, Fact, State

_FOLDERS = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"moof", b"traf", b"mvex"})
_MAX_BOX_BYTES = 64 << 20
_MAX_DEPTH = 8
_VIDEO_ENTRY, _AUDIO_ENTRY = struct.Struct(">24x2H"), struct.Struct(">16xHH4xI")


@dataclass(slots=True)
class _Seen:
    """What the boxes have told."""

    names: set[bytes] = field(default_factory=set)
    facts: dict[str, Fact] = field(default_factory=dict)
    handler: bytes = b""
    reaches: int = 0  # the furthest byte at which a chunk of samples begins
    end: int = 0  # where the last box ends
    is_locked: bool = False


def examine_mp4(path: Path, puid: str) -> Examination:
    """State and facts of an MP4 or QuickTime file by its structure."""
    size, seen = path.stat().st_size, _Seen()
    with path.open("rb") as file:
        _walk(file, 0, size, seen, 0)
    if seen.is_locked:
        return Examination(puid, State.ENCRYPTED, seen.facts, (LOCKED,))
    missing = max(seen.end, seen.reaches + 1 if seen.reaches else 0) - size
    if missing > 0:
        return cut_by(puid, seen.facts, missing)
    if b"moov" not in seen.names:
        return Examination(puid, State.TRUNCATED, seen.facts, (NO_INDEX,))
    if not {"video_codec", "audio_codec"} & seen.facts.keys() or not {b"mdat", b"moof"} & seen.names:
        return Examination(puid, State.BROKEN, seen.facts, (NOTHING_IN_IT,))
    return Examination(puid, State.OK, seen.facts)


def _walk(file: BinaryIO, start: int, end: int, seen: _Seen, depth: int) -> None:
    for name, at, stop in _boxes(file, start, end):
        seen.names.add(name)
        if depth == 0:
            seen.end = max(seen.end, stop)
        if name in _FOLDERS and depth < _MAX_DEPTH:
            _walk(file, at, min(stop, end), seen, depth + 1)
        elif name in _READERS and stop <= end and stop - at <= _MAX_BOX_BYTES:
            file.seek(at)
            _READERS[name](file.read(stop - at), seen)


def _boxes(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, beginning of the content and end of each box; the last may end beyond ``end``."""
    while start + 8 <= end:
        file.seek(start)
        length, name = struct.unpack(">I4s", file.read(8))
        at = start + 8
        if length == 1:
            wide = file.read(8)
            if len(wide) < 8:
                return
            length, at = struct.unpack(">Q", wide)[0], start + 16
        elif length == 0:
            length = end - start
        if length < at - start:
            return
        yield name, at, start + length
        start += length


def _movie(data: bytes, seen: _Seen) -> None:
    if len(data) >= 32:
        scale, length = (
            struct.unpack_from(">IQ", data, 20) if data[0] == 1 else struct.unpack_from(">II", data, 12)
        )
        if scale:
            seen.facts["duration_ms"] = length * 1000 // scale


def _handler(data: bytes, seen: _Seen) -> None:
    if data[4:8] != b"dhlr":  # QuickTime has another handler, for the data, inside
        seen.handler = data[8:12]


def _descriptions(data: bytes, seen: _Seen) -> None:
    if len(data) < 16:
        return
    codec, body = data[12:16], data[16:]
    seen.is_locked |= codec in {b"encv", b"enca", b"drms", b"drmi"}
    name = codec.decode("ascii", "replace").strip()
    if seen.handler == b"vide" and len(body) >= _VIDEO_ENTRY.size:
        width, height = _VIDEO_ENTRY.unpack_from(body)
        seen.facts |= {"video_codec": name, "width_px": width, "height_px": height}
    elif seen.handler == b"soun" and len(body) >= _AUDIO_ENTRY.size:
        channels, bits, rate = _AUDIO_ENTRY.unpack_from(body)
        seen.facts |= {"audio_codec": name, "channels": channels, "bits_per_sample": bits}
        seen.facts["sample_rate_hz"] = rate >> 16


def _chunks_32(data: bytes, seen: _Seen) -> None:
    _chunks(data, ">I", seen)


def _chunks_64(data: bytes, seen: _Seen) -> None:
    _chunks(data, ">Q", seen)


def _chunks(data: bytes, kind: str, seen: _Seen) -> None:
    offsets = data[8 : 8 + (len(data) - 8) // struct.calcsize(kind) * struct.calcsize(kind)]
    seen.reaches = max([seen.reaches, *(offset for (offset,) in struct.iter_unpack(kind, offsets))])


_READERS = {
    b"mvhd": _movie,
    b"hdlr": _handler,
    b"stsd": _descriptions,
    b"stco": _chunks_32,
    b"co64": _chunks_64,
}
