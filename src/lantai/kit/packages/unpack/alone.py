"""A single document sent without an archive around it: a catalogue, or one package of DA/T 48."""

from __future__ import annotations

import codecs
import zipfile
from typing import BinaryIO

_HEAD_BYTES = 64 * 1024
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_LOCAL_HEADER_BYTES = 30
_BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_DELIMITERS = ",\t;，；|"
STEM = "目录"


def name_alone(source: BinaryIO) -> str:
    """The name under which a single document is taken in, by its content; empty where it is none.

    Known are xlsx, ods, xls, XML, and lines of separated values. ``source`` is read from its beginning.
    """
    source.seek(0)
    head = source.read(_HEAD_BYTES)
    suffix = _suffix_of(source, head)
    source.seek(0)
    return f"{STEM}{suffix}" if suffix else ""


def _suffix_of(source: BinaryIO, head: bytes) -> str:
    if head.startswith(b"PK\x03\x04"):
        return _suffix_of_zip(source, head)
    if head.startswith(_OLE):
        return ".xls"
    text = _text_of(head)
    if text.lstrip().startswith("<"):
        return ".xml"
    lines = text.splitlines()
    return ".csv" if len(lines) > 1 and any(mark in lines[0] for mark in _DELIMITERS) else ""


def _suffix_of_zip(source: BinaryIO, head: bytes) -> str:
    """Only names are looked at: what a workbook holds is read, under its own limits, by who reads tables."""
    if head[_LOCAL_HEADER_BYTES:].startswith(b"mimetype" + _ODS):
        return ".ods"
    if b"[Content_Types].xml" not in head and b"xl/" not in head:
        return ""
    try:
        with zipfile.ZipFile(source) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError):
        return ""
    return ".xlsx" if {"[Content_Types].xml", "xl/workbook.xml"} <= names else ""


def _text_of(head: bytes) -> str:
    """The beginning as text, or nothing where it is not text; a character cut in half at the end may be."""
    encodings = [name for bom, name in _BOMS.items() if head.startswith(bom)] or ["utf-8", "gb18030"]
    for encoding in encodings:
        try:
            text = codecs.getincrementaldecoder(encoding)("strict").decode(
                head, final=len(head) < _HEAD_BYTES
            )
        except UnicodeError:
            continue
        return "" if "\0" in text else text
    return ""
