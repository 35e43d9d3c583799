"""FLAC (RFC 9639): the last frame must be whole (CRC-16) and end at the last sample that the header states."""

from __future__ import annotations

from pathlib import Path

from lantai.kit.formats.media.wording import CUT_SOMEWHERE, NOTHING_IN_IT
from lantai.kit.formats.remarks import Examination, Fact, State

_LARGEST_FRAME = 1 << 20
_SIZES = {1: 192, **{n: 576 << (n - 2) for n in range(2, 6)}, **{n: 256 << (n - 8) for n in range(8, 16)}}


def examine_flac(path: Path, puid: str) -> Examination:
    """State and facts of a FLAC file; an unstated length cannot be checked against the last frame."""
    with path.open("rb") as file:
        head = file.read(42)
        size = file.seek(0, 2)
        file.seek(max(42, size - _LARGEST_FRAME))
        tail = file.read()
    if len(head) < 42 or head[:4] != b"fLaC":
        return Examination(puid, State.TRUNCATED, {}, (CUT_SOMEWHERE,))
    packed = int.from_bytes(head[18:26], "big")
    rate, channels = packed >> 44, (packed >> 41 & 7) + 1
    bits, samples = (packed >> 36 & 31) + 1, packed & (1 << 36) - 1
    facts: dict[str, Fact] = {"audio_codec": "flac", "sample_rate_hz": rate, "channels": channels}
    facts |= {"bits_per_sample": bits}
    if not rate:
        return Examination(puid, State.BROKEN, facts, (NOTHING_IN_IT,))
    facts["duration_ms"] = samples * 1000 // rate
    block = int.from_bytes(head[8:10], "big")
    if not _ends_whole(_without_tag(tail), samples, block):
        return Examination(puid, State.TRUNCATED, facts, (CUT_SOMEWHERE,))
    return Examination(puid, State.OK, facts)


def _without_tag(tail: bytes) -> bytes:
    return tail[:-128] if tail[-128:-125] == b"TAG" else tail


def _ends_whole(tail: bytes, samples: int, block: int) -> bool:
    """Whether a frame that reaches to the end is intact and is the last one."""
    at = len(tail)
    while (at := tail.rfind(b"\xff", 0, at)) >= 0:
        if tail[at + 1 : at + 2] in {b"\xf8", b"\xf9"} and (read := _frame(tail, at, block)) is not None:
            first, count = read
            if _crc16(tail[at:]) == 0:
                return samples in {0, first + count}
    return False


def _frame(data: bytes, at: int, block: int) -> tuple[int, int] | None:
    """First sample and number of samples of the frame at ``at``; None when its header is none (CRC-8)."""
    is_variable, size_code, rate_code = data[at + 1] & 1, data[at + 2 : at + 3], data[at + 2 : at + 3]
    if not size_code:
        return None
    number, position = _coded_number(data, at + 4)
    code = size_code[0] >> 4
    if code == 0 or number is None:
        return None
    extra = {6: 1, 7: 2}.get(code, 0)
    count = int.from_bytes(data[position : position + extra], "big") + 1 if extra else _SIZES.get(code, 0)
    position += extra + {12: 1, 13: 2, 14: 2}.get(rate_code[0] & 15, 0)
    if _crc8(data[at : position + 1]) != 0:
        return None
    return (number if is_variable else number * block), count


def _coded_number(data: bytes, at: int) -> tuple[int | None, int]:
    """A number coded like a character of UTF-8, up to 36 bits, and what follows it."""
    if at >= len(data):
        return None, at
    first = data[at]
    more = 0
    while more < 7 and first & 0x80 >> more:
        more += 1
    if more == 1 or at + max(more, 1) > len(data):
        return None, at
    number = first & 0x7F >> more
    for byte in data[at + 1 : at + max(more, 1)]:
        number = number << 6 | byte & 0x3F
    return number, at + max(more, 1)


def _table(polynomial: int, width: int) -> list[int]:
    top, mask, made = 1 << (width - 1), (1 << width) - 1, []
    for value in range(256):
        rest = value << (width - 8)
        for _ in range(8):
            rest = (rest << 1 ^ polynomial if rest & top else rest << 1) & mask
        made.append(rest)
    return made


_CRC8, _CRC16 = _table(0x07, 8), _table(0x8005, 16)


def _crc8(data: bytes) -> int:
    rest = 0
    for byte in data:
        rest = _CRC8[rest ^ byte]
    return rest


def _crc16(data: bytes) -> int:
    rest = 0
    for byte in data:
        rest = rest << 8 & 0xFFFF ^ _CRC16[rest >> 8 ^ byte]
    return rest
