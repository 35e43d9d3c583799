"""Just enough of a font file: which glyph stands for a character; and a font for what is not embedded."""

from __future__ import annotations

import struct
from functools import cached_property
from pathlib import Path

_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
_CHINESE = (
    "NotoSerifCJK",
    "NotoSansCJK",
    "SourceHan",
    "simsun",
    "SimSun",
    "wqy",
    "uming",
    "ukai",
    "DroidSansFallback",
)
_MAX_GROUPS = 20_000
_MAX_CODES = 0x120000  # a map may be made to name every character again and again


class FontFile:
    """The bytes of a TrueType or OpenType font (the first of a collection), with its character map."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def glyph(self, character: str) -> int:
        """Number of the glyph for ``character``; 0 when the font has none."""
        code = ord(character)
        return self.glyphs.get(code) or self.glyphs.get(0xF000 + code, 0)  # symbol fonts live at F000

    @cached_property
    def glyphs(self) -> dict[int, int]:
        """The character map; empty when it cannot be read."""
        try:
            return _character_map(self.data)
        except (struct.error, IndexError):
            return {}


def installed_chinese_font() -> Path | None:
    """A Chinese font of this machine, by the names that distributions give them."""
    for folder in _FOLDERS:
        for path in sorted(folder.rglob("*.[to]t[fc]")):
            if path.name.startswith(_CHINESE):
                return path
    return None


def _character_map(data: bytes) -> dict[int, int]:
    start = struct.unpack_from(">I", data, 12)[0] if data[:4] == b"ttcf" else 0
    (count,) = struct.unpack_from(">H", data, start + 4)
    for index in range(count):
        tag, _sum, offset, _length = struct.unpack_from(">4sIII", data, start + 12 + 16 * index)
        if tag == b"cmap":
            return _best_table(data, offset)
    return {}


def _best_table(data: bytes, offset: int) -> dict[int, int]:
    """The table that covers most: full Unicode before the basic plane before the rest."""
    _version, count = struct.unpack_from(">HH", data, offset)
    maps: list[dict[int, int]] = []
    for index in range(min(count, 32)):
        _platform, _encoding, where = struct.unpack_from(">HHI", data, offset + 4 + 8 * index)
        (form,) = struct.unpack_from(">H", data, offset + where)
        reader = {4: _format_4, 6: _format_6, 12: _format_12}.get(form)
        if reader is not None:
            maps.append(reader(data, offset + where))
    return max(maps, key=len, default={})


def _format_4(data: bytes, at: int) -> dict[int, int]:
    (double,) = struct.unpack_from(">H", data, at + 6)
    count = double // 2
    ends = struct.unpack_from(f">{count}H", data, at + 14)
    starts = struct.unpack_from(f">{count}H", data, at + 16 + double)
    deltas = struct.unpack_from(f">{count}H", data, at + 16 + 2 * double)
    ranges_at = at + 16 + 3 * double
    ranges = struct.unpack_from(f">{count}H", data, ranges_at)
    found: dict[int, int] = {}
    left = _MAX_CODES
    for i in range(count):
        left -= max(0, ends[i] - starts[i])
        if left < 0:
            break
        for code in range(starts[i], min(ends[i], 0xFFFE) + 1):
            glyph = code
            if ranges[i]:
                (glyph,) = struct.unpack_from(
                    ">H", data, ranges_at + 2 * i + ranges[i] + 2 * (code - starts[i])
                )
            if glyph or not ranges[i]:
                found[code] = (glyph + deltas[i]) & 0xFFFF
    return found


def _format_6(data: bytes, at: int) -> dict[int, int]:
    first, count = struct.unpack_from(">HH", data, at + 6)
    return {first + i: g for i, g in enumerate(struct.unpack_from(f">{count}H", data, at + 10)) if g}


def _format_12(data: bytes, at: int) -> dict[int, int]:
    (groups,) = struct.unpack_from(">I", data, at + 12)
    found: dict[int, int] = {}
    left = _MAX_CODES
    for index in range(min(groups, _MAX_GROUPS)):
        first, last, glyph = struct.unpack_from(">III", data, at + 16 + 12 * index)
        left -= max(0, min(last, 0x10FFFF) - first)
        if left < 0:
            break
        for code in range(first, min(last, 0x10FFFF) + 1):
            found[code] = glyph + code - first
    return found
