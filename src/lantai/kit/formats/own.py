"""Formats that PRONOM has no PUID for, and how they are told: OFD, EEP and the XML of e-invoices."""

from __future__ import annotations

from lantai.kit.formats.registry import Format
from lantai.kit.formats.xmlsafe import root_tag
from lantai.kit.formats.zips import CappedZip


def _own(number: int, name: str, mime: str, *extensions: str) -> Format:
    return Format(f"lantai-fmt/{number}", name, "", mime, frozenset(extensions), (), frozenset())


OFD = _own(1, "OFD 版式文档 (GB/T 33190)", "application/ofd", "ofd")
EEP = _own(2, "电子文件封装包 (DA/T 48)", "application/xml", "eep", "xml")
EINVOICE = _own(3, "电子发票 XML (数电票)", "application/xml", "xml")
OWN_FORMATS = {f.puid: f for f in (OFD, EEP, EINVOICE)}

EEP_NAMESPACE = "http://www.saac.gov.cn/standards/ERM/encapsulation"
EINVOICE_ROOTS = ("EInvoice", "eInvoice")
_MARKS = tuple(
    word.encode(encoding)
    for word in (EEP_NAMESPACE, *EINVOICE_ROOTS)
    for encoding in ("ascii", "utf-16-le", "utf-16-be")
)
_ROOT_BYTES = 1 << 20


def own_xml(head: bytes) -> list[Format]:
    """Our own format of an XML document, by its root; a word in the text costs a parse and tells nothing."""
    if not any(mark in head for mark in _MARKS):
        return []
    tag = root_tag(head)
    if tag is None:
        return []
    if tag[0] == EEP_NAMESPACE:
        return [EEP]
    return [EINVOICE] if tag[1] in EINVOICE_ROOTS else []


def is_ofd(archive: CappedZip) -> bool:
    """Whether the ZIP has an OFD.xml whose root says so; a wrong namespace is the examination's business."""
    entry = archive.find("OFD.xml")
    if entry is None:
        return False
    tag = root_tag(archive.read(entry, first_bytes=_ROOT_BYTES))
    return tag is not None and (tag[1] == "OFD" or "ofdspec" in tag[0])
