"""Small spreadsheets made byte by byte, for what no writer of ours makes: xls and ods."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

_NS = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
)


def ods_cell(text: str, attributes: str = "") -> str:
    """One cell of text."""
    shown = f"<text:p>{escape(text)}</text:p>"
    return f'<table:table-cell office:value-type="string" {attributes}>{shown}</table:table-cell>'


def write_ods(path: Path, rows: str, *, name: str = "目录") -> Path:
    """A workbook of one sheet whose rows are given as XML."""
    table = f'<table:table table:name="{name}"><table:table-column/>{rows}</table:table>'
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    content = f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_NS}>{body}</office:document-content>'
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "mimetype", "application/vnd.oasis.opendocument.spreadsheet", compress_type=zipfile.ZIP_STORED
        )
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return path


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _label(row: int, column: int, text: str) -> bytes:
    raw = text.encode("utf-16-le")
    return _record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + raw)


def write_xls(path: Path, rows: list[list[str]]) -> Path:
    """A BIFF8 workbook: text cells; B2 is a formula (42), A3:A4 are merged, the last row is hidden."""
    bof = struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6)
    cells = b"".join(
        _label(r, c, text)
        for r, row in enumerate(rows)
        for c, text in enumerate(row)
        if text and (r, c) != (1, 1)
    )
    formula = _record(0x0006, struct.pack("<HHHdHIH", 1, 1, 0, 42.0, 0, 0, 3) + b"\x1e\x2a\x00")
    hidden = _record(0x0208, struct.pack("<HHHHHHI", len(rows) - 1, 0, 4, 0x00FF, 0, 0, 0x0020))
    merged = _record(0x00E5, struct.pack("<H4H", 1, 2, 3, 0, 0))
    sheet = _record(0x0809, bof) + hidden + cells + formula + merged + _record(0x000A)
    book_bof = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6))
    title = "目录"
    bound = (
        struct.pack("<HBB", 0, 0, len(title))[:0]
        + struct.pack("<BB", len(title), 1)
        + title.encode("utf-16-le")
    )
    size = len(book_bof) + 4 + 6 + len(bound) + 4
    boundsheet = _record(0x0085, struct.pack("<IBB", size, 0, 0) + bound)
    path.write_bytes(_compound(book_bof + boundsheet + _record(0x000A) + sheet))
    return path


def _compound(stream: bytes) -> bytes:
    """An OLE2 file with the one stream ``Workbook``."""
    data = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    count = len(data) // 512
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<I", 0) + b"\xff" * (108 * 4)
    chain = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, 2 + count), 0xFFFFFFFE]
    fat = struct.pack(f"<{len(chain)}I", *chain).ljust(512, b"\xff")
    root = _entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)
    book = _entry("Workbook", 2, 2, len(data))
    return header + fat + (root + book).ljust(512, b"\0") + data


def _entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
    raw = (name + "\0").encode("utf-16-le")
    none = 0xFFFFFFFF
    head = raw.ljust(64, b"\0") + struct.pack("<HBBIII", len(raw), kind, 1, none, none, child)
    return head + bytes(36) + struct.pack("<IQ", start, size)
