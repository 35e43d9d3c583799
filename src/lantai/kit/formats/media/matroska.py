"""Matroska and WebM (RFC 9559): every cluster whole, and the last one as late as the stated duration."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from lantai.kit.formats.media.wording import NOTHING_IN_IT, cut_by, is_much_shorter, shorter
from lantai.kit.formats.remarks import Examination, Fact, State

_SEGMENT, _CLUSTER, _INFO, _TRACKS, _TRACK = 0x18538067, 0x1F43B675, 0x1549A966, 0x1654AE6B, 0xAE
_VIDEO, _AUDIO, _TIMESTAMP, _SCALE, _DURATION = 0xE0, 0xE1, 0xE7, 0x2AD7B1, 0x4489
_CODEC, _KIND, _WIDTH, _HEIGHT, _RATE, _CHANNELS, _BITS = 0x86, 0x83, 0xB0, 0xBA, 0xB5, 0x9F, 0x6264
_MAX_VALUE_BYTES = 4096
_CLUSTER_MS = 32_767  # a block's time is a signed 16-bit number beside its cluster's
# seek head, cues, attachments, chapters, tags, void, CRC
_BESIDE_CLUSTERS = frozenset({0x114D9B74, 0x1C53BB6B, 0x1941A469, 0x1043A770, 0x1254C367, 0xEC, 0xBF})
_LEVEL_ONE = _BESIDE_CLUSTERS | {_CLUSTER, _INFO, _TRACKS}


@dataclass(slots=True)
class _Seen:
    """What the elements have told."""

    facts: dict[str, Fact] = field(default_factory=dict)
    scale_ns: int = 1_000_000
    duration: float = 0
    last: int = 0
    clusters: int = 0
    end: int = 0


def examine_matroska(path: Path, puid: str) -> Examination:
    """State and facts of a Matroska file by its structure."""
    size, seen = path.stat().st_size, _Seen()
    with path.open("rb") as file:
        for name, at, stop in _elements(file, 0, size):
            seen.end = max(seen.end, stop)
            if name == _SEGMENT:
                _segment(file, at, min(stop, size), seen)
    stated_ms, found_ms = (
        int(seen.duration * seen.scale_ns // 1_000_000),
        seen.last * seen.scale_ns // 1_000_000,
    )
    if stated_ms:
        seen.facts["duration_ms"] = stated_ms
    if seen.end > size:
        return cut_by(puid, seen.facts, seen.end - size)
    if not seen.clusters or not {"video_codec", "audio_codec"} & seen.facts.keys():
        return Examination(puid, State.BROKEN, seen.facts, (NOTHING_IN_IT,))
    if is_much_shorter(found_ms + _CLUSTER_MS, stated_ms):
        return shorter(puid, seen.facts, stated_ms=stated_ms, found_ms=found_ms)
    return Examination(puid, State.OK, seen.facts)


def _segment(file: BinaryIO, start: int, end: int, seen: _Seen) -> None:
    for name, at, stop in _elements(file, start, end):
        seen.end = max(seen.end, stop)
        if name == _CLUSTER:
            seen.clusters += 1
            first = next(_elements(file, at, min(stop, end)), None)
            if first and first[0] == _TIMESTAMP:
                seen.last = max(seen.last, _number(file, first))
        elif name == _INFO:
            for element in _elements(file, at, min(stop, end)):
                if element[0] == _SCALE:
                    seen.scale_ns = _number(file, element) or seen.scale_ns
                elif element[0] == _DURATION:
                    seen.duration = _float(file, element)
        elif name == _TRACKS:
            for inner, inner_at, inner_stop in _elements(file, at, min(stop, end)):
                if inner == _TRACK:
                    seen.facts |= _track(file, inner_at, min(inner_stop, end))


def _track(file: BinaryIO, start: int, end: int) -> dict[str, Fact]:
    codec, kind, facts = "", 0, dict[str, Fact]()
    for element in _elements(file, start, end):
        if element[0] == _CODEC:
            codec = _value(file, element).decode("ascii", "replace").rstrip("\x00")
        elif element[0] == _KIND:
            kind = _number(file, element)
        elif element[0] == _VIDEO:
            for inner in _elements(file, element[1], min(element[2], end)):
                if name := {_WIDTH: "width_px", _HEIGHT: "height_px"}.get(inner[0]):
                    facts[name] = _number(file, inner)
        elif element[0] == _AUDIO:
            for inner in _elements(file, element[1], min(element[2], end)):
                if inner[0] == _RATE:
                    facts["sample_rate_hz"] = int(_float(file, inner))
                elif name := {_CHANNELS: "channels", _BITS: "bits_per_sample"}.get(inner[0]):
                    facts[name] = _number(file, inner)
    wanted = {1: "video_codec", 2: "audio_codec"}.get(kind)
    return facts | {wanted: codec} if wanted else facts


Element = tuple[int, int, int]


def _elements(file: BinaryIO, start: int, end: int, *, is_level_known: bool = True) -> Iterator[Element]:
    """Id, beginning of the content and end of each element; one of unknown size reaches to the next like it."""
    while start < end:
        file.seek(start)
        head = file.read(12)
        if not head or not (width := _width(head[0])) or width > 4 or len(head) <= width:
            return
        name = int.from_bytes(head[:width], "big")
        size_width = _width(head[width])
        if not size_width or len(head) < width + size_width:
            return
        mask = (1 << (7 * size_width)) - 1
        length = int.from_bytes(head[width : width + size_width], "big") & mask
        at = start + width + size_width
        stop = at + length
        if length == mask:
            stop = _unknown_end(file, name, at, end) if is_level_known else end
        yield name, at, stop
        start = stop


def _unknown_end(file: BinaryIO, name: int, at: int, end: int) -> int:
    """A live recording writes no sizes: a cluster then ends where the next element of its level begins."""
    if name != _CLUSTER:
        return end
    stop = at
    for inner, _inner_at, inner_stop in _elements(file, at, end, is_level_known=False):
        if inner in _LEVEL_ONE:
            return stop
        stop = inner_stop
    return max(stop, end)


def _width(first: int) -> int:
    return 9 - first.bit_length() if first else 0


def _value(file: BinaryIO, element: Element) -> bytes:
    file.seek(element[1])
    return file.read(min(element[2] - element[1], _MAX_VALUE_BYTES))


def _number(file: BinaryIO, element: Element) -> int:
    return int.from_bytes(_value(file, element)[:8], "big")


def _float(file: BinaryIO, element: Element) -> float:
    data = _value(file, element)
    value = struct.unpack(">f" if len(data) == 4 else ">d", data)[0] if len(data) in {4, 8} else 0.0
    return value if 0 <= value < 1e15 else 0.0
