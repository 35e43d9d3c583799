"""One file that is several: a PDF with a ZIP at its end, a picture that is also a page of HTML, GIFAR.

Each reader finds another document in such a file, so that what was checked is not what somebody will open.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from dataclasses import replace

from lantai.kit.errors import N_
from lantai.kit.formats.ends import Ends
from lantai.kit.formats.identify import Identified
from lantai.kit.formats.remarks import Examination, Remark, State

_STARTS: tuple[tuple[bytes, str], ...] = (
    (b"PK\x03\x04", "ZIP"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"II*\x00", "TIFF"),
    (b"MM\x00*", "TIFF"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "OLE"),
    (b"Rar!\x1a\x07", "RAR"),
    (b"7z\xbc\xaf\x27\x1c", "7Z"),
    (b"\x7fELF", "ELF"),
)
_PICTURES = frozenset({"JPEG", "PNG", "GIF", "TIFF"})
_PDF_WINDOW = 1024  # where readers look for the header of a PDF
_HTML = re.compile(
    rb"(?i)\A[\xef\xbb\xbf\s]*(?:<!--.{0,512}?-->\s*)*<(?:!doctype\s+html|html|head|script|body)\b"
)
_HTML_INSIDE = re.compile(rb"(?i)<(?:!doctype\s+html|html|script|iframe|\?php)[\s>]")
_PICTURE_NAMES = {"jpg", "jpeg", "png", "gif", "bmp", "tif", "tiff", "webp", "jp2"}
_DOCUMENT_NAMES = {"pdf", "ofd", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "txt", "mp3", "mp4", "wav"}
_AFTER_PDF = 64  # bytes after the last mark of a PDF that any writer may leave
_END_OF_ZIP = struct.Struct("<4s4H2IH")
_LONGEST_END_OF_ZIP = _END_OF_ZIP.size + 0xFFFF  # with its comment

POLYGLOT = N_("文件同时符合几种格式：%(kinds)s，不同软件会打开不同的内容。")
MASQUERADE = N_("文件名是“%(extension)s”，内容却是可执行的%(kinds)s。")
TRAILING = N_("PDF 结尾之后还有 %(bytes)s 字节多余的内容。")


def without_second_face(
    found: Examination, ends: Ends, identified: Identified, extension: str
) -> Examination:
    """``found``, never ``ok`` where the file is more than one thing or hides what it is."""
    remarks = tuple(second_faces(ends, identified, extension))
    if not remarks:
        return found
    state = State.BROKEN if found.state is State.OK else found.state
    return replace(found, state=state, problems=(*remarks, *found.problems))


def second_faces(ends: Ends, identified: Identified, extension: str) -> Iterator[Remark]:
    """What in the ends of a file makes it several, or another than its name says."""
    kinds = list(dict.fromkeys(_kinds(ends)))
    if len(kinds) > 1:
        yield Remark("polyglot", POLYGLOT, {"kinds": "、".join(kinds)})
    elif kinds and kinds[0] in {"HTML", "EXE", "ELF"} and extension in _PICTURE_NAMES | _DOCUMENT_NAMES:
        yield Remark("polyglot", MASQUERADE, {"kinds": kinds[0], "extension": extension})
    elif "PDF" in kinds and (extra := len(_after_pdf(ends.tail))) > _AFTER_PDF:
        yield Remark("trailing-data", TRAILING, {"bytes": extra})


def _kinds(ends: Ends) -> Iterator[str]:
    """Every kind of file that a reader could take this one for."""
    first = _start_of(ends.head)
    if first:
        yield first
    if b"%PDF-" in ends.head[: _PDF_WINDOW + 5] and (not first or _ends_like_pdf(ends.tail)):
        yield "PDF"
        following = _start_of(_after_pdf(ends.tail).lstrip())
        if following:
            yield following
    elif first in _PICTURES and _ends_like_pdf(ends.tail) and b"%PDF-" in ends.head + ends.tail:
        yield "PDF"
    if _ends_like_zip(ends):
        yield "ZIP"
    if first in _PICTURES and (any(map(_HTML_INSIDE.search, _different(ends)))):
        yield "HTML"


def _different(ends: Ends) -> tuple[bytes, ...]:
    """Both ends, or the one that a short file has."""
    return (ends.head,) if ends.tail is ends.head else (ends.head, ends.tail)


def _start_of(data: bytes) -> str:
    kind = next((name for mark, name in _STARTS if data.startswith(mark)), "")
    if kind or not data:
        return kind
    if data.startswith(b"MZ") and len(data) > 64:
        at = int.from_bytes(data[60:64], "little")
        return "EXE" if data[at : at + 4] == b"PE\x00\x00" else ""
    return "HTML" if _HTML.match(data[:4096]) else ""


def _ends_like_pdf(tail: bytes) -> bool:
    last = tail[-2048:]
    return b"%%EOF" in last and b"startxref" in last


def _after_pdf(tail: bytes) -> bytes:
    """What follows the last mark of a PDF; nothing where it has no mark: then it is not whole anyway."""
    _before, mark, after = tail.rpartition(b"%%EOF")
    return after.strip(b"\r\n\t \x00") if mark else b""


def _ends_like_zip(ends: Ends) -> bool:
    """Whether the very end of the file is the directory of a ZIP: its comment must reach the last byte."""
    at = ends.tail.rfind(b"PK\x05\x06", max(0, len(ends.tail) - _LONGEST_END_OF_ZIP))
    if at < 0 or len(ends.tail) - at < _END_OF_ZIP.size:
        return False
    fields: tuple[int, ...] = _END_OF_ZIP.unpack_from(ends.tail, at)[-3:]
    directory_bytes, directory_at, comment_bytes = fields
    position = ends.size - len(ends.tail) + at
    return (
        at + _END_OF_ZIP.size + comment_bytes == len(ends.tail) and directory_bytes + directory_at <= position
    )
