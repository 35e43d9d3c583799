"""Records in Contexts (RiC-O 1.1) as RDF/XML, a description of its own each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import quote

from lxml import etree

from lantai.kit.metadata.exchange.building import XML_NAMESPACE, add, document
from lantai.kit.metadata.exchange.record import Record, word

RICO = "https://www.ica.org/standards/RiC/ontology#"
SET_TYPES = "https://www.ica.org/standards/RiC/vocabularies/recordSetTypes#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_XSD = "http://www.w3.org/2001/XMLSchema#"
_NAMES = {"rdf": RDF, "rico": RICO}
_CLASSES = {"item": "Record", "component": "RecordPart"}
_SET_TYPES = {"fonds": "Fonds", "series": "Series", "file": "File", "fonds_group": "Collection"}


def to_rico(record: Record) -> etree._Element:
    """``rico:Record``, ``rico:RecordPart`` or ``rico:RecordSet`` of one description."""
    root = etree.Element(f"{{{RICO}}}{_CLASSES.get(record.level, 'RecordSet')}", nsmap=_NAMES)
    root.set(f"{{{RDF}}}about", record.identifier or _address(record, record.reference_code))
    for name, text in _texts(record):
        if text:
            add(root, name, text, {f"{{{XML_NAMESPACE}}}lang": "zh"} if name in _IN_CHINESE else None)
    if record.level in _SET_TYPES:
        add(root, "hasRecordSetType", "", {f"{{{RDF}}}resource": SET_TYPES + _SET_TYPES[record.level]})
    if record.modified_at is not None:
        stamp = record.modified_at.isoformat(timespec="seconds")
        add(root, "lastModificationDate", stamp, {f"{{{RDF}}}datatype": f"{_XSD}dateTime"})
    if above := record.parent_code or (record.fonds_code if record.level != "fonds" else ""):
        add(root, "isOrWasPartOf" if record.level == "component" else "isOrWasIncludedIn").set(
            f"{{{RDF}}}resource", _address(record, above)
        )
    _agents(root, record)
    return root


def write_rico(records: Iterable[Record]) -> Iterator[bytes]:
    """``rdf:RDF`` with every record, streamed."""
    root = etree.Element(f"{{{RDF}}}RDF", nsmap=_NAMES)
    return document(root, (to_rico(record) for record in records))


_IN_CHINESE = frozenset({"title", "scopeAndContent", "generalDescription", "conditionsOfAccess"})


def _texts(record: Record) -> Iterator[tuple[str, str]]:
    yield "identifier", record.reference_code
    yield "identifier", record.document_number
    yield "title", record.title
    yield "date", record.date_text
    yield "conditionsOfAccess", word("openness", record.openness)
    yield "recordResourceExtent", f"{record.page_count}页" if record.page_count else ""
    yield "generalDescription", record.note
    yield "generalDescription", f"保管期限：{record.retention_text}" if record.retention else ""
    yield "generalDescription", f"密级：{word('classification', record.classification)}"
    for label, text in record.own.items():
        yield "scopeAndContent", f"{label}：{text}" if text else ""


def _agents(root: etree._Element, record: Record) -> None:
    if record.author:
        _named(root, "hasCreator", "Agent", record.author)
    if record.archives_name:
        _named(root, "hasOrHadHolder", "CorporateBody", record.archives_name)
    for person in record.persons:
        _named(root, "hasOrHadSubject", "Person", person)


def _named(root: etree._Element, relation: str, kind: str, name: str) -> None:
    add(add(add(root, relation), kind), "name", name)


def _address(record: Record, code: str) -> str:
    """A name for what has no address of its own yet, the same in every export."""
    return f"urn:lantai:{quote(record.archives_code or '-')}:{quote(record.fonds_code or '-')}:{quote(code)}"
