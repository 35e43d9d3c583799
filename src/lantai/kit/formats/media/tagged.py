"""FLV and MPEG program streams: chains of pieces that each say how long they are; the last must be whole."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from lantai.kit.errors import N_
from lantai.kit.formats.media.wording import CUT_SOMEWHERE, NOTHING_IN_IT, cut_by
from lantai.kit.formats.remarks import Examination, Fact, Remark, State

NO_END = Remark(
    "no-end-mark",
    N_("录像文件没有结束标记，这种格式也不写总长度，因此不能确定末尾是否完整。请播放核对。"),
)
_FLV_HEAD, _TAG_BYTES = 9, 11
_FLV_SOUND, _FLV_PICTURE = 8, 9
_PACK, _END = 0xBA, 0xB9
_WINDOW = 64 << 10


def examine_flv(path: Path, puid: str) -> Examination:
    """State of a Flash film: each tag and the length after it must be there."""
    facts: dict[str, Fact] = {}
    size, kinds, last_ms = path.stat().st_size, set[int](), 0
    with path.open("rb") as file:
        at = struct.unpack(">I", file.read(_FLV_HEAD).ljust(_FLV_HEAD, b"\0")[5:9])[0] + 4
        while at + _TAG_BYTES <= size:
            file.seek(at)
            head = file.read(_TAG_BYTES)
            kinds.add(head[0] & 0x1F)
            if head[0] & 0x1F in {_FLV_SOUND, _FLV_PICTURE}:
                last_ms = max(last_ms, int.from_bytes(head[7:8] + head[4:7], "big"))
            at += _TAG_BYTES + int.from_bytes(head[1:4], "big") + 4
    facts["duration_ms"] = last_ms
    if at != size:  # a piece of a tag, or a tag that ends beyond the file
        return cut_by(puid, facts, at - size) if at > size else _cut(puid, facts)
    if not {_FLV_SOUND, _FLV_PICTURE} & kinds:
        return Examination(puid, State.BROKEN, facts, (NOTHING_IN_IT,))
    return Examination(puid, State.OK, facts)


def examine_program_stream(path: Path, puid: str) -> Examination:
    """State of an MPEG program stream: each packet must be there, an end mark shows that nothing is missing."""
    size, at, streams, is_ended = path.stat().st_size, 0, 0, False
    with path.open("rb") as file:
        while at < size and not is_ended:
            file.seek(at)
            head = file.read(14)
            if len(head) < 4 or head[:3] != b"\0\0\1":
                if not head.strip(b"\0") and (skipped := _next_start(file, at)):
                    at = skipped
                    continue
                return (
                    _cut(puid, {}) if len(head) < 4 else Examination(puid, State.BROKEN, {}, (NOTHING_IN_IT,))
                )
            is_ended = head[3] == _END
            streams += head[3] >= 0xC0
            at += _length(head)
    if at > size:
        return cut_by(puid, {}, at - size)
    if not streams:
        return Examination(puid, State.BROKEN, {}, (NOTHING_IN_IT,))
    return Examination(puid, State.OK, {}, () if is_ended else (NO_END,))


def _length(head: bytes) -> int:
    """Bytes of the piece that begins so (ISO/IEC 13818-1 §2.5.3)."""
    if head[3] == _END:
        return 4
    if head[3] == _PACK:
        if len(head) < 14:
            return 14
        return 14 + (head[13] & 7) if head[4] >> 6 == 1 else 12  # MPEG-2, MPEG-1
    return 6 + (int.from_bytes(head[4:6], "big") if len(head) >= 6 else 0)


def _next_start(file: BinaryIO, at: int) -> int:
    """Where the padding of zeros before the next piece ends, 0 where it does not."""
    file.seek(at)
    found = file.read(_WINDOW).find(b"\0\0\1")
    return at + found if found > 0 else 0


def _cut(puid: str, facts: dict[str, Fact]) -> Examination:
    return Examination(puid, State.TRUNCATED, facts, (CUT_SOMEWHERE,))
