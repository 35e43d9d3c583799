"""Writing PREMIS 3 as a stream, in the order of its schema: objects, events, agents."""

from __future__ import annotations

import io
from collections.abc import Iterable
from types import TracebackType
from typing import BinaryIO

from lantai.kit.packages.premis.model import Agent, Category, Event, Kept, Unordered
from lantai.kit.packages.xml import write_element as element

NO_TIME = "XXXX"  # EDTF: a year that nobody knows
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<premis xmlns="http://www.loc.gov/premis/v3" version="3.0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
)
_OBJECT, _EVENT, _AGENT = range(3)


class Writer:
    """A document on `stream`, whole when the block that holds it ends well."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._stage = _OBJECT
        self._schemes: dict[str, str] = {}  # of objects that are not files
        self._say(_HEAD)

    def __enter__(self) -> Writer:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._say("</premis>\n")

    def kept(self, one: Kept) -> None:
        """Write an object; raises Unordered after the first event."""
        self._enter(_OBJECT)
        if one.scheme != "path":
            self._schemes[one.identifier] = one.scheme
        inner = _characteristics(one) if one.category is Category.FILE else ""
        name = element("originalName", one.original_name) if one.original_name else ""
        identifier = _identifier("object", one.scheme, one.identifier)
        self._say(f'<object xsi:type="{one.category}">{identifier}{inner}{name}</object>\n')

    def event(self, one: Event) -> None:
        """Write an event with the list of what it speaks for, however long; raises Unordered."""
        self._enter(_EVENT)
        self._say(
            f"<event>{_identifier('event', 'local', one.identifier)}{element('eventType', one.kind)}"
            f"{element('eventDateTime', one.at or NO_TIME)}"
        )
        if one.detail:
            inner = element("eventDetail", one.detail)
            self._say(f"<eventDetailInformation>{inner}</eventDetailInformation>")
        if one.outcome:
            self._say(
                f"<eventOutcomeInformation>{element('eventOutcome', one.outcome)}</eventOutcomeInformation>"
            )
        for agent in one.agents:
            self._say(_identifier("linkingAgent", "local", agent))
        for kept in one.objects:
            self._say(_identifier("linkingObject", self._schemes.get(kept, "path"), kept))
        self._say("</event>\n")

    def agent(self, one: Agent) -> None:
        """Write an agent."""
        self._enter(_AGENT)
        kind = element("agentType", one.kind) if one.kind else ""
        identifier = _identifier("agent", "local", one.identifier)
        self._say(f"<agent>{identifier}{element('agentName', one.name)}{kind}</agent>\n")

    def _enter(self, stage: int) -> None:
        if stage < self._stage:
            raise Unordered
        self._stage = stage

    def _say(self, text: str) -> None:
        self._stream.write(text.encode())


def document(kept: Iterable[Kept], events: Iterable[Event], agents: Iterable[Agent]) -> bytes:
    """A whole document in memory, for what is small."""
    stream = io.BytesIO()
    with Writer(stream) as writer:
        for one in kept:
            writer.kept(one)
        for event in events:
            writer.event(event)
        for agent in agents:
            writer.agent(agent)
    return stream.getvalue()


def _characteristics(one: Kept) -> str:
    fixity = "".join(
        f"<fixity>{element('messageDigestAlgorithm', name)}{element('messageDigest', digest)}</fixity>"
        for name, digest in one.digests.items()
    )
    size = "" if one.size_bytes is None else element("size", str(one.size_bytes))
    name = element("formatName", one.format_name or one.puid or "unknown")
    registry = (
        f"<formatRegistry>{element('formatRegistryName', 'PRONOM')}{element('formatRegistryKey', one.puid)}"
        "</formatRegistry>"
        if one.puid
        else ""
    )
    shape = f"<format><formatDesignation>{name}</formatDesignation>{registry}</format>"
    return f"<objectCharacteristics>{fixity}{size}{shape}</objectCharacteristics>"


def _identifier(kind: str, scheme: str, value: str) -> str:
    name = f"{kind}Identifier"
    return f"<{name}>{element(f'{name}Type', scheme)}{element(f'{name}Value', value)}</{name}>"
