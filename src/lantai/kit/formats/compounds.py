"""OLE2 compound files: the Office documents of before 2007, and the locked ones of today."""

from __future__ import annotations

import struct
from pathlib import Path

import olefile  # type: ignore[import-untyped]

from lantai.kit.errors import N_
from lantai.kit.formats.office import LOCKED, MACROS
from lantai.kit.formats.remarks import Examination, Fact, Remark, State

OLD_OFFICE = Remark("old-office", N_("旧版 Office 文档只检查了外层结构，内容没有检查。请同时提交版式文件。"))
NO_DIRECTORY = Remark("broken", N_("复合文档的目录已损坏，打不开。请重新提交。"))
CUT_STREAM = N_("复合文档的部件“%(name)s”不完整，文件很可能没有传完。")
# what olefile raises on damaged files; the last for a length that no file has
_BROKEN = (OSError, ValueError, IndexError, struct.error, TypeError, MemoryError)
_FIB_ENCRYPTED = 0x0100  # MS-DOC FibBase, bit fEncrypted
_FILE_PASS = 0x002F  # MS-XLS record that announces encryption
_PPT_ENCRYPTED = b"\xdf\xc4\xd1\xf3"  # MS-PPT CurrentUserAtom.headerToken
_MAX_STREAM_BYTES = 256 << 20


def examine_ole(path: Path, puid: str) -> Examination:
    """State of a compound file: locked, with macros, cut off, damaged, or beyond what we can judge."""
    try:
        with olefile.OleFileIO(str(path)) as ole:
            return _examine(ole, puid)
    except _BROKEN:
        return Examination(puid, State.BROKEN, problems=(NO_DIRECTORY,))


def _examine(ole: olefile.OleFileIO, puid: str) -> Examination:
    names = ["/".join(entry) for entry in ole.listdir()]
    macros = any("VBA" in n.upper().split("/") or n.startswith("Macros/") for n in names)
    facts: dict[str, Fact] = {"part_count": len(names), "has_macros": macros} | _described(ole)
    if _is_locked(ole, names):
        return Examination(puid, State.ENCRYPTED, facts | {"encrypted": True}, (LOCKED,))
    for name in names:
        if not _reads_to_its_end(ole, name):
            problem = Remark("truncated", CUT_STREAM, {"name": name.strip("\x01\x05")[:100]})
            return Examination(puid, State.TRUNCATED, facts, (problem,))
    if macros:
        return Examination(puid, State.ACTIVE, facts, (MACROS,))
    return Examination(puid, State.UNSUPPORTED, facts, (OLD_OFFICE,))


def _is_locked(ole: olefile.OleFileIO, names: list[str]) -> bool:
    if {"EncryptedPackage", "EncryptionInfo", "EncryptedSummary"} & set(names):
        return True
    if "WordDocument" in names:
        return bool(int.from_bytes(_first(ole, "WordDocument", 12)[10:12], "little") & _FIB_ENCRYPTED)
    if "Current User" in names:
        return _first(ole, "Current User", 16)[12:16] == _PPT_ENCRYPTED
    book = next((n for n in ("Workbook", "Book") if n in names), "")
    return bool(book) and _has_file_pass(_first(ole, book, 4096))


def _has_file_pass(data: bytes) -> bool:
    """Whether the record of encryption is among the first of a workbook, where it must stand."""
    position = 0
    while position + 4 <= len(data):
        kind, length = struct.unpack_from("<HH", data, position)
        if kind == _FILE_PASS:
            return True
        position += 4 + length
    return False


def _first(ole: olefile.OleFileIO, name: str, count: int) -> bytes:
    with ole.openstream(name) as stream:
        return bytes(stream.read(count))


def _reads_to_its_end(ole: olefile.OleFileIO, name: str) -> bool:
    size = ole.get_size(name)
    if size > _MAX_STREAM_BYTES:
        return False
    try:
        with ole.openstream(name) as stream:
            return len(bytes(stream.read())) >= int(size)
    except _BROKEN:
        return False


def _described(ole: olefile.OleFileIO) -> dict[str, Fact]:
    try:
        told = ole.get_metadata()
    except _BROKEN:
        return {}
    facts: dict[str, Fact] = {}
    for fact, value in (
        ("title", told.title),
        ("creator", told.author),
        ("producer", told.creating_application),
    ):
        text = value.decode("gb18030", "replace") if isinstance(value, bytes) else value
        if isinstance(text, str) and text.strip("\x00 "):
            facts[fact] = text.strip("\x00 ")[:500]
    return facts
