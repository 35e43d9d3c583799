"""Authority records as EAC-CPF 2010 (urn:isbn:1-931666-33-4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

NAMESPACE = "urn:isbn:1-931666-33-4"
_XLINK = "http://www.w3.org/1999/xlink"
_ENTITY = {"creator": "corporateBody", "person": "person", "family": "family"}
_STATUS = {"draft": "new", "revised": "revised", "final": "revised"}
_COUNTERPART = {
    "succeeded_by": ("temporal-later", "temporal-earlier"),
    "part_of": ("hierarchical-parent", "hierarchical-child"),
    "member_of": ("hierarchical-parent", "hierarchical-child"),
}
_ASSOCIATIVE = "associative"


@dataclass(frozen=True, slots=True)
class EacName:
    """A name with the years in which it was used; the one to be used by rule is preferred."""

    text: str
    began_year: int | None
    ended_year: int | None
    is_preferred: bool


@dataclass(frozen=True, slots=True)
class EacRelation:
    """Another authority; ``is_target``: the record itself is at the end of the relation."""

    kind: str
    is_target: bool
    name: str
    identifier: str
    began_year: int | None
    ended_year: int | None
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EacRecord:
    """What of an authority goes into a file."""

    identifier: str
    kind: str
    agency_name: str
    agency_code: str
    maturity: str
    names: Sequence[EacName]
    code: str
    began: str
    ended: str
    history: str
    functions: str
    mandate: str
    structure: str
    context: str
    relations: Sequence[EacRelation]
    sources: Sequence[tuple[str, str]]
    events: Sequence[tuple[datetime, str, bool]]  # when, who, is_new


def to_eac(record: EacRecord) -> bytes:
    """The file; raises ``KeyError`` for what EAC-CPF is not of (places, events, subjects)."""
    entity = _ENTITY[record.kind]
    root = etree.Element(_q("eac-cpf"), nsmap={None: NAMESPACE, "xlink": _XLINK})
    _control(root, record)
    description = _sub(root, "cpfDescription")
    identity = _sub(description, "identity")
    if record.code:
        _sub(identity, "entityId", record.code)
    _sub(identity, "entityType", entity)
    for name in record.names:
        entry = _sub(identity, "nameEntry")
        _sub(entry, "part", name.text)
        if name.began_year or name.ended_year:
            _range(_sub(entry, "useDates"), name.began_year, name.ended_year)
        if name.is_preferred:
            _sub(entry, "authorizedForm", record.agency_name or "Lantai")
    _description(description, record)
    _relations(description, record)
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return written


def _control(root: etree._Element, record: EacRecord) -> None:
    control = _sub(root, "control")
    _sub(control, "recordId", record.identifier)
    _sub(control, "maintenanceStatus", _STATUS.get(record.maturity, "revised"))
    agency = _sub(control, "maintenanceAgency")
    if record.agency_code:
        _sub(agency, "agencyCode", record.agency_code)
    _sub(agency, "agencyName", record.agency_name)
    declared = _sub(control, "languageDeclaration")
    _sub(declared, "language", "中文").set("languageCode", "chi")
    _sub(declared, "script", "简体汉字").set("scriptCode", "Hans")
    history = _sub(control, "maintenanceHistory")
    for at, who, is_new in record.events:
        event = _sub(history, "maintenanceEvent")
        _sub(event, "eventType", "created" if is_new else "revised")
        _sub(event, "eventDateTime").set("standardDateTime", at.isoformat(timespec="seconds"))
        _sub(event, "agentType", "human")
        _sub(event, "agent", who)
    if record.sources:
        sources = _sub(control, "sources")
        for citation, found in record.sources:
            source = _sub(sources, "source")
            _sub(source, "sourceEntry", citation)
            if found:
                _sub(_sub(source, "descriptiveNote"), "p", found)


def _description(parent: etree._Element, record: EacRecord) -> None:
    description = _sub(parent, "description")
    if record.began or record.ended:
        dates = _sub(_sub(description, "existDates"), "dateRange")
        _sub(dates, "fromDate", record.began)
        _sub(dates, "toDate", record.ended)
    for outer, inner, text in (
        ("functions", "function", record.functions),
        ("mandates", "mandate", record.mandate),
    ):
        if text:
            _sub(_sub(_sub(description, outer), inner), "term", text)
    for name, text in (
        ("structureOrGenealogy", record.structure),
        ("generalContext", record.context),
        ("biogHist", record.history),
    ):
        if text:
            element = _sub(description, name)
            for paragraph in filter(None, map(str.strip, text.splitlines())):
                _sub(element, "p", paragraph)


def _relations(parent: etree._Element, record: EacRecord) -> None:
    if not record.relations:
        return
    relations = _sub(parent, "relations")
    for one in record.relations:
        forth, back = _COUNTERPART.get(one.kind, (_ASSOCIATIVE, _ASSOCIATIVE))
        relation = _sub(relations, "cpfRelation")
        relation.set("cpfRelationType", back if one.is_target else forth)
        relation.set(f"{{{_XLINK}}}href", one.identifier)
        relation.set(f"{{{_XLINK}}}type", "simple")
        _sub(relation, "relationEntry", one.name)
        if one.began_year or one.ended_year:
            _range(relation, one.began_year, one.ended_year)
        if one.note:
            _sub(_sub(relation, "descriptiveNote"), "p", one.note)


def _range(parent: etree._Element, began: int | None, ended: int | None) -> None:
    dates = _sub(parent, "dateRange")
    for name, year in (("fromDate", began), ("toDate", ended)):
        element = _sub(dates, name, str(year) if year else "")
        if year:
            element.set("standardDate", f"{year:04d}")


def _sub(parent: etree._Element, name: str, text: str = "") -> etree._Element:
    element = etree.SubElement(parent, _q(name))
    if text:
        # XML 1.0 holds no control characters.
        element.text = "".join(char for char in text if char >= " " or char in "\n\t")
    return element


def _q(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
