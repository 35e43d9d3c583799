"""AVI (RIFF): the lists must be all there, and as many frames as the header promises."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from lantai.kit.formats.media.wording import NOTHING_IN_IT, cut_by, is_much_shorter, shorter
from lantai.kit.formats.remarks import Examination, Fact, State

_MAX_CHUNKS = 20_000_000


@dataclass(slots=True)
class _Seen:
    """What the chunks have told."""

    facts: dict[str, Fact] = field(default_factory=dict)
    frame_us: int = 0
    frames_stated: int = 0
    frames: int = 0
    video_stream: bytes = b""
    streams: int = 0
    kind: bytes = b""
    end: int = 0


def examine_avi(path: Path, puid: str) -> Examination:
    """State and facts of an AVI by its structure."""
    size, seen = path.stat().st_size, _Seen()
    with path.open("rb") as file:
        for name, at, stop in _chunks(file, 0, size):
            seen.end = max(seen.end, stop)
            if name == b"RIFF":
                _list(file, at + 4, min(stop, size), seen)
    stated_ms, found_ms = (n * seen.frame_us // 1000 for n in (seen.frames_stated, seen.frames))
    if stated_ms:
        seen.facts["duration_ms"] = max(stated_ms, found_ms)
    if seen.end > size:
        return cut_by(puid, seen.facts, seen.end - size)
    if not {"video_codec", "audio_codec"} & seen.facts.keys():
        return Examination(puid, State.BROKEN, seen.facts, (NOTHING_IN_IT,))
    if is_much_shorter(found_ms, stated_ms):
        return shorter(puid, seen.facts, stated_ms=stated_ms, found_ms=found_ms)
    return Examination(puid, State.OK, seen.facts)


def _list(file: BinaryIO, start: int, end: int, seen: _Seen) -> None:
    for name, at, stop in _chunks(file, start, end):
        seen.end = max(seen.end, stop)
        if name == b"LIST":
            file.seek(at)
            if file.read(4) in {b"hdrl", b"strl", b"movi", b"rec "}:
                _list(file, at + 4, min(stop, end), seen)
        elif name[:2] == seen.video_stream and name[2:] in {b"dc", b"db"}:
            seen.frames += 1
        elif name in {b"avih", b"strh", b"strf"}:
            file.seek(at)
            _header(name, file.read(min(stop - at, 64)), seen)


def _header(name: bytes, data: bytes, seen: _Seen) -> None:
    if name == b"avih" and len(data) >= 40:
        seen.frame_us, seen.frames_stated = struct.unpack_from("<I12xI", data)
        width, height = struct.unpack_from("<II", data, 32)
        seen.facts |= {"width_px": width, "height_px": height}
        if seen.frame_us:
            seen.facts["frame_rate_fps"] = round(1e6 / seen.frame_us, 3)
    elif name == b"strh" and len(data) >= 8:
        seen.kind = data[:4]
        if seen.kind == b"vids":
            seen.video_stream = f"{seen.streams:02d}".encode()
            seen.facts["video_codec"] = data[4:8].decode("ascii", "replace").strip("\x00 ") or "raw"
        seen.streams += 1
    elif name == b"strf" and seen.kind == b"auds" and len(data) >= 16:
        tag, channels, rate = struct.unpack_from("<HHI", data)
        seen.facts |= {"audio_codec": f"0x{tag:04x}", "channels": channels, "sample_rate_hz": rate}


def _chunks(file: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, beginning of the content and end of each chunk; the last may end beyond ``end``."""
    for _ in range(_MAX_CHUNKS):
        if start + 8 > end:
            return
        file.seek(start)
        name, length = struct.unpack("<4sI", file.read(8))
        yield name, start + 8, start + 8 + length
        start += 8 + length + length % 2
