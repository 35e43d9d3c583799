"""Requirements on the root element and on metsHdr (CSIP1 to CSIP16 and CSIP117, SIP1 to SIP31)."""

from __future__ import annotations

from lantai.kit.packages.eark.judging import Judging
from lantai.kit.packages.eark.mets import Element
from lantai.kit.packages.eark.vocabulary import (
    CONTENT_CATEGORIES,
    CONTENT_INFORMATION_TYPES,
    PACKAGE_TYPES,
    RECORD_STATUSES,
    SIP_PROFILE,
)

_AGREEMENTS = (
    ("SIP5", "SUBMISSIONAGREEMENT", True),
    ("SIP6", "PREVIOUSSUBMISSIONAGREEMENT", False),
    ("SIP7", "REFERENCECODE", True),
    ("SIP8", "PREVIOUSREFERENCECODE", False),
)


def judge_root(judging: Judging, mets: Element, *, name: str) -> None:
    """CSIP1 to CSIP6; ``name`` is that of the folder around the document, "" where nobody knows it."""
    if judging.needs("CSIP1", mets, "OBJID") and name and mets.get("OBJID") != name:
        judging.should("CSIP1", "other-name", value=mets.get("OBJID"), expected=name)
    _content_category(judging, mets)
    content_information_type(judging, mets, "CSIP4", "CSIP4", "CSIP5")
    if not mets.get("CONTENTINFORMATIONTYPE") and "CONTENTINFORMATIONTYPE" not in mets.attributes:
        tell = judging.should if judging.is_root else judging.must
        tell("CSIP4", "attribute", holder="mets", name="CONTENTINFORMATIONTYPE")
    judging.needs("CSIP6", mets, "PROFILE")
    if not mets.counts["metsHdr"]:
        judging.must("CSIP117", "element", holder="mets", name="metsHdr")


def _content_category(judging: Judging, mets: Element) -> None:
    kind, other = mets.get("TYPE").casefold(), mets.get("OTHERTYPE")
    if judging.needs("CSIP2", mets, "TYPE") and kind not in CONTENT_CATEGORIES:
        judging.must("CSIP2", "value", holder="mets", name="TYPE", value=mets.get("TYPE"))
    if kind == "other":
        judging.needs("CSIP2", mets, "OTHERTYPE")
    if other and kind != "other":
        judging.must("CSIP3", "fixed", holder="mets", name="TYPE", value=mets.get("TYPE"), expected="OTHER")


def content_information_type(judging: Judging, element: Element, known: str, *others: str) -> None:
    """The type of the content is in the list, or OTHER with a type of its own, under the rules given."""
    kind, other = element.get("CONTENTINFORMATIONTYPE"), element.get("OTHERCONTENTINFORMATIONTYPE")
    path = element.path
    if "CONTENTINFORMATIONTYPE" in element.attributes and kind not in CONTENT_INFORMATION_TYPES:
        judging.must(known, "value", holder=path, name="CONTENTINFORMATIONTYPE", value=kind)
    for rule in others:
        if kind == "OTHER":
            judging.needs(rule, element, "OTHERCONTENTINFORMATIONTYPE")
        if other in CONTENT_INFORMATION_TYPES - {"SIARDUK"} and kind == "OTHER":
            judging.must(rule, "value", holder=path, name="OTHERCONTENTINFORMATIONTYPE", value=other)
        if "OTHERCONTENTINFORMATIONTYPE" in element.attributes and kind != "OTHER":
            name = "CONTENTINFORMATIONTYPE"
            judging.must(rule, "fixed", holder=path, name=name, value=kind, expected="OTHER")


