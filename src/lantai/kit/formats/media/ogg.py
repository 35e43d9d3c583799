"""Ogg (RFC 3533): every page in its place, and each stream with its last page."""

from __future__ import annotations

import struct
from pathlib import Path

from lantai.kit.formats.media.wording import CUT_SOMEWHERE, NOTHING_IN_IT, cut_by
from lantai.kit.formats.remarks import Examination, Fact, State

_HEADER = struct.Struct("<4sBBqIIIB")
_FIRST, _LAST = 2, 4


def examine_ogg(path: Path, puid: str) -> Examination:
    """State and facts of an Ogg file, all its pages walked."""
    size, position, facts = path.stat().st_size, 0, dict[str, Fact]()
    open_streams, granule = set[int](), 0
    with path.open("rb") as file:
        while position < size:
            file.seek(position)
            header = file.read(_HEADER.size)
            if len(header) < _HEADER.size:
                return cut_by(puid, facts, _HEADER.size - len(header))
            mark, _version, flags, at, serial, _number, _crc, count = _HEADER.unpack(header)
            if mark != b"OggS":
                return Examination(puid, State.BROKEN, facts, (CUT_SOMEWHERE,))
            lengths = file.read(count)
            if flags & _FIRST:
                open_streams.add(serial)
                facts |= _stream(file.read(64))
            if flags & _LAST:
                open_streams.discard(serial)
            granule = max(granule, at)
            position += _HEADER.size + count + sum(lengths)
    if position > size:
        return cut_by(puid, facts, position - size)
    rate = facts.get("sample_rate_hz")
    if isinstance(rate, int) and rate:
        facts["duration_ms"] = granule * 1000 // (48000 if facts.get("audio_codec") == "opus" else rate)
    if open_streams:
        return Examination(puid, State.TRUNCATED, facts, (CUT_SOMEWHERE,))
    if not {"video_codec", "audio_codec"} & facts.keys():
        return Examination(puid, State.BROKEN, facts, (NOTHING_IN_IT,))
    return Examination(puid, State.OK, facts)


def _stream(data: bytes) -> dict[str, Fact]:
    """What the first page of a stream says it carries."""
    if data.startswith(b"\x01vorbis") and len(data) >= 16:
        return {
            "audio_codec": "vorbis",
            "channels": data[11],
            "sample_rate_hz": int.from_bytes(data[12:16], "little"),
        }
    if data.startswith(b"OpusHead") and len(data) >= 16:
        return {
            "audio_codec": "opus",
            "channels": data[9],
            "sample_rate_hz": int.from_bytes(data[12:16], "little"),
        }
    if data.startswith(b"\x7fFLAC"):
        return {"audio_codec": "flac"}
    if data.startswith(b"\x80theora") and len(data) >= 20:
        return {
            "video_codec": "theora",
            "width_px": int.from_bytes(data[14:17], "big"),
            "height_px": int.from_bytes(data[17:20], "big"),
        }
    return {}
