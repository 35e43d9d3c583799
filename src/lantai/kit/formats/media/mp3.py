"""MP3 (ISO/IEC 11172-3, 13818-3): every frame from the first to the last, and the number that the header states."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from lantai.kit.errors import N_
from lantai.kit.formats.media.wording import NOTHING_IN_IT, cut_by, is_much_shorter, shorter
from lantai.kit.formats.remarks import Examination, Fact, Remark, State

_RATES = {3: (44100, 48000, 32000), 2: (22050, 24000, 16000), 0: (11025, 12000, 8000)}
_KBPS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_KBPS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_MAX_BYTES = 1 << 30
_MAX_JUNK = 4096
_FILLING = b"\x00 \r\n"
GAPS = N_("录音中有 %(count)s 处不能解码的内容，很可能已损坏。请重新导出。")


@dataclass(frozen=True, slots=True)
class _Frame:
    """The header of one frame."""

    length: int
    samples: int
    rate_hz: int
    kbps: int
    channels: int


def examine_mp3(path: Path, puid: str) -> Examination:
    """State and facts of an MP3, all its frames walked."""
    data = memoryview(path.read_bytes() if path.stat().st_size <= _MAX_BYTES else b"")
    start, end = _after_tag(data), _before_tags(data)
    position, frames, samples, bits, gaps, first = start, 0, 0, 0, 0, None
    while position < end:
        frame = _frame(data, position)
        if frame is None:
            position, skipped = _next_frame(data, position, end)
            gaps += skipped
            continue
        if position + frame.length > end:
            facts = _facts(first or frame, samples, bits)
            return cut_by(puid, facts, position + frame.length - end)
        first = first or frame
        frames, samples, bits = frames + 1, samples + frame.samples, bits + frame.length * 8
        position += frame.length
    if first is None:
        return Examination(puid, State.BROKEN, {}, (NOTHING_IN_IT,))
    facts = _facts(first, samples, bits)
    stated = _stated_frames(data, start)
    if stated and is_much_shorter(*(n * first.samples * 1000 // first.rate_hz for n in (frames, stated))):
        found_ms, stated_ms = (n * first.samples * 1000 // first.rate_hz for n in (frames, stated))
        return shorter(puid, facts, stated_ms=stated_ms, found_ms=found_ms)
    if gaps:
        return Examination(puid, State.BROKEN, facts, (Remark("broken", GAPS, {"count": gaps}),))
    return Examination(puid, State.OK, facts)


def _facts(first: _Frame, samples: int, bits: int) -> dict[str, Fact]:
    length_ms = samples * 1000 // first.rate_hz
    return {
        "audio_codec": "mp3",
        "duration_ms": length_ms,
        "sample_rate_hz": first.rate_hz,
        "channels": first.channels,
        "bit_rate_bps": bits * 1000 // length_ms if length_ms else first.kbps * 1000,
    }


def _frame(data: memoryview, at: int) -> _Frame | None:
    """The header at ``at``; None when there is none of layer III."""
    if at + 4 > len(data) or data[at] != 0xFF or data[at + 1] & 0xE0 != 0xE0:
        return None
    version, layer = data[at + 1] >> 3 & 3, data[at + 1] >> 1 & 3
    rate_number, speed_number = data[at + 2] >> 2 & 3, data[at + 2] >> 4
    if layer != 1 or version == 1 or rate_number == 3 or speed_number in {0, 15}:
        return None
    rate, samples = _RATES[version][rate_number], 1152 if version == 3 else 576
    kbps = (_KBPS_1 if version == 3 else _KBPS_2)[speed_number]
    length = samples // 8 * kbps * 1000 // rate + (data[at + 2] >> 1 & 1)
    return _Frame(length, samples, rate, kbps, 1 if data[at + 3] >> 6 == 3 else 2)


def _next_frame(data: memoryview, position: int, end: int) -> tuple[int, int]:
    """Where the next frame begins, and whether more than filling was passed over."""
    stop = min(end, position + _MAX_JUNK)
    at = position + 1
    while at < stop:
        frame = _frame(data, at)
        if frame is not None and (at + frame.length >= end or _frame(data, at + frame.length) is not None):
            break
        at += 1
    return at, int(bool(bytes(data[position:at]).strip(_FILLING)))


def _after_tag(data: memoryview) -> int:
    """Past the ID3v2 tags at the beginning."""
    position = 0
    while bytes(data[position : position + 3]) == b"ID3" and position + 10 <= len(data):
        size = 0
        for byte in data[position + 6 : position + 10]:
            size = size << 7 | byte & 0x7F
        position += 10 + size + (10 if data[position + 5] & 0x10 else 0)
    return position


def _before_tags(data: memoryview) -> int:
    """Before the ID3v1, Lyrics3 and APE tags at the end."""
    end = len(data)
    if bytes(data[max(0, end - 128) : end][:3]) == b"TAG":
        end -= 128
    footer = bytes(data[max(0, end - 32) : end])
    if footer.startswith(b"APETAGEX"):
        end -= int.from_bytes(footer[12:16], "little") + (32 if footer[23] & 0x80 else 0)
    return max(0, end)


def _stated_frames(data: memoryview, start: int) -> int:
    """The number of frames in the Xing header of the first frame; 0 when it has none."""
    head = bytes(data[start : start + 200])
    at = max(head.find(b"Xing"), head.find(b"Info"))
    if at < 0 or not int.from_bytes(head[at + 4 : at + 8], "big") & 1:
        return 0
    return int.from_bytes(head[at + 8 : at + 12], "big")
