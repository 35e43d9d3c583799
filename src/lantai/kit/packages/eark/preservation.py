"""Writing the preservation record of a package: PREMIS 3, objects first, then events, then agents."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from lantai.kit.digests import Digests
from lantai.kit.packages.eark.premis import NO_TIME
from lantai.kit.packages.listed_sent import events_of
from lantai.kit.packages.xml import write_element as element

_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<premis xmlns="http://www.loc.gov/premis/v3" version="3.0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
)


class PreservationRecord:
    """The document at ``path``, which is whole after `close`."""

    def __init__(self, path: Path, at: datetime) -> None:
        self._stream = path.open("x", encoding="utf-8", newline="\n")
        self._events = tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n", dir=path.parent)  # noqa: SIM115  closed in close
        self._agents: dict[str, str] = {}
        self._event_count = 0
        self._stream.write(_HEAD)
        self._at = at

    def file(self, path: str, code: str, digests: Digests, size: int, media_type: str) -> None:
        """One file that belongs to the item ``code``."""
        fixity = "".join(
            f"<fixity>{element('messageDigestAlgorithm', name)}{element('messageDigest', digest)}</fixity>"
            for name, digest in (("SHA-512", digests.sha512), ("SM3", digests.sm3))
        )
        kind = f"<format><formatDesignation>{element('formatName', media_type)}</formatDesignation></format>"
        belongs = (
            f"<relationship>{element('relationshipType', 'structural')}"
            f"{element('relationshipSubType', 'is included in')}"
            f"<relatedObjectIdentifier>{element('relatedObjectIdentifierType', '档号')}"
            f"{element('relatedObjectIdentifierValue', code)}</relatedObjectIdentifier></relationship>"
        )
        self._stream.write(
            f'<object xsi:type="file">{_identifier("object", "path", path)}'
            f"<objectCharacteristics>{fixity}{element('size', str(size))}{kind}</objectCharacteristics>"
            f"{element('originalName', path.rpartition('/')[2])}{belongs}</object>\n"
        )

    def item(self, code: str, metadata: Mapping[str, Sequence[str]]) -> None:
        """One item, and what happened to it (DA/T 46 M80 to M84)."""
        self._stream.write(
            f'<object xsi:type="intellectualEntity">{_identifier("object", "档号", code)}</object>\n'
        )
        for what, at, who in events_of({name: tuple(values) for name, values in metadata.items()}):
            self._event(what, at, who, code)

    def _event(self, what: str, at: str, who: str, code: str) -> None:
        self._event_count += 1
        agent = self._agents.setdefault(who, f"agent-{len(self._agents) + 1}")
        self._events.write(
            f"<event>{_identifier('event', 'local', f'event-{self._event_count}')}"
            f"{element('eventType', what)}{element('eventDateTime', at or NO_TIME)}"
            f"{_identifier('linkingAgent', 'local', agent)}{_identifier('linkingObject', '档号', code)}</event>\n"
        )

    def close(self) -> None:
        """End the document; what is left of the work in between goes."""
        if self._stream.closed:
            return
        self._events.seek(0)
        shutil.copyfileobj(self._events, self._stream)
        self._events.close()
        for name, identifier in self._agents.items():
            self._stream.write(
                f"<agent>{_identifier('agent', 'local', identifier)}{element('agentName', name)}</agent>\n"
            )
        self._stream.write("</premis>\n")
        self._stream.close()


def _identifier(kind: str, scheme: str, value: str) -> str:
    name = f"{kind}Identifier"
    return f"<{name}>{element(f'{name}Type', scheme)}{element(f'{name}Value', value)}</{name}>"
