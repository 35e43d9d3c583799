"""Reading the answers of other repositories. Their XML is a stranger's: run it in the sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from lantai.kit.errors import N_, Refusal
from lantai.kit.formats.xmlsafe import parse_xml
from lantai.kit.oai.writing import NS

MOST_RECORDS = 5_000
_DC = "http://purl.org/dc/elements/1.1/"
_MOST_TEXT = 20_000
_LISTS = {"ListRecords", "GetRecord", "ListIdentifiers"}
_NOTHING = {"noRecordsMatch"}


class NotOai(Refusal):
    """What came is no answer of the protocol."""

    message = N_("对方的回答不是 OAI-PMH 响应，没有采集。请核对网址是否为对方公布的 OAI-PMH 基础地址。")


class Refused(Refusal):
    """The other repository answered with an error of the protocol."""

    message = N_("对方拒绝了请求：%(code)s %(why)s")


class PageTooLong(Refusal):
    """More records on one page than anybody gives; none of them is passed over in silence."""

    message = N_("对方一页给出的记录超过 %(most)d 条，这一页没有采集。请对方减少每页条数。")


class TokenRefused(Refused):
    """The token that should lead on is no longer known there: the list must begin anew."""

    message = N_("对方不再认识续传标记，需要从这一次采集的开头重新开始。")


def read_page(path: str | Path) -> dict[str, Any]:
    """One page: ``records`` (identifier, datestamp, sets, is_deleted, dc, xml), ``token``, ``total``, ``at``.

    Raises ``NotOai``, ``Refused``, ``TokenRefused``, ``PageTooLong`` and the refusals of unsafe XML.
    """
    root = parse_xml(Path(path).read_bytes(), name="OAI-PMH")
    if root.tag != f"{{{NS}}}OAI-PMH":
        raise NotOai
    at = _text(root, "responseDate")
    for error in root.iterfind(f"{{{NS}}}error"):
        code, why = str(error.get("code", ""))[:40], (error.text or "").strip()[:300]
        if code in _NOTHING:
            return {"records": [], "token": "", "total": 0, "at": at}
        raise TokenRefused if code == "badResumptionToken" else Refused(code=code, why=why)
    place = next((one for one in root if etree.QName(one).localname in _LISTS), None)
    if place is None:
        raise NotOai
    token = place.find(f"{{{NS}}}resumptionToken")
    total = token.get("completeListSize", "") if token is not None else ""
    return {
        "records": list(_records(place)),
        "token": ((token.text or "") if token is not None else "").strip()[:4_000],
        "total": int(total) if total.isdecimal() and len(total) < 12 else None,
        "at": at,
    }


def read_identity(path: str | Path) -> dict[str, str]:
    """What ``Identify`` of another repository says; raises as ``read_page``."""
    root = parse_xml(Path(path).read_bytes(), name="OAI-PMH")
    place = root.find(f"{{{NS}}}Identify")
    if root.tag != f"{{{NS}}}OAI-PMH" or place is None:
        raise NotOai
    names = ("repositoryName", "protocolVersion", "earliestDatestamp", "deletedRecord", "granularity")
    return {name: _text(place, name)[:300] for name in names}


def _records(place: etree._Element) -> Iterator[dict[str, Any]]:
    for number, entry in enumerate(place.iterchildren(f"{{{NS}}}record", f"{{{NS}}}header")):
        if number >= MOST_RECORDS:
            raise PageTooLong(most=MOST_RECORDS)
        is_header = etree.QName(entry).localname == "header"
        header = entry if is_header else entry.find(f"{{{NS}}}header")
        if header is None or not _text(header, "identifier"):
            continue
        metadata = None if is_header else entry.find(f"{{{NS}}}metadata")
        body = metadata[0] if metadata is not None and len(metadata) else None
        yield {
            "identifier": _text(header, "identifier")[:500],
            "datestamp": _text(header, "datestamp")[:30],
            "sets": [(one.text or "").strip()[:200] for one in header.iterfind(f"{{{NS}}}setSpec")][:50],
            "is_deleted": header.get("status") == "deleted",
            "dc": _elements(body) if body is not None else {},
            "xml": etree.tostring(body, encoding="unicode") if body is not None else "",
        }


def _elements(body: etree._Element) -> dict[str, list[str]]:
    """Dublin Core elements wherever they stand; other formats keep only their XML."""
    found: dict[str, list[str]] = {}
    for one in body.iter(f"{{{_DC}}}*"):
        text = " ".join((one.text or "").split())[:_MOST_TEXT]
        if text:
            found.setdefault(etree.QName(one).localname, []).append(text)
    return found


def _text(place: etree._Element, name: str) -> str:
    return (place.findtext(f"{{{NS}}}{name}") or "").strip()
