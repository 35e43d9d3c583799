"""ASF, the container of WMV and WMA: the header says how long the file is."""

from __future__ import annotations

import struct
from pathlib import Path
from typing import BinaryIO

from lantai.kit.formats.media.wording import LOCKED, NO_INDEX, NOTHING_IN_IT, cut_by
from lantai.kit.formats.remarks import Examination, Fact, State

HEADER = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")
_DATA = bytes.fromhex("3626b2758e66cf11a6d900aa0062ce6c")
_FILE = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_STREAM = bytes.fromhex("9107dcb7b7a9cf118ee600c00c205365")
_AUDIO = bytes.fromhex("409e69f84d5bcf11a8fd00805f5c442b")
_VIDEO = bytes.fromhex("c0ef19bc4d5bcf11a8fd00805f5c442b")
_LOCKS = (
    bytes.fromhex("fbb3112223bdd211b4b700a0c955fc6e"),  # Content Encryption Object
    bytes.fromhex("14e68a292226174cb935dae07ee9289c"),  # Extended Content Encryption Object
)
_OBJECT = struct.Struct("<16sQ")
_MAX_HEADER_BYTES = 16 << 20
_IS_BROADCAST = 1


def examine_asf(path: Path, puid: str) -> Examination:
    """State and facts of an ASF file by its header; live recordings state no length and are taken as they end."""
    size = path.stat().st_size
    with path.open("rb") as file:
        _guid, length = _OBJECT.unpack(file.read(_OBJECT.size).ljust(_OBJECT.size, b"\0"))
        header = file.read(min(length, _MAX_HEADER_BYTES) - _OBJECT.size) if length > _OBJECT.size else b""
        facts, stated_bytes, is_locked = _read(header[6:])
        data_end = _data_end(file, length)
    if is_locked:
        return Examination(puid, State.ENCRYPTED, facts, (LOCKED,))
    if length > size or max(stated_bytes, data_end) > size:
        return cut_by(puid, facts, max(length, stated_bytes, data_end) - size)
    if not data_end:
        return Examination(puid, State.TRUNCATED, facts, (NO_INDEX,))
    if not {"audio_codec", "video_codec"} & facts.keys():
        return Examination(puid, State.BROKEN, facts, (NOTHING_IN_IT,))
    return Examination(puid, State.OK, facts)


def _data_end(file: BinaryIO, start: int) -> int:
    file.seek(min(start, 1 << 40))
    head = file.read(_OBJECT.size)
    if len(head) < _OBJECT.size:
        return 0
    guid, length = _OBJECT.unpack(head)
    return start + length if guid == _DATA else 0


def _read(header: bytes) -> tuple[dict[str, Fact], int, bool]:
    """Facts, the stated size of the file (0: none is stated), and whether it is locked."""
    facts: dict[str, Fact] = {}
    stated_bytes, is_locked, at = 0, False, 0
    while at + _OBJECT.size <= len(header):
        guid, length = _OBJECT.unpack_from(header, at)
        if length < _OBJECT.size:
            break
        body = header[at + _OBJECT.size : at + length]
        is_locked |= guid in _LOCKS
        if guid == _FILE and len(body) >= 80:
            told, duration, preroll_ms, flags = (
                struct.unpack_from("<Q", body, 16)[0],
                struct.unpack_from("<Q", body, 40)[0],
                struct.unpack_from("<Q", body, 56)[0],
                struct.unpack_from("<I", body, 64)[0],
            )
            if not flags & _IS_BROADCAST:
                stated_bytes = told
                facts["duration_ms"] = max(0, duration // 10_000 - preroll_ms)
        elif guid == _STREAM:
            facts |= _stream(body)
        at += length
    return facts, stated_bytes, is_locked


def _stream(body: bytes) -> dict[str, Fact]:
    kind, special = body[:16], body[54:]
    if kind == _AUDIO and len(special) >= 16:
        tag, channels, rate = struct.unpack_from("<HHI", special)
        return {"audio_codec": f"0x{tag:04x}", "channels": channels, "sample_rate_hz": rate}
    if kind == _VIDEO and len(special) >= 31:
        width, height = struct.unpack_from("<II", special)
        codec = special[27:31].decode("ascii", "replace").strip("\x00 ")
        return {"video_codec": codec, "width_px": width, "height_px": height}
    return {}
