"""The words of Office documents of before 2007 ([MS-DOC], [MS-PPT], [MS-XLS]): for finding them, not for showing.

Every place and length in such a file is a number that anybody may have written: none is followed beyond its stream,
none twice where that could go round, and never more text is taken than was asked for.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import olefile  # type: ignore[import-untyped]
from python_calamine import CalamineError, CalamineWorkbook

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# what olefile raises on damaged files; the last for a length that no file has
DAMAGED = (OSError, ValueError, IndexError, struct.error, TypeError, MemoryError)
_MOST_BYTES = 64 << 20  # of one stream
_WORD97, _ENCRYPTED, _SECOND_TABLE = 0x00C1, 0x0100, 0x0200  # FibBase: nFib, fEncrypted, fWhichTblStm
_AT_FIB, _AT_FLAGS, _AT_LENGTHS, _AT_CLX = 2, 10, 0x4C, 0x01A2
_PRC, _PCDT = 1, 2
_EIGHT_BITS = 1 << 30  # FcCompressed.fCompressed
_SLIDES, _SLIDE_PERSIST = 0x0FF0, 0x03F3
_EDIT, _PERSIST = 0x0FF5, 0x1772
_TEXTS = {0x0FA0: "utf-16-le", 0x0FA8: "latin-1"}  # TextCharsAtom, TextBytesAtom
_CONTAINER = 0xF
_DEEPEST, _MOST_EDITS, _MOST_RECORDS = 16, 1_000, 1_000_000
_SHEET_BEGINS, _MOST_SHEETS, _MOST_CELLS = 0x0809, 64, 6_000_000
_CELLS = frozenset({0x0203, 0x0204, 0x00FD, 0x00D6, 0x027E, 0x0006, 0x0205, 0x00BD, 0x00BE, 0x0201})
_CELLS_IN_A_ROW = frozenset({0x00BD, 0x00BE})
_AS = {  # §2.4.1 of [MS-DOC]: marks of paragraphs, cells, lines, pages, hyphens
    0x07: "\t", 0x0B: "\n", 0x0C: "\n", 0x0D: "\n", 0x0E: "\n", 0x1E: "-", 0xA0: " ",
}  # fmt: skip
_SHOWN = {number: _AS.get(number, "") for number in (*range(9), *range(11, 32), 0xA0)}
_BEGIN, _SEPARATOR, _END = "\x13", "\x14", "\x15"  # of a field: code, result


def is_old_office(path: Path) -> bool:
    """Whether the file is a compound file at all."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def old_office(path: Path, limit: int) -> Iterator[str]:
    """A document as one page, a presentation slide by slide, a workbook sheet by sheet; nothing where it is damaged
    or locked."""
    try:
        with olefile.OleFileIO(str(path)) as ole:
            if ole.exists("WordDocument"):
                yield _document(ole, limit)
            elif ole.exists("PowerPoint Document"):
                yield from _slides(ole, limit)
            elif ole.exists("Workbook"):
                yield from _sheets(path, ole, limit)
    except DAMAGED:
        return


def _opened(ole: olefile.OleFileIO, name: str) -> BytesIO:
    """A stream; one that calls itself longer than the file goes round in it, and olefile would follow."""
    if ole.get_size(name) > len(ole.fat) * ole.sector_size:
        raise ValueError(name)
    stream: BytesIO = ole.openstream(name)
    return stream


def _stream(ole: olefile.OleFileIO, name: str) -> bytes:
    with _opened(ole, name) as stream:
        return stream.read(_MOST_BYTES)