class Agents:
    """The agents of one metsHdr, judged one after the other; then `judge_header`."""

    def __init__(self) -> None:
        self._software = 0
        self._nearly: list[tuple[str, Element]] = []
        self._submitters = 0
        self._notes: list[Element] = []
        self._records: dict[str, list[str]] = {}

    def note(self, element: Element) -> None:
        """Keep a note until its agent ends."""
        self._notes.append(element)

    def record(self, element: Element) -> None:
        """An altRecordID."""
        self._records.setdefault(element.get("TYPE"), []).append(element.text)

    def agent(self, judging: Judging, agent: Element) -> None:
        """One agent: is it the software that made the package, or somebody who sends it?"""
        notes, self._notes = self._notes, []
        lacking = _lacking(agent)
        if not lacking:
            self._software += 1
            _judge_software(judging, agent, notes)
        elif len(lacking) == 1 or not self._nearly:
            self._nearly.append((lacking[0], agent))
        if agent.get("ROLE") == "CREATOR" and agent.get("TYPE") in ("ORGANIZATION", "INDIVIDUAL"):
            self._submitters += 1
            if not agent.last.get("name") or not agent.last["name"].text:
                judging.must("SIP18", "text", holder=f"{agent.path}/name")

    def judge_header(self, judging: Judging, header: Element) -> None:
        """CSIP7 to CSIP13: of the header itself, and that there is an agent for the software."""
        judging.needs("CSIP7", header, "CREATEDATE")
        judging.time("CSIP7", header, "CREATEDATE", not_future=True)
        if not header.get("LASTMODDATE"):
            judging.should("CSIP8", "attribute", holder=header.path, name="LASTMODDATE")
        judging.time("CSIP8", header, "LASTMODDATE", not_future=True)
        if judging.needs("CSIP9", header, "OAISPACKAGETYPE"):
            judging.is_one_of("CSIP9", header, "OAISPACKAGETYPE", PACKAGE_TYPES)
        if not header.counts["agent"]:
            judging.must("CSIP10", "element", holder=header.path, name="agent")
        elif not self._software:
            for rule, agent in self._nearly:
                _tell_of(judging, rule, agent)

    def judge_submission(self, judging: Judging, mets: Element, header: Element | None) -> None:
        """SIP1 to SIP21: what a submission asks beyond any package."""
        if not mets.get("LABEL"):
            judging.may("SIP1", "attribute", holder="mets", name="LABEL")
        if judging.needs("SIP2", mets, "PROFILE") and mets.get("PROFILE") != SIP_PROFILE:
            value = mets.get("PROFILE")
            judging.must("SIP2", "fixed", holder="mets", name="PROFILE", value=value, expected=SIP_PROFILE)
        if header is None:
            return
        status = header.get("RECORDSTATUS")
        if not status:
            judging.may("SIP3", "attribute", holder=header.path, name="RECORDSTATUS")
        elif status not in RECORD_STATUSES:
            judging.may("SIP3", "value", holder=header.path, name="RECORDSTATUS", value=status)
        if judging.needs("SIP4", header, "OAISPACKAGETYPE") and header.get("OAISPACKAGETYPE") != "SIP":
            value = header.get("OAISPACKAGETYPE")
            judging.must(
                "SIP4", "fixed", holder=header.path, name="OAISPACKAGETYPE", value=value, expected="SIP"
            )
        if not self._submitters:
            judging.must("SIP15", "element", holder=header.path, name="agent[@ROLE='CREATOR']")
        for rule, kind, is_only in _AGREEMENTS:
            self._judge_record(judging, rule, kind, is_only=is_only)

    def _judge_record(self, judging: Judging, rule: str, kind: str, *, is_only: bool) -> None:
        texts = self._records.get(kind, [])
        holder, name = "mets/metsHdr", f"altRecordID[@TYPE='{kind}']"
        if not texts:
            judging.may(rule, "element", holder=holder, name=name)
        if not all(texts):
            judging.may(rule, "text", holder=f"{holder}/{name}")
        if is_only and len(texts) > 1:
            judging.may(rule, "too-many", holder=holder, name=name, count=len(texts))


_SOFTWARE = (("CSIP11", "ROLE", "CREATOR"), ("CSIP12", "TYPE", "OTHER"), ("CSIP13", "OTHERTYPE", "SOFTWARE"))


def _lacking(agent: Element) -> list[str]:
    """The rules by which ``agent`` is not the software that made the package."""
    return [rule for rule, name, expected in _SOFTWARE if agent.get(name) != expected]


def _tell_of(judging: Judging, rule: str, agent: Element) -> None:
    name, expected = next((name, expected) for one, name, expected in _SOFTWARE if one == rule)
    judging.must(rule, "fixed", holder=agent.path, name=name, value=agent.get(name), expected=expected)


def _judge_software(judging: Judging, agent: Element, notes: list[Element]) -> None:
    """CSIP14 to CSIP16."""
    name = agent.last.get("name")
    if name is None or not name.text:
        judging.must("CSIP14", "text", holder=f"{agent.path}/name")
    if not notes:
        judging.must("CSIP15", "element", holder=agent.path, name="note")
    if len(notes) > 1:
        judging.must("CSIP15", "too-many", holder=agent.path, name="note", count=len(notes))
    for note in notes:
        if not note.text:
            judging.must("CSIP15", "text", holder=note.path)
        kind = note.get("NOTETYPE")
        if judging.needs("CSIP16", note, "NOTETYPE") and kind != "SOFTWARE VERSION":
            expected = "SOFTWARE VERSION"
            judging.must("CSIP16", "fixed", holder=note.path, name="NOTETYPE", value=kind, expected=expected)
