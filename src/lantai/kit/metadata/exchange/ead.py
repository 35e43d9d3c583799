"""EAD3 1.1: one description as a finding aid of its own, or many as the components of one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from lxml import etree

from lantai.kit.metadata.exchange.building import DECLARATION, add, bytes_of
from lantai.kit.metadata.exchange.record import Record, word

EAD = "http://ead3.archivists.org/schema/"
_NAMES = {None: EAD}
LEVELS = {  # ours → EAD's; a component has no word of its own there
    "fonds_group": "recordgrp",
    "fonds": "fonds",
    "series": "series",
    "file": "file",
    "item": "item",
    "component": "otherlevel",
}
RESTRICTIONS = ("openness", "classification")


def to_ead(record: Record) -> etree._Element:
    """``ead`` of one description."""
    root = etree.Element(f"{{{EAD}}}ead", nsmap=_NAMES)
    root.append(_control(record.identifier or record.reference_code, record.title, record))
    archdesc = add(root, "archdesc", "", _level(record))
    _describe(archdesc, record)
    return root


def write_ead(
    records: Iterable[Record], *, title: str, identifier: str, made_at: datetime
) -> Iterator[bytes]:
    """One finding aid with every record as a component; what lies in another lies in it here.

    A record lies in the one before it when that is the unit right above, so records come in the order of
    the tree. No more than one of them is in memory.
    """
    root = etree.Element(f"{{{EAD}}}ead", nsmap=_NAMES)
    head = Record(level="fonds", reference_code=identifier, title=title, modified_at=made_at)
    yield DECLARATION + f'<ead xmlns="{EAD}">\n'.encode()
    yield bytes_of(_control(identifier, title, head), root)
    did = etree.Element(f"{{{EAD}}}did", nsmap=_NAMES)
    add(did, "unittitle", title)
    yield b'<archdesc level="collection">\n' + bytes_of(did, root)
    yield from _components(records, root)
    yield b"</archdesc>\n</ead>\n"


def _components(records: Iterable[Record], root: etree._Element) -> Iterator[bytes]:
    above: list[tuple[str, str]] = []  # fonds and code of the components that are still open
    for record in records:
        if not above:
            yield b"<dsc>\n"
            above.append(("", ""))
        while len(above) > 1 and above[-1] != (record.fonds_code, record.parent_code):
            above.pop()
            yield b"</c>\n"
        component = etree.Element(f"{{{EAD}}}c", nsmap=_NAMES)
        for name, value in _level(record).items():
            component.set(name, value)
        _describe(component, record)
        yield bytes_of(component, root).removesuffix(b"</c>\n")
        above.append((record.fonds_code, record.reference_code))
    yield b"</c>\n" * (len(above) - 1)
    if above:
        yield b"</dsc>\n"


def _level(record: Record) -> dict[str, str]:
    level = LEVELS.get(record.level, "otherlevel")
    return {"level": level, "otherlevel": record.level} if level == "otherlevel" else {"level": level}


def _control(identifier: str, title: str, record: Record) -> etree._Element:
    control = etree.Element(f"{{{EAD}}}control", nsmap=_NAMES)
    add(control, "recordid", identifier)
    add(add(add(control, "filedesc"), "titlestmt"), "titleproper", title)
    add(control, "maintenancestatus", "", {"value": "derived"})
    agency = add(control, "maintenanceagency")
    if record.archives_code:
        add(agency, "agencycode", record.archives_code)
    add(agency, "agencyname", record.archives_name or "兰台")
    language = add(control, "languagedeclaration")
    add(language, "language", "中文", {"langcode": "zho"})
    add(language, "script", "简体中文", {"scriptcode": "Hans"})
    event = add(add(control, "maintenancehistory"), "maintenanceevent")
    add(event, "eventtype", "", {"value": "derived"})
    at = (record.modified_at or datetime(1970, 1, 1, tzinfo=UTC)).isoformat(timespec="seconds")
    add(event, "eventdatetime", at, {"standarddatetime": at})
    add(event, "agenttype", "", {"value": "machine"})
    add(event, "agent", "兰台")
    return control


def _describe(unit: etree._Element, record: Record) -> None:
    did = add(unit, "did")
    add(did, "unitid", record.reference_code, {"localtype": "档号"})
    if record.document_number:
        add(did, "unitid", record.document_number, {"localtype": "文号"})
    if record.fonds_code:
        add(did, "unitid", record.fonds_code, {"localtype": "全宗号"})
    add(did, "unittitle", record.title)
    if record.date_text:
        dated = add(did, "unitdatestructured")
        add(dated, "datesingle", record.date_text, {"standarddate": record.date_text})
    if record.dated_on is not None and record.year and record.year != record.dated_on.year:
        add(did, "unitdate", str(record.year), {"label": "年度"})
    if record.author:
        add(add(add(did, "origination"), "name"), "part", record.author)
    if record.archives_name:
        add(add(add(did, "repository"), "corpname"), "part", record.archives_name)
    if record.page_count:
        extent = {"physdescstructuredtype": "spaceoccupied", "coverage": "whole"}
        physical = add(did, "physdescstructured", "", extent)
        add(physical, "quantity", str(record.page_count))
        add(physical, "unittype", "页")
    if record.identifier:
        add(did, "dao", "", {"daotype": "unknown", "href": record.identifier, "linktitle": record.title})
    _after_did(unit, record)


def _after_did(unit: etree._Element, record: Record) -> None:
    for name in RESTRICTIONS:
        if value := getattr(record, name):
            add(add(unit, "accessrestrict", "", {"localtype": name}), "p", word(name, value))
    if record.retention:
        add(add(unit, "appraisal", "", {"localtype": "保管期限"}), "p", record.retention_text)
    if record.note:
        add(add(unit, "odd", "", {"localtype": "附注"}), "p", record.note)
    for label, text in record.own.items():
        if text:
            add(add(unit, "odd", "", {"localtype": label}), "p", text)
    if record.persons or record.class_code:
        access = add(unit, "controlaccess")
        for person in record.persons:
            add(add(access, "persname"), "part", person)
        if record.class_code:
            add(add(access, "function"), "part", record.class_code)