def _document(ole: olefile.OleFileIO, limit: int) -> str:
    """The text by its table of pieces; of Word 6 and 95, which had none of ours, nothing."""
    text = _stream(ole, "WordDocument")
    (version,), (flags,) = struct.unpack_from("<H", text, _AT_FIB), struct.unpack_from("<H", text, _AT_FLAGS)
    if version < _WORD97 or flags & _ENCRYPTED:
        return ""
    table = _stream(ole, "1Table" if flags & _SECOND_TABLE else "0Table")
    at, size = struct.unpack_from("<II", text, _AT_CLX)
    found: list[str] = []
    left = limit
    for piece in _pieces(table[at : at + size], text):
        if left <= 0:
            break
        found.append(piece[:left])
        left -= len(piece)
    return _shown("".join(found))


def _pieces(clx: bytes, text: bytes) -> Iterator[str]:
    at = 0
    while clx[at : at + 1] == bytes([_PRC]):  # formatting
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if clx[at : at + 1] != bytes([_PCDT]):
        return
    (size,) = struct.unpack_from("<I", clx, at + 1)
    plc = clx[at + 5 : at + 5 + size]
    count = (len(plc) - 4) // 12
    for number in range(count):
        first, end = struct.unpack_from("<II", plc, 4 * number)
        length = end - first
        (where,) = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * number + 2)
        if length <= 0:
            continue
        if where & _EIGHT_BITS:
            start = (where & (_EIGHT_BITS - 1)) // 2
            yield text[start : start + length].decode("cp1252", "replace")
        else:
            start = where & (_EIGHT_BITS - 1)
            yield text[start : start + 2 * length].decode("utf-16-le", "replace")


def _shown(text: str) -> str:
    """What a reader sees: results of fields without their codes, marks as lines and tabs."""
    found: list[str] = []
    in_code: list[bool] = []
    for part in _parted(text):
        match part:
            case "\x13":
                in_code.append(True)
            case "\x14" if in_code:
                in_code[-1] = False
            case "\x15" if in_code:
                in_code.pop()
            case _ if not any(in_code[-_DEEPEST:]):
                found.append(part)
    lines = (line.strip() for line in "".join(found).translate(_SHOWN).split("\n"))
    return "\n".join(line for line in lines if line)


def _parted(text: str) -> Iterator[str]:
    start = 0
    for at, letter in enumerate(text):
        if letter in (_BEGIN, _SEPARATOR, _END):
            if at > start:
                yield text[start:at]
            yield letter
            start = at + 1
    if start < len(text):
        yield text[start:]


def _slides(ole: olefile.OleFileIO, limit: int) -> Iterator[str]:
    """By the list of slides that is in force; what was saved over before is not read."""
    (token,) = struct.unpack_from("<I", user := _stream(ole, "Current User"), 12)
    if token == 0xF3D1C4DF:  # locked
        return
    data = _stream(ole, "PowerPoint Document")
    places, document = _persisted(data, struct.unpack_from("<I", user, 16)[0])
    left, budget = limit, [_MOST_RECORDS]
    for number, outline in _listed(data, places.get(document, -1), budget):
        own = _texts(data, places.get(number, -1), budget)
        text = "\n".join(filter(None, (_lines(one) for one in [*outline, *own])))[:left]
        left -= len(text)
        yield text
        if left <= 0 or budget[0] <= 0:
            return


