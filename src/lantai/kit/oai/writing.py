"""Answers of an OAI-PMH 2.0 provider as XML."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from lxml import etree

from lantai.kit.oai.protocol import Code, OaiError, utc

NS = "http://www.openarchives.org/OAI/2.0/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_SCHEMA = f"{NS} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"
_ID_NS = "http://www.openarchives.org/OAI/2.0/oai-identifier"
_BARE = {Code.BAD_VERB, Code.BAD_ARGUMENT}  # for these the request is written without its arguments (§3.6)
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Header:
    """What is said of a record without its metadata."""

    identifier: str
    stamped_at: datetime
    sets: tuple[str, ...] = ()
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Format:
    """A metadata format: its prefix, where its schema is, and its namespace."""

    prefix: str
    schema: str
    namespace: str


@dataclass(frozen=True, slots=True)
class Token:
    """What leads to the next page, "" on the last one; how many there are where that is known."""

    text: str
    position: int = 0
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Repository:
    """What ``Identify`` says."""

    name: str
    base_url: str
    email: str
    earliest: datetime
    namespace: str
    sample: str


class Answer:
    """One answer being written; ``asked`` are the arguments of the request as they came."""

    def __init__(self, base_url: str, at: datetime, asked: Mapping[str, str]) -> None:
        self._root = etree.Element(f"{{{NS}}}OAI-PMH", nsmap={None: NS, "xsi": _XSI})
        self._root.set(f"{{{_XSI}}}schemaLocation", _SCHEMA)
        _add(self._root, "responseDate", utc(at))
        self._request = _add(self._root, "request", base_url)
        for name, value in asked.items():
            self._request.set(name, value)

    def error(self, error: OaiError) -> bytes:
        """The answer that refuses."""
        if error.code in _BARE:
            for name in list(self._request.attrib):
                del self._request.attrib[name]
        _add(self._root, "error", error.why).set("code", error.code.value)
        return self._bytes()

    def identify(self, about: Repository) -> bytes:
        """Who we are; the scheme of our identifiers is described where its namespace is a domain name."""
        place = _add(self._root, "Identify")
        _add(place, "repositoryName", about.name)
        _add(place, "baseURL", about.base_url)
        _add(place, "protocolVersion", "2.0")
        _add(place, "adminEmail", about.email)
        _add(place, "earliestDatestamp", utc(about.earliest))
        _add(place, "deletedRecord", "persistent")
        _add(place, "granularity", "YYYY-MM-DDThh:mm:ssZ")
        described = etree.SubElement(
            _add(place, "description"), f"{{{_ID_NS}}}oai-identifier", nsmap={None: _ID_NS}
        )
        described.set(f"{{{_XSI}}}schemaLocation", f"{_ID_NS} {_ID_NS}.xsd")
        said = (("scheme", "oai"), ("repositoryIdentifier", about.namespace), ("delimiter", ":"))
        for name, value in (*said, ("sampleIdentifier", about.sample)):
            etree.SubElement(described, f"{{{_ID_NS}}}{name}").text = value
        return self._bytes()

    def formats(self, formats: Iterable[Format]) -> bytes:
        """Which metadata formats there are."""
        place = _add(self._root, "ListMetadataFormats")
        for one in formats:
            entry = _add(place, "metadataFormat")
            _add(entry, "metadataPrefix", one.prefix)
            _add(entry, "schema", one.schema)
            _add(entry, "metadataNamespace", one.namespace)
        return self._bytes()

    def sets(self, sets: Iterable[tuple[str, str]], token: Token | None = None) -> bytes:
        """The sets with their names."""
        place = _add(self._root, "ListSets")
        for spec, name in sets:
            entry = _add(place, "set")
            _add(entry, "setSpec", spec)
            _add(entry, "setName", name)
        _resume(place, token)
        return self._bytes()

    def headers(self, headers: Iterable[Header], token: Token | None = None) -> bytes:
        """One page of ``ListIdentifiers``."""
        place = _add(self._root, "ListIdentifiers")
        for header in headers:
            _write_header(place, header)
        _resume(place, token)
        return self._bytes()

    def records(
        self,
        records: Iterable[tuple[Header, etree._Element | None]],
        token: Token | None = None,
        *,
        verb: str = "ListRecords",
    ) -> bytes:
        """One page of ``ListRecords``, or the one record of ``GetRecord``."""
        place = _add(self._root, verb)
        for header, metadata in records:
            entry = _add(place, "record")
            _write_header(entry, header)
            if metadata is not None:
                _add(entry, "metadata").append(metadata)
        _resume(place, token)
        return self._bytes()

    def _bytes(self) -> bytes:
        written: bytes = etree.tostring(self._root, xml_declaration=True, encoding="UTF-8")
        return written


def _add(place: etree._Element, name: str, text: str | None = None) -> etree._Element:
    entry = etree.SubElement(place, f"{{{NS}}}{name}")
    if text is not None:
        entry.text = _UNFIT.sub("\ufffd", text)
    return entry


def _write_header(place: etree._Element, header: Header) -> None:
    entry = _add(place, "header")
    if header.is_deleted:
        entry.set("status", "deleted")
    _add(entry, "identifier", header.identifier)
    _add(entry, "datestamp", utc(header.stamped_at))
    for spec in header.sets:
        _add(entry, "setSpec", spec)


def _resume(place: etree._Element, token: Token | None) -> None:
    """A list in several pages says so on each; on the last one the token is empty (§3.5)."""
    if token is None:
        return
    entry = _add(place, "resumptionToken", token.text or None)
    entry.set("cursor", str(token.position))
    if token.total is not None:
        entry.set("completeListSize", str(token.total))
