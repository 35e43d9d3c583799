"""Reading PREMIS 3 as a stream, without belief: limits as for every XML from outside."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from lantai.kit.packages.premis.model import Agent, Category, Event, Kept
from lantai.kit.packages.premis.writing import NO_TIME
from lantai.kit.packages.xml import End, Start, XmlLimits, read_events

LIMITS = XmlLimits(total_bytes=1024 * 1024 * 1024, text=4 * 1024 * 1024)


def read(stream: BinaryIO, limits: XmlLimits = LIMITS) -> Iterator[Kept | Event | Agent]:
    """Objects, events and agents one after another; raises `XmlBroken` and `XmlHostile`.

    What else a document says (rights, storage, relationships) is passed over.
    """
    unit = _Unit()
    for event in read_events(stream, limits=limits):
        if isinstance(event, Start):
            if event.depth == 2:
                unit = _Unit(
                    next((v for k, v in event.attributes.items() if k.rpartition(":")[2] == "type"), "")
                )
        elif event.depth == 2:
            found = unit.whole(event.name)
            if found is not None:
                yield found
        elif event.is_leaf:
            unit.says(event)


class _Unit:
    """One object, event or agent while it is read."""

    def __init__(self, category: str = "") -> None:
        self._category = category.rpartition(":")[2]
        self._first: dict[str, str] = {}
        self._agents: list[str] = []
        self._objects: list[str] = []
        self._digests: dict[str, str] = {}
        self._algorithm = ""

    def says(self, event: End) -> None:
        """Take the text of one element."""
        self._first.setdefault(event.name, event.text)
        if event.name == "linkingObjectIdentifierValue":
            self._objects.append(event.text)
        elif event.name == "linkingAgentIdentifierValue":
            self._agents.append(event.text)
        elif event.name == "messageDigestAlgorithm":
            self._algorithm = event.text
        elif event.name == "messageDigest" and self._algorithm:
            self._digests[self._algorithm] = event.text.casefold()

    def whole(self, name: str) -> Kept | Event | Agent | None:
        """What was read, when its element ends."""
        get = self._first.get
        if name == "object":
            return self._kept()
        if name == "event":
            at = get("eventDateTime", "")
            return Event(
                identifier=get("eventIdentifierValue", ""),
                kind=get("eventType", ""),
                at="" if at == NO_TIME else at,
                detail=get("eventDetail", ""),
                outcome=get("eventOutcome", ""),
                agents=tuple(self._agents),
                objects=tuple(self._objects),
            )
        if name == "agent":
            return Agent(get("agentIdentifierValue", ""), get("agentName", ""), get("agentType", ""))
        return None

    def _kept(self) -> Kept:
        get = self._first.get
        size = get("size", "")
        puid = get("formatRegistryKey", "")
        name = get("formatName", "")
        return Kept(
            identifier=get("objectIdentifierValue", ""),
            category=Category(self._category) if self._category in set(Category) else Category.FILE,
            scheme=get("objectIdentifierType", ""),
            size_bytes=int(size) if size.isascii() and size.isdigit() and len(size) < 19 else None,
            digests=self._digests,
            format_name="" if name in (puid, "unknown") else name,
            puid=puid,
            original_name=get("originalName", ""),
        )
