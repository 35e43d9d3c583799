"""A TrueType font cut down to the letters that a document uses, so that it can travel inside it.

Only what a renderer needs is kept: outlines, widths, the character map and the hinting programs. The
result is the same bytes for the same font and letters. Fonts with PostScript outlines are refused.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from lantai.kit.errors import N_, Invalid
from lantai.kit.formats.ofd.fonts import FontFile

_KEPT = ("OS/2", "cvt ", "fpgm", "gasp", "name", "prep")
_MAGIC = 0xB1B0AFBA
# Flags of the components of a composite glyph (OpenType, glyf table).
WORDS, SCALE, MORE, TWO_SCALES, TWO_BY_TWO = 0x0001, 0x0008, 0x0020, 0x0040, 0x0080
_MAX_DEPTH = 8


class FontUnfit(Invalid):
    """The font file cannot be cut down."""

    message = N_("字体文件“%(name)s”不是 TrueType 字体或已损坏，不能嵌入。请换用 TTF 字体。")


class TrueType:
    """A font to write with: widths of letters, and subsets. Raises ``FontUnfit``."""

    def __init__(self, data: bytes, name: str = "") -> None:
        self.name = name
        self._data = data
        try:
            self._tables = _tables(data)
            self.units = struct.unpack_from(">H", self._table("head"), 18)[0]
            self._long = bool(struct.unpack_from(">h", self._table("head"), 50)[0])
            self._count = struct.unpack_from(">H", self._table("maxp"), 4)[0]
            self._wide = struct.unpack_from(">H", self._table("hhea"), 34)[0]
            self._loca = self._locations()
        except (struct.error, IndexError, KeyError) as broken:
            raise FontUnfit(name=name) from broken
        if not self.units or not self._wide:
            raise FontUnfit(name=name)

    @classmethod
    def load(cls, path: Path) -> TrueType:
        """The font in a file. Raises ``FontUnfit`` and OSError."""
        return cls(path.read_bytes(), path.name)

    @cached_property
    def family(self) -> str:
        """The family's English name, or the file's name."""
        return _family(self._tables.get("name", b"")) or self.name.partition(".")[0] or "Font"

    @cached_property
    def _map(self) -> dict[int, int]:
        return {code: glyph for code, glyph in FontFile(self._data).glyphs.items() if glyph < self._count}

    def has(self, character: str) -> bool:
        """Whether there is a glyph for ``character``."""
        return ord(character) in self._map

    def glyph(self, character: str) -> int:
        """Number of the glyph for ``character``; 0 when there is none."""
        code = ord(character)
        return self._map.get(code) or self._map.get(0xF000 + code, 0)  # symbol fonts live at F000

    def advance(self, character: str) -> float:
        """How far the pen moves after ``character``, in parts of the em."""
        return float(self._width(self._map.get(ord(character), 0))[0] / self.units)

    def advance_of(self, glyph: int) -> float:
        """As ``advance``, after the glyph of that number."""
        return float(self._width(glyph)[0] / self.units) if glyph < self._count else 0.0

    def thinned(self, glyphs: Iterable[int]) -> bytes:
        """The font with all numbers as they are, and outlines for ``glyphs`` only. Raises ``FontUnfit``."""
        try:
            kept = self._closure(dict.fromkeys([0, *sorted(g for g in glyphs if g < self._count)]))
            outlines = [self.outline(glyph) if glyph in kept else b"" for glyph in range(self._count)]
            places = [0]
            for number, outline in enumerate(outlines):
                outlines[number] = outline + bytes(-len(outline) % 4)
                places.append(places[-1] + len(outlines[number]))
            head = bytearray(self._table("head"))
            struct.pack_into(">I", head, 8, 0)
            struct.pack_into(">h", head, 50, 1)
            tables = {
                tag: self._tables[tag]
                for tag in (*_KEPT, "cmap", "hhea", "hmtx", "maxp")
                if tag in self._tables
            }
            tables |= {
                "glyf": b"".join(outlines),
                "head": bytes(head),
                "loca": struct.pack(f">{len(places)}I", *places),
                "post": struct.pack(">IIhhIIIII", 0x00030000, 0, 0, 0, 0, 0, 0, 0, 0),
            }
            return _font(tables)
        except (struct.error, IndexError, KeyError) as broken:
            raise FontUnfit(name=self.name) from broken

    def subset(self, characters: Iterable[str]) -> bytes:
        """The font with the glyphs of ``characters`` only, numbered anew. Raises ``FontUnfit``."""
        codes = sorted({ord(c) for c in characters if ord(c) in self._map})
        try:
            glyphs = self._closure(dict.fromkeys([0, *(self._map[code] for code in codes)]))
            return self._assembled(codes, glyphs)
        except (struct.error, IndexError) as broken:
            raise FontUnfit(name=self.name) from broken

    def _table(self, tag: str) -> bytes:
        return self._tables[tag]

    def _locations(self) -> tuple[int, ...]:
        form, size = ("I", 1) if self._long else ("H", 2)
        found = struct.unpack_from(f">{self._count + 1}{form}", self._table("loca"))
        self._table("glyf")
        return tuple(one * size for one in found)

    def _width(self, glyph: int) -> tuple[int, int]:
        """Advance and left bearing; glyphs after the last width all have it."""
        table = self._table("hmtx")
        if glyph < self._wide:
            advance, bearing = struct.unpack_from(">Hh", table, 4 * glyph)
            return int(advance), int(bearing)
        (advance,) = struct.unpack_from(">H", table, 4 * (self._wide - 1))
        at = 4 * self._wide + 2 * (glyph - self._wide)
        bearing = struct.unpack_from(">h", table, at)[0] if at + 2 <= len(table) else 0
        return int(advance), int(bearing)

    def outline(self, glyph: int) -> bytes:
        """The glyph's entry in the table of outlines; empty for a blank one or one that is not there."""
        if not 0 <= glyph < self._count:
            return b""
        return self._table("glyf")[self._loca[glyph] : self._loca[glyph + 1]]

    def _closure(self, wanted: dict[int, None]) -> dict[int, int]:
        """New number by old, with the glyphs of which others are composed."""
        pending = list(wanted)
        for _ in range(_MAX_DEPTH):
            parts = [part for g in pending for _at, part in _components(self.outline(g))]
            pending = [part for part in dict.fromkeys(parts) if part not in wanted and part < self._count]
            wanted.update(dict.fromkeys(pending))
        return {old: new for new, old in enumerate(wanted)}

    def _assembled(self, codes: list[int], glyphs: dict[int, int]) -> bytes:
        outlines = [_renumbered(self.outline(old), glyphs) for old in glyphs]
        places = [0]
        for outline in outlines:
            places.append(places[-1] + len(outline))
        head, hhea, maxp = (bytearray(self._table(tag)) for tag in ("head", "hhea", "maxp"))
        struct.pack_into(">I", head, 8, 0)
        struct.pack_into(">h", head, 50, 1)
        struct.pack_into(">H", hhea, 34, len(glyphs))
        struct.pack_into(">H", maxp, 4, len(glyphs))
        tables = {tag: self._tables[tag] for tag in _KEPT if tag in self._tables}
        tables |= {
            "cmap": _character_map({code: glyphs[self._map[code]] for code in codes}),
            "glyf": b"".join(outlines),
            "head": bytes(head),
            "hhea": bytes(hhea),
            "hmtx": b"".join(struct.pack(">Hh", *self._width(old)) for old in glyphs),
            "loca": struct.pack(f">{len(places)}I", *places),
            "maxp": bytes(maxp),
            "post": struct.pack(">IIhhIIIII", 0x00030000, 0, 0, 0, 0, 0, 0, 0, 0),
        }
        return _font(tables)


