"""Office documents, archives, mail and other files of the zoo, written out by hand."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import struct
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from tests.kit.formats.compound import compound

Maker = Callable[[Path], object]
_OOXML = "application/vnd.openxmlformats-officedocument"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_ODF = "application/vnd.oasis.opendocument"


def archive(parts: Mapping[str, str | bytes], *, stored: str = "") -> Maker:
    """A ZIP of ``parts``, the one called ``stored`` uncompressed."""

    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
            for name, data in parts.items():
                kind = zipfile.ZIP_STORED if name == stored else zipfile.ZIP_DEFLATED
                made.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), data, kind)

    return write


def ooxml(part: str, content_type: str, extra: Mapping[str, str | bytes] | None = None) -> Maker:
    """A package whose main part is ``part``."""
    override = f'<Override PartName="/{part}" ContentType="{content_type}"/>'
    types = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="{_TYPES}">{override}</Types>'
    )
    return archive({"[Content_Types].xml": types, "_rels/.rels": "<a/>", part: "<a/>", **(extra or {})})


def odf(kind: str, version: str = "1.2") -> Maker:
    """An OpenDocument file of ``kind``."""
    mime = f"{_ODF}.{kind}"
    namespace = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    manifest = (
        f'<?xml version="1.0" encoding="UTF-8"?><manifest:manifest xmlns:manifest="{namespace}" '
        f'manifest:version="{version}"><manifest:file-entry manifest:full-path="/" '
        f'manifest:version="{version}" manifest:media-type="{mime}"/></manifest:manifest>'
    )
    content = (
        '<?xml version="1.0" encoding="UTF-8"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:'
        f'xmlns:office:1.0" office:version="{version}"/>'
    )
    return archive(
        {"mimetype": mime, "content.xml": content, "META-INF/manifest.xml": manifest}, stored="mimetype"
    )


def ole(streams: Mapping[str, bytes]) -> Maker:
    """A compound file of ``streams``."""
    return lambda path: path.write_bytes(compound(streams))


def raw(data: bytes) -> Maker:
    """A file of these bytes."""
    return lambda path: path.write_bytes(data)


def tar(path: Path) -> None:
    with tarfile.open(path, "w") as made:
        entry = tarfile.TarInfo("a.txt")
        entry.size = 6
        made.addfile(entry, io.BytesIO(b"sample"))


def sqlite(path: Path) -> None:
    with sqlite3.connect(path) as made:
        made.execute("CREATE TABLE a (b TEXT)")
    made.close()


def dbf() -> bytes:
    """A dBASE III table of one column and one row."""
    header = struct.pack("<BBBBIHH20x", 3, 26, 1, 1, 1, 65, 11)
    return (
        header
        + b"NAME".ljust(11, b"\0")
        + b"C"
        + bytes(4)
        + b"\x0a"
        + bytes(15)
        + b"\r"
        + b" "
        + b"sample    "
        + b"\x1a"
    )


def glb(model: Mapping[str, object], binary: bytes = b"") -> bytes:
    """A binary glTF 2.0 file."""
    text = json.dumps(model).encode()
    text += b" " * (-len(text) % 4)
    chunks = struct.pack("<I4s", len(text), b"JSON") + text
    if binary:
        binary += bytes(-len(binary) % 4)
        chunks += struct.pack("<I4s", len(binary), b"BIN\0") + binary
    return struct.pack("<4sII", b"glTF", 2, 12 + len(chunks)) + chunks


EML = (
    b"Received: from sample.example by sample.example; Thu, 1 Jan 2026 08:00:00 +0800\r\n"
    b"From: =?utf-8?b?5qC35L6L?= <sample@sample.example>\r\nTo: archives@sample.example\r\n"
    b"Subject: =?utf-8?b?5qC35L6L6YKu5Lu2?=\r\nDate: Thu, 1 Jan 2026 08:00:00 +0800\r\n"
    b"Message-ID: <1@sample.example>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nsample\r\n"
    b"--b\r\nContent-Type: application/octet-stream; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n"
    b"Content-Disposition: attachment; filename=a.bin\r\n\r\nc2FtcGxl\r\n--b--\r\n"
)
MBOX = b"From sample@sample.example Thu Jan  1 08:00:00 2026\r\n" + EML
MODEL: dict[str, object] = {"asset": {"version": "2.0"}, "scenes": [{}], "buffers": [{"byteLength": 8}]}
_WORD = b"\xec\xa5\xc1\x00".ljust(64, b"\0")

ANIMALS: dict[str, Maker] = {
    "w.docm": ooxml(
        "word/document.xml",
        "application/vnd.ms-word.document.macroEnabled.main+xml",
        {"word/vbaProject.bin": b"x"},
    ),
    "w.dotx": ooxml("word/document.xml", f"{_OOXML}.wordprocessingml.template.main+xml"),
    "p.pptx": ooxml("ppt/presentation.xml", f"{_OOXML}.presentationml.presentation.main+xml"),
    "s.xlsm": ooxml(
        "xl/workbook.xml", "application/vnd.ms-excel.sheet.macroEnabled.main+xml", {"xl/vbaProject.bin": b"x"}
    ),
    "t.odt": odf("text"),
    "t11.odt": odf("text", "1.1"),
    "t13.odt": odf("text", "1.3"),
    "s.ods": odf("spreadsheet"),
    "p.odp": odf("presentation"),
    "g.odg": odf("graphics"),
    "e.epub": archive(
        {"mimetype": "application/epub+zip", "META-INF/container.xml": "<container/>"}, stored="mimetype"
    ),
    "old.doc": ole({"WordDocument": _WORD, "1Table": b"", "\x01CompObj": b"\0" * 60 + b"Word.Document.8\0"}),
    "old.xls": ole(
        {"Workbook": b"\x09\x08\x10\0\0\x06\x05\0", "\x01CompObj": b"\0" * 28 + b"Microsoft Excel 2003\0"}
    ),
    "old.ppt": ole({"PowerPoint Document": b"\x0f\0\xe8\x03", "Current User": b"", "Pictures": b""}),
    "mail.msg": ole({"__properties_version1.0": bytes(40), "__nameid_version1.0": b""}),
    "locked.docx": ole({"EncryptionInfo": b"\4\0\4\0", "EncryptedPackage": bytes(16)}),
    "bare.ole": ole({"Contents": b"sample"}),
    "a.tar": tar,
    "a.gz": lambda path: path.write_bytes(gzip.compress(b"sample", mtime=0)),
    "a.7z": raw(b"7z\xbc\xaf\x27\x1c\0\4" + bytes(24)),
    "a.rar": raw(b"Rar!\x1a\x07\x01\x00" + bytes(20)),
    "a.sqlite": sqlite,
    "a.dbf": raw(dbf()),
    "a.glb": raw(glb(MODEL, b"12345678")),
    "a.gltf": raw(json.dumps({"asset": {"version": "2.0"}}).encode()),
    "a.eml": raw(EML),
    "a.mbox": raw(MBOX),
    "a.rtf": raw(rb"{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0 Sample;}}\f0 sample}"),
    "a.html": raw(b"<!DOCTYPE html>\n<html><head><title>a</title></head><body>sample</body></html>\n"),
    "a4.html": raw(
        b'<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://www.w3.org/TR/html4/strict.dtd">'
        b"<html><head><title>a</title></head><body>sample</body></html>"
    ),
    "a.xhtml": raw(
        b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" '
        b'"http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd"><html xmlns="http://www.w3.org/1999/xhtml"/>'
    ),
    "a.svg": raw(b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" version="1.1" width="1"/>'),
    "a.csv": raw("档号,题名\n1,样例\n".encode()),
    "gbk.txt": raw("关于样例的通知\n".encode("gb18030")),
    "bom.txt": raw("关于样例的通知\n".encode("utf-8-sig")),
    "wide.txt": raw("关于样例的通知\n".encode("utf-16")),
    "gbk.xml": raw('<?xml version="1.0" encoding="GB18030"?><目录/>'.encode("gb18030")),
    "wide.xml": raw('<?xml version="1.0" encoding="UTF-16"?><目录/>'.encode("utf-16")),
    "mets.xml": raw(b'<?xml version="1.0"?><mets xmlns="http://www.loc.gov/METS/"/>'),
    "a.json": raw(b'{"a": 1}'),
    "a.dxf": raw(
        b"  0\r\nSECTION\r\n  2\r\nHEADER\r\n  9\r\n$ACADVER\r\n  1\r\nAC1015\r\n  0\r\nENDSEC\r\n  0\r\nEOF\r\n"
    ),
    "a.dwg": raw(b"AC1015" + bytes(6) + b"\1" + bytes(200)),
    "a.dwg18": raw(b"AC1032" + bytes(6) + b"\1" + bytes(200)),
    "a.psd": raw(b"8BPS\0\1" + bytes(60)),
    "a.warc": raw(b"WARC/1.0\r\nWARC-Type: warcinfo\r\n\r\n"),
    "a.ps": raw(b"%!PS-Adobe-3.0\n%%EOF\n"),
    "a.wps": ole({"WordDocument": _WORD, "Table": b""}),
    "a.class": raw(b"\xca\xfe\xba\xbe\0\0\0\x34" + bytes(30)),
    "a.exe": raw(b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0" + bytes(60)),
    "a.bz2": raw(b"BZh91AY&SY" + bytes(20)),
    "a.woff": raw(b"wOFF\0\1\0\0" + bytes(40)),
    "a.ttf": raw(b"\0\1\0\0\0\x0c\0\x80\0\3\0\x40" + b"OS/2" + bytes(60)),
    "a.ics": raw(b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:a\r\nEND:VCALENDAR\r\n"),
    "a.vcf": raw(b"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:a\r\nEND:VCARD\r\n"),
    "a.py": raw(b"#!/usr/bin/env python\nprint(1)\n"),
}
