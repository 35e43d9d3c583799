"""AIFF and AIFF-C: chunks that must all be there, and the sound chunk whole."""

from __future__ import annotations

import struct
from pathlib import Path

from lantai.kit.formats.media.wording import NOTHING_IN_IT, cut_by
from lantai.kit.formats.remarks import Examination, Fact, State

_RATE = struct.Struct(">HQ")  # an 80-bit float: sign and exponent, mantissa


def examine_aiff(path: Path, puid: str) -> Examination:
    """State, rate, depth and length of an AIFF file; the form must be as long as it says."""
    facts: dict[str, Fact] = {}
    size, has_sound = path.stat().st_size, False
    with path.open("rb") as file:
        _name, length = struct.unpack(">4sI", file.read(8).ljust(8, b"\0"))
        end = 8 + length
        file.seek(12)
        while file.tell() < min(end, size) and len(head := file.read(8)) == 8:
            name, length = struct.unpack(">4sI", head)
            start = file.tell()
            end = max(end, start + length)
            if name == b"COMM":
                facts |= _facts(file.read(min(length, 22)))
            has_sound |= name == b"SSND" and length > 8
            file.seek(start + length + length % 2)
    if end > size:
        return cut_by(puid, facts, end - size)
    if not has_sound or "channels" not in facts:
        return Examination(puid, State.BROKEN, facts, (NOTHING_IN_IT,))
    return Examination(puid, State.OK, facts)


def _facts(block: bytes) -> dict[str, Fact]:
    if len(block) < 18:
        return {}
    channels, frames, bits = struct.unpack_from(">HIH", block)
    exponent, mantissa = _RATE.unpack_from(block, 8)
    rate = mantissa >> max(0, 16446 - exponent) if 16383 <= exponent <= 16446 else 0
    codec = block[18:22].decode("ascii", "replace").strip() if len(block) == 22 else "pcm"
    facts: dict[str, Fact] = {"channels": channels, "bits_per_sample": bits, "sample_rate_hz": rate}
    facts["audio_codec"] = "pcm_be" if codec in {"pcm", "NONE", "twos"} else codec
    return facts | ({"duration_ms": frames * 1000 // rate} if rate else {})
