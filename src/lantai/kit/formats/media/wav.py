"""WAV: what the header promises against what is there."""

from __future__ import annotations

import struct
from pathlib import Path

from lantai.kit.errors import N_
from lantai.kit.formats.media.wording import NOTHING_IN_IT, cut_by
from lantai.kit.formats.remarks import Examination, Fact, Remark, State

_IN_DS64 = 0xFFFFFFFF  # the length stands in the ds64 chunk (EBU Tech 3306)
_CODECS = {
    0x01: "pcm",
    0x03: "pcm_float",
    0x06: "pcm_alaw",
    0x07: "pcm_mulaw",
    0x11: "adpcm_ima",
    0x55: "mp3",
    0xFFFE: "extensible",
}

NO_SOUND = Remark("broken", N_("WAV 文件缺少格式块或数据块。请重新转换后提交。"))


def examine_wav(path: Path, puid: str) -> Examination:
    """State, rate, depth and length of a WAV file; the data chunk must be all there."""
    facts: dict[str, Fact] = {}
    size, missing, wide_bytes = path.stat().st_size, 0, 0
    with path.open("rb") as file:
        is_wide = file.read(4) in {b"RF64", b"BW64"}
        file.seek(12)
        while len(head := file.read(8)) == 8:
            name, length = struct.unpack("<4sI", head)
            start = file.tell()
            if name == b"ds64":
                wide_bytes = struct.unpack("<Q", file.read(16).ljust(16, b"\0")[8:])[0] if length >= 16 else 0
            if name == b"data" and is_wide and length == _IN_DS64:
                length = wide_bytes
            if name == b"fmt ":
                facts |= _format_facts(file.read(min(length, 16)))
            elif name == b"data":
                facts["data_bytes"] = length
                missing = max(0, start + length - size)
            file.seek(start + length + length % 2)
    return _verdict(puid, facts, missing)


def _format_facts(block: bytes) -> dict[str, Fact]:
    if len(block) < 16:
        return {}
    tag, channels, rate, byte_rate, _align, bits = struct.unpack("<HHIIHH", block)
    facts: dict[str, Fact] = {"audio_codec": _CODECS.get(tag, f"0x{tag:04x}"), "channels": channels}
    return facts | {"sample_rate_hz": rate, "bits_per_sample": bits, "bit_rate_bps": byte_rate * 8}


def _verdict(puid: str, facts: dict[str, Fact], missing: int) -> Examination:
    rate, data = facts.get("bit_rate_bps"), facts.get("data_bytes")
    if not isinstance(rate, int) or not isinstance(data, int) or rate < 8:
        return Examination(puid, State.BROKEN, facts, (NO_SOUND,))
    facts["duration_ms"] = data * 8000 // rate
    if missing:
        return cut_by(puid, facts, missing)
    if data == 0:
        return Examination(puid, State.BROKEN, facts, (NOTHING_IN_IT,))
    return Examination(puid, State.OK, facts)