def _persisted(data: bytes, at: int) -> tuple[dict[int, int], int]:
    """Number of an object → where it was written last, and the number of the document."""
    places: dict[int, int] = {}
    document, seen, left = 0, set[int](), _MOST_RECORDS
    while at and at not in seen and len(seen) < _MOST_EDITS:
        seen.add(at)
        kind, _instance, _is_container, _length = _head(data, at)
        if kind != _EDIT:
            break
        before, directory, reference = struct.unpack_from("<III", data, at + 16)
        document = document or reference
        kind, _instance, _is_container, length = _head(data, directory)
        if kind != _PERSIST:
            break
        place, end = directory + 8, min(directory + 8 + length, len(data) - 4)
        while place <= end - 4 and left > 0:
            (said,) = struct.unpack_from("<I", data, place)
            first, count = said & 0xFFFFF, min(said >> 20, (end - place) // 4)
            for number, offset in enumerate(struct.unpack_from(f"<{count}I", data, place + 4), first):
                places.setdefault(number, offset)
            place += 4 + 4 * count
            left -= 1 + count
        at = before
    return places, document


def _head(data: bytes, at: int) -> tuple[int, int, bool, int]:
    """Kind, instance, whether it holds records, and length of a record."""
    version, kind, length = struct.unpack_from("<HHI", data, at)
    return kind, version >> 4, version & 0xF == _CONTAINER, length


def _records(
    data: bytes, at: int, budget: list[int], depth: int = 0
) -> Iterator[tuple[int, int, int, int, int]]:
    """Depth, kind, instance, start and end of each record in the one at a place, and of those in them."""
    if at < 0 or depth > _DEEPEST:
        return
    _kind, _instance, is_container, length = _head(data, at)
    here, end = at + 8, min(at + 8 + length, len(data))
    while is_container and here + 8 <= end and budget[0] > 0:
        budget[0] -= 1
        kind, instance, holds, length = _head(data, here)
        yield depth, kind, instance, here + 8, min(here + 8 + length, end)
        if holds:
            yield from _records(data, here, budget, depth + 1)
        here += 8 + length


def _texts(data: bytes, at: int, budget: list[int]) -> Iterator[str]:
    for _depth, kind, _instance, start, end in _records(data, at, budget):
        if kind in _TEXTS:
            yield data[start:end].decode(_TEXTS[kind], "replace")


def _listed(data: bytes, document: int, budget: list[int]) -> Iterator[tuple[int, list[str]]]:
    """The slides in their order, each with what the outline says of it."""
    found: list[tuple[int, list[str]]] = []
    is_of_slides = False
    for depth, kind, instance, start, end in _records(data, document, budget):
        if depth == 0:
            is_of_slides = kind == _SLIDES and instance == 0
        elif is_of_slides and kind == _SLIDE_PERSIST:
            found.append((struct.unpack_from("<I", data, start)[0], []))
        elif is_of_slides and found and kind in _TEXTS:
            found[-1][1].append(data[start:end].decode(_TEXTS[kind], "replace"))
    yield from found


def _lines(text: str) -> str:
    return "\n".join(line.strip() for line in text.replace("\x0b", "\r").split("\r") if line.strip())


def _sheets(path: Path, ole: olefile.OleFileIO, limit: int) -> Iterator[str]:
    """A workbook sheet by sheet, a row as a line."""
    with _opened(ole, "Workbook") as stream, stream.getbuffer() as whole:
        if not _fits(whole):  # looked at to its end, as calamine reads it
            return
    try:
        book = CalamineWorkbook.from_path(path)
        for number in range(min(len(book.sheet_names), _MOST_SHEETS)):
            found: list[str] = []
            for row in book.get_sheet_by_index(number).iter_rows():
                if line := "\t".join(filter(None, map(_cell, row))):
                    found.append(line[:limit])
                    limit -= len(found[-1])
                if limit <= 0:
                    break
            yield "\n".join(found)
            if limit <= 0:
                return
    except CalamineError:
        return
    except BaseException as panic:  # boundary: a panic of Rust is no Exception and cannot be imported
        if type(panic).__module__ != "pyo3_runtime":
            raise


def _fits(data: memoryview) -> bool:
    """Whether no sheet takes more memory than it should: a cell in the last row and column makes all between."""
    at = rows = columns = 0
    while at + 8 <= len(data):
        kind, length, row, column = struct.unpack_from("<HHHH", data, at)
        if kind == _SHEET_BEGINS:
            rows = columns = 0
        elif kind in _CELLS:
            several = length // 2 if kind in _CELLS_IN_A_ROW else 0
            rows, columns = max(rows, row + 1), max(columns, column + 1 + several)
            if rows * columns > _MOST_CELLS:
                return False
        at += 4 + length
    return True


def _cell(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
