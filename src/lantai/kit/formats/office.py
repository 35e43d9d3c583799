"""Office documents: whole, unlocked, without macros? Their layout is not judged."""

from __future__ import annotations

from pathlib import Path

import olefile  # type: ignore[import-untyped]

from lantai.kit.errors import N_
from lantai.kit.formats.remarks import Examination, Fact, Remark, State, remark_of
from lantai.kit.formats.xmlsafe import BrokenXml, UnsafeXml, parse_xml
from lantai.kit.formats.zips import CappedZip, ZipBomb, ZipBroken, ZipEncrypted

LOCKED = Remark("encrypted", N_("Office 文档设有密码，读不到内容。请提交未加密的文件。"))
MACROS = Remark("active", N_("Office 文档含有宏。请另存为不含宏的格式后重新提交。"))
NOT_LOOKED_INTO = Remark("not-looked-into", N_("压缩包本身完好，包内文件没有逐个检查。"))
OLD_OFFICE = Remark("old-office", N_("旧版 Office 文档只检查了外层结构，内容没有检查。请同时提交版式文件。"))
NO_DIRECTORY = Remark("broken", N_("复合文档的目录已损坏，打不开。请重新提交。"))


def examine_zip(path: Path, puid: str, *, is_document: bool) -> Examination:
    """State of a ZIP, every part unpacked and its checksum compared; ``is_document``: OOXML or ODF."""
    try:
        with CappedZip(path) as archive:
            facts: dict[str, Fact] = {"parts": len(archive.names)}
            for name in archive.names:
                data = archive.read(name, limit_mb=512)
                if is_document and name.endswith((".xml", ".rels")):
                    parse_xml(data, name=name)
            macros = any(n.lower().endswith("vbaproject.bin") for n in archive.names)
    except ZipEncrypted as locked:
        return Examination(puid, State.ENCRYPTED, problems=(remark_of(locked),))
    except (ZipBroken, ZipBomb, BrokenXml) as broken:
        return Examination(puid, State.BROKEN, problems=(remark_of(broken),))
    except UnsafeXml as unsafe:
        return Examination(puid, State.ACTIVE, problems=(remark_of(unsafe),))
    if macros:
        return Examination(puid, State.ACTIVE, facts, (MACROS,))
    if not is_document:
        return Examination(puid, State.UNSUPPORTED, facts, (NOT_LOOKED_INTO,))
    return Examination(puid, State.OK, facts)


def examine_ole(path: Path, puid: str) -> Examination:
    """State of an OLE2 compound file: locked, with macros, damaged, or beyond what we can judge."""
    try:
        with olefile.OleFileIO(str(path)) as ole:
            names = {"/".join(entry) for entry in ole.listdir()}
    except (OSError, ValueError, IndexError):  # what olefile raises on damaged directories
        return Examination(puid, State.BROKEN, problems=(NO_DIRECTORY,))
    facts: dict[str, Fact] = {"parts": len(names)}
    if "EncryptedPackage" in names or "EncryptionInfo" in names:
        return Examination(puid, State.ENCRYPTED, facts, (LOCKED,))
    if any("VBA" in n.upper() or n.startswith("Macros") for n in names):
        return Examination(puid, State.ACTIVE, facts, (MACROS,))
    return Examination(puid, State.UNSUPPORTED, facts, (OLD_OFFICE,))
