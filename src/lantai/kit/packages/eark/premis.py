"""PREMIS read as a stream: what happened to which object, and the digests it states."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from lantai.kit.packages.manifests import DigestTable
from lantai.kit.packages.xml import End, Start, XmlLimits, read_events

LIMITS = XmlLimits(total_bytes=1024 * 1024 * 1024, text=4 * 1024 * 1024)
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})+")
NO_TIME = "XXXX"  # EDTF: a year that nobody knows; PREMIS wants some time
ALGORITHMS = {
    "MD5": "md5",
    "SHA-1": "sha1",
    "SHA-256": "sha256",
    "SHA-384": "sha384",
    "SHA-512": "sha512",
    "SM3": "sm3",
}
Event = tuple[str, str, str]  # what, when, who


@dataclass(slots=True)
class Premis:
    """What one or more PREMIS documents say; objects by their identifiers."""

    events: dict[str, list[Event]] = field(default_factory=dict)
    digests: DigestTable = field(default_factory=DigestTable)
    agents: dict[str, str] = field(default_factory=dict)

    def of(self, *identifiers: str) -> tuple[Event, ...]:
        """The events of the objects with these identifiers; of every object where none is given."""
        held = [self.events.get(one, ()) for one in identifiers] if identifiers else self.events.values()
        found = dict.fromkeys(event for events in held for event in events)
        return tuple((what, at, self.agents.get(who, who)) for what, at, who in found)


def read_premis(path: Path, into: Premis) -> None:
    """Add what the document at ``path`` says; raises `XmlBroken` and `XmlHostile`."""
    unit = _Unit()
    with path.open("rb") as stream:
        for event in read_events(stream, limits=LIMITS):
            if isinstance(event, Start) and event.depth == 2:
                unit = _Unit()
            elif isinstance(event, End) and event.depth == 2:
                unit.ends(event.name, into)
            elif isinstance(event, End) and event.is_leaf:
                unit.says(event)


class _Unit:
    """One object, event or agent while it is read."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}
        self._linked: list[str] = []
        self._digests: dict[str, str] = {}
        self._algorithm = ""

    def says(self, event: End) -> None:
        self._first.setdefault(event.name, event.text)
        if event.name == "linkingObjectIdentifierValue":
            self._linked.append(event.text)
        elif event.name == "messageDigestAlgorithm":
            self._algorithm = ALGORITHMS.get(event.text.upper(), "")
        elif event.name == "messageDigest" and self._algorithm and _HEX.fullmatch(event.text):
            self._digests[self._algorithm] = event.text.casefold()

    def ends(self, name: str, into: Premis) -> None:
        get = self._first.get
        if name == "event":
            at = get("eventDateTime", "")
            told = (get("eventType", ""), "" if at == NO_TIME else at, get("linkingAgentIdentifierValue", ""))
            for one in self._linked or [""]:
                into.events.setdefault(one, []).append(told)
        elif name == "agent":
            into.agents[get("agentIdentifierValue", "")] = get("agentName", "")
        elif name == "object":
            for algorithm, digest in self._digests.items():
                into.digests.add(get("objectIdentifierValue", ""), algorithm, digest)