def _tables(data: bytes) -> dict[str, bytes]:
    start = struct.unpack_from(">I", data, 12)[0] if data[:4] == b"ttcf" else 0
    (count,) = struct.unpack_from(">H", data, start + 4)
    found = {}
    for index in range(min(count, 64)):
        tag, _sum, at, length = struct.unpack_from(">4sIII", data, start + 12 + 16 * index)
        found[tag.decode("latin-1")] = data[at : at + length]
    return found


def _components(outline: bytes) -> list[tuple[int, int]]:
    """Where a composite glyph names its components, and which they are."""
    if len(outline) < 10 or struct.unpack_from(">h", outline)[0] >= 0:
        return []
    found, at, more = [], 10, True
    while more:
        flags, glyph = struct.unpack_from(">HH", outline, at)
        found.append((at + 2, int(glyph)))
        at += 4 + (4 if flags & WORDS else 2)
        at += 2 if flags & SCALE else 4 if flags & TWO_SCALES else 8 if flags & TWO_BY_TWO else 0
        more = bool(flags & MORE)
    return found


def _renumbered(outline: bytes, glyphs: dict[int, int]) -> bytes:
    changed = bytearray(outline)
    for at, glyph in _components(outline):
        struct.pack_into(">H", changed, at, glyphs.get(glyph, 0))
    return bytes(changed) + bytes(-len(changed) % 4)


