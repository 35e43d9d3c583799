"""WAV: what the header promises against what is there."""

from __future__ import annotations

import struct
from pathlib import Path

from lantai.kit.errors import N_
from lantai.kit.formats.remarks import Examination, Fact, Remark, State

NO_SOUND = Remark("broken", N_("WAV 文件缺少格式块或数据块。请重新转换后提交。"))


def examine_wav(path: Path, puid: str) -> Examination:
    """State, rate, depth and length of a WAV file; the data chunk must be all there."""
    facts: dict[str, Fact] = {}
    size, missing = path.stat().st_size, 0
    with path.open("rb") as file:
        file.seek(12)
        while len(head := file.read(8)) == 8:
            name, length = struct.unpack("<4sI", head)
            start = file.tell()
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
    _tag, channels, rate, byte_rate, _align, bits = struct.unpack("<HHIIHH", block)
    return {"channels": channels, "sample_rate_hz": rate, "bits": bits, "bytes_per_s": byte_rate}


def _verdict(puid: str, facts: dict[str, Fact], missing: int) -> Examination:
    rate, data = facts.get("bytes_per_s"), facts.get("data_bytes")
    if not isinstance(rate, int) or not isinstance(data, int) or rate == 0:
        return Examination(puid, State.BROKEN, facts, (NO_SOUND,))
    facts["duration_s"] = round(data / rate, 3)
    if missing:
        problem = Remark(
            "truncated", N_("WAV 文件缺少末尾的 %(bytes)s 字节，录音不完整。"), {"bytes": missing}
        )
        return Examination(puid, State.TRUNCATED, facts, (problem,))
    return Examination(puid, State.OK, facts)
