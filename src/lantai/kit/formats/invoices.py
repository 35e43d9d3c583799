"""E-invoices (电子发票): number, date, parties and amounts, read from the XML, the OFD or the words of a PDF.

The XML of 数电票 and that attached to OFD invoices name the same things differently; both are read by the names
of their elements. Amounts stay texts of two decimals: money is never a binary fraction.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation

from lxml import etree

from lantai.kit.formats.remarks import Fact
from lantai.kit.formats.xmlsafe import BrokenXml, UnsafeXml, parse_xml, split_tag
from lantai.kit.formats.zips import CappedZip, ZipBomb, ZipBroken, ZipEncrypted

_NAMES: Mapping[str, tuple[str, ...]] = {
    "invoice_number": ("InvoiceNumber", "InvoiceNo", "EIid", "发票号码"),
    "invoice_code": ("InvoiceCode", "发票代码"),
    "invoice_date": ("IssueTime", "IssueDate", "RequestTime", "开票日期"),
    "invoice_check_code": ("InvoiceCheckCode", "校验码"),
    "invoice_seller": ("SellerName", "销售方名称"),
    "invoice_seller_id": ("SellerIdNum", "SellerTaxID", "销售方纳税人识别号"),
    "invoice_buyer": ("BuyerName", "购买方名称"),
    "invoice_buyer_id": ("BuyerIdNum", "BuyerTaxID", "购买方纳税人识别号"),
    "invoice_amount": ("TotalAmWithoutTax", "TaxExclusiveTotalAmount", "合计金额"),
    "invoice_tax": ("TotalTaxAm", "TaxTotalAmount", "合计税额"),
    "invoice_total": ("TotalTax-includedAmount", "TaxInclusiveTotalAmount", "价税合计"),
}
_MONEY = frozenset({"invoice_amount", "invoice_tax", "invoice_total"})
_ATTACHED = re.compile(r"(?i)invoice[^/]*\.xml$")
_TAGS = re.compile(r"(?i)/(?:custom_?tag|tag_[^/]*)\.xml$")
_CONTENT = re.compile(r"(?i)content[^/]*\.xml$")
_DATE = re.compile(r"(\d{4})\s*[-年/.]?\s*(\d{1,2})\s*[-月/.]?\s*(\d{1,2})")
_IN_TEXT: Mapping[str, re.Pattern[str]] = {
    "invoice_number": re.compile(r"发票号码\s*[:\uff1a]\s*(\d{20}|\d{8})(?!\d)"),
    "invoice_code": re.compile(r"发票代码\s*[:\uff1a]\s*(\d{10}|\d{12})(?!\d)"),
    "invoice_date": re.compile(r"开票日期\s*[:\uff1a]\s*(\d{4}\s*年\s*\d{1,2}\s*月\s*\d{1,2}\s*日)"),
    "invoice_total": re.compile(r"[(\uff08]\s*小写\s*[)\uff09]\s*[¥￥]?\s*([\d,]+\.\d{2})"),
}
_MAX_CHARS = 200
_MOST_DIGITS = 18  # of an amount
_XML_MB = 16


def is_invoice_name(name: str) -> bool:
    """Whether an attachment's name says that it is the data of an invoice."""
    return _ATTACHED.search(name) is not None


def invoice_in_xml(data: bytes, *, name: str = "") -> dict[str, Fact]:
    """The ``invoice_*`` facts of an invoice's XML; empty where it is none, or is not safe to read."""
    try:
        root = parse_xml(data, name=name)
    except (BrokenXml, UnsafeXml):
        return {}
    return _facts(_by_name(root, lambda element: element.text or ""))


def invoice_in_ofd(archive: CappedZip, entry: etree._Element) -> dict[str, Fact]:
    """The ``invoice_*`` facts of an OFD: from the attached XML, else its custom tags, else its custom data.

    ``entry`` is the root of its OFD.xml.
    """
    try:
        for name in archive.names:
            attached = is_invoice_name(name) and not _TAGS.search(name)
            if attached and (found := invoice_in_xml(archive.read(name, limit_mb=_XML_MB), name=name)):
                return found
        return _in_tags(archive) or _in_custom_data(entry)
    except (ZipBroken, ZipBomb, ZipEncrypted):
        return {}


def invoice_in_text(text: str) -> dict[str, Fact]:
    """What the words of an invoice's page say: labels and values that stand together, nothing guessed."""
    if "发票" not in text:
        return {}
    return _facts({fact: m[1] for fact, pattern in _IN_TEXT.items() if (m := pattern.search(text))})


def _in_tags(archive: CappedZip) -> dict[str, Fact]:
    """Custom tags name an element and point to the text objects that show it (GB/T 33190 §16)."""
    roots = [r for n in archive.names if _TAGS.search("/" + n) and (r := _parsed(archive, n)) is not None]
    if not any(split_tag(str(e.tag))[1] in _NAMES["invoice_number"] for r in roots for e in r.iter("{*}*")):
        return {}
    shown = _text_objects(archive)

    def pointed_at(element: etree._Element) -> str:
        refs = (child.text or "" for child in element if split_tag(str(child.tag))[1] == "ObjectRef")
        return "".join(shown.get(ref.strip(), "") for ref in refs)

    found: dict[str, str] = {}
    for root in roots:
        found |= _by_name(root, pointed_at)
    return _facts(found)


def _text_objects(archive: CappedZip) -> dict[str, str]:
    """Text of every text object by its id."""
    texts: dict[str, str] = {}
    for name in archive.names:
        root = _parsed(archive, name) if _CONTENT.search(name) else None
        for element in root.iter("{*}TextObject") if root is not None else ():
            texts[element.get("ID") or ""] = "".join(code.text or "" for code in element.iter("{*}TextCode"))
    return texts


def _in_custom_data(entry: etree._Element) -> dict[str, Fact]:
    data = {e.get("Name") or "": e.text or "" for e in entry.iter("{*}CustomData")}
    return _facts({fact: data[n] for fact, names in _NAMES.items() for n in names if n in data})


def _parsed(archive: CappedZip, name: str) -> etree._Element | None:
    try:
        return parse_xml(archive.read(name, limit_mb=_XML_MB), name=name)
    except (BrokenXml, UnsafeXml):
        return None


def _by_name(root: etree._Element, value_of: Callable[[etree._Element], str]) -> dict[str, str]:
    """The first value of each of our names, the earlier of its synonyms preferred."""
    values: dict[str, str] = {}
    for element in root.iter("{*}*"):
        name, value = split_tag(str(element.tag))[1], value_of(element).strip()
        if value:
            values.setdefault(name, value)
    return {fact: values[n] for fact, names in _NAMES.items() for n in reversed(names) if n in values}


def _facts(found: Mapping[str, str]) -> dict[str, Fact]:
    """Clean values; nothing at all without a number, for then it is no invoice."""
    facts: dict[str, Fact] = {}
    for fact, value in found.items():
        clean = _money(value) if fact in _MONEY else _date(value) if fact == "invoice_date" else value.strip()
        if clean:
            facts[fact] = clean[:_MAX_CHARS]
    return facts if facts.get("invoice_number") else {}


def _money(value: str) -> str:
    try:
        amount = Decimal(value.strip().lstrip("¥￥").replace(",", ""))
    except InvalidOperation:
        return ""
    # 1E+9999999 would be written out in ten million digits
    return f"{amount:.2f}" if amount.is_finite() and amount.adjusted() < _MOST_DIGITS else ""


def _date(value: str) -> str:
    found = _DATE.search(value)
    return f"{found[1]}-{int(found[2]):02d}-{int(found[3]):02d}" if found else ""