def _character_map(glyphs: dict[int, int]) -> bytes:
    """A cmap with format 12, and format 4 for readers that know only the basic plane."""
    groups: list[list[int]] = []
    for code, glyph in sorted(glyphs.items()):
        if groups and code == groups[-1][1] + 1 and glyph == groups[-1][2] + code - groups[-1][0]:
            groups[-1][1] = code
        else:
            groups.append([code, code, glyph])
    full = struct.pack(">HHIII", 12, 0, 16 + 12 * len(groups), 0, len(groups))
    full += b"".join(struct.pack(">III", *group) for group in groups)
    basic = _format_4([g for g in groups if g[1] < 0xFFFF])
    header = struct.pack(">HHHHIHHI", 0, 2, 3, 1, 20, 3, 10, 20 + len(basic))
    return header + basic + full


def _format_4(groups: list[list[int]]) -> bytes:
    segments = [*groups, [0xFFFF, 0xFFFF, 0]]
    count = len(segments)
    power = 1 << (count.bit_length() - 1)
    ends = struct.pack(f">{count}H", *(s[1] for s in segments))
    starts = struct.pack(f">{count}H", *(s[0] for s in segments))
    deltas = [(s[2] - s[0]) & 0xFFFF for s in segments[:-1]] + [1]
    search = (2 * power, power.bit_length() - 1, 2 * (count - power))
    body = ends + b"\0\0" + starts + struct.pack(f">{count}H", *deltas) + bytes(2 * count)
    return struct.pack(">HHHHHHH", 4, 14 + len(body), 0, 2 * count, *search) + body


def _font(tables: dict[str, bytes]) -> bytes:
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    header = struct.pack(
        ">IHHHH", 0x00010000, count, 16 * power, power.bit_length() - 1, 16 * (count - power)
    )
    directory, body, at = b"", b"", 12 + 16 * count
    for tag, data in sorted(tables.items()):
        directory += struct.pack(">4sIII", tag.encode("latin-1"), _sum(data), at + len(body), len(data))
        body += data + bytes(-len(data) % 4)
    font = bytearray(header + directory + body)
    head_at = next(
        struct.unpack_from(">I", font, 12 + 16 * i + 8)[0]
        for i in range(count)
        if font[12 + 16 * i : 16 + 16 * i] == b"head"
    )
    struct.pack_into(">I", font, head_at + 8, (_MAGIC - _sum(bytes(font))) & 0xFFFFFFFF)
    return bytes(font)


def _sum(data: bytes) -> int:
    padded = data + bytes(-len(data) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF


def _family(table: bytes) -> str:
    try:
        _format, count, strings = struct.unpack_from(">HHH", table)
        for index in range(min(count, 200)):
            platform, _enc, _lang, name, length, at = struct.unpack_from(">6H", table, 6 + 12 * index)
            if platform == 3 and name == 1:
                return table[strings + at : strings + at + length].decode("utf-16-be", "replace")
    except struct.error:
        pass
    return ""
