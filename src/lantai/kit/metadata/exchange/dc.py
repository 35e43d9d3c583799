"""Dublin Core in the form of OAI-PMH (oai_dc), after the crosswalk from DA/T 18 (D)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from lantai.kit.metadata.exchange.building import add, document
from lantai.kit.metadata.exchange.record import Record, word

OAI_DC = "http://www.openarchives.org/OAI/2.0/oai_dc/"
DC = "http://purl.org/dc/elements/1.1/"
SCHEMA = "http://www.openarchives.org/OAI/2.0/oai_dc.xsd"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NAMES = {"oai_dc": OAI_DC, "dc": DC, "xsi": _XSI}


def to_dc(record: Record) -> etree._Element:
    """``oai_dc:dc`` of one description."""
    root = etree.Element(f"{{{OAI_DC}}}dc", nsmap=_NAMES)
    root.set(f"{{{_XSI}}}schemaLocation", f"{OAI_DC} {SCHEMA}")
    for name, text in _values(record):
        if text:
            add(root, f"{{{DC}}}{name}", text)
    return root


def write_dc(records: Iterable[Record]) -> Iterator[bytes]:
    """A document with an ``oai_dc:dc`` for each record, streamed; its root is ours, since the standard has none."""
    root = etree.Element("records", nsmap=_NAMES)
    return document(root, (to_dc(record) for record in records))


def _values(record: Record) -> Iterator[tuple[str, str]]:
    yield "title", record.title
    yield "creator", record.author
    for person in record.persons:
        yield "subject", person
    yield "subject", record.class_code
    yield "description", record.note
    yield "publisher", record.archives_name
    yield "date", record.date_text
    yield "type", word("level", record.level)
    yield "type", record.kind_name
    yield "format", f"{record.page_count}页" if record.page_count else ""
    yield "identifier", record.identifier
    yield "identifier", record.reference_code
    yield "identifier", record.document_number
    yield "source", " ".join(part for part in (record.archives_code, record.fonds_code) if part)
    yield "language", "zh"
    yield "relation", " ".join(part for part in (record.fonds_code, record.fonds_name) if part)
    yield "rights", word("openness", record.openness)
    for label, text in record.own.items():
        yield "description", f"{label}：{text}" if text else ""
