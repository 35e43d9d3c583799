"""The PRONOM registry of The National Archives as data: formats, signatures, priorities.

The files come with the ``opf-fido`` package (only its data is used); a newer pair may be loaded from a path.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib import resources
from pathlib import Path

from lxml import etree


@dataclass(frozen=True)
class Pattern:
    """One byte pattern: where it is looked for (``BOF``, ``EOF`` or ``VAR``) and its regular expression."""

    position: str
    source: bytes

    @cached_property
    def regex(self) -> re.Pattern[bytes]:
        """Compiled when first needed: a run meets a few dozen of the two thousand."""
        return re.compile(self.source)

    def matches(self, head: bytes, tail: bytes) -> bool:
        """Whether it is found in the first or the last bytes of a file."""
        if self.position == "BOF":
            return self.regex.match(head) is not None
        return self.regex.search(tail if self.position == "EOF" else head) is not None


@dataclass(frozen=True)
class Signature:
    """All ``patterns`` together tell the format."""

    patterns: tuple[Pattern, ...]


@dataclass(frozen=True)
class Format:
    """One record of the registry."""

    puid: str
    name: str
    version: str
    mime: str
    extensions: frozenset[str]
    signatures: tuple[Signature, ...]
    beats: frozenset[str]
    order: int = 0


@dataclass(frozen=True)
class Registry:
    """Formats by PUID, with the number of the signature release they come from."""

    release: str
    formats: dict[str, Format] = field(default_factory=dict)

    def best(self, found: list[Format]) -> list[Format]:
        """``found`` without those that another one has priority over, in the registry's order."""
        beaten = {puid for f in found for puid in f.beats}
        kept = {f.puid: f for f in found if f.puid not in beaten}
        return sorted(kept.values(), key=lambda f: f.order)

    @cached_property
    def by_extension(self) -> dict[str, list[Format]]:
        """Formats that go with a file name's extension."""
        table: dict[str, list[Format]] = {}
        for fmt in self.formats.values():
            for extension in fmt.extensions:
                table.setdefault(extension, []).append(fmt)
        return table


def _packaged(start: str) -> Path:
    folder = resources.files("fido").joinpath("conf")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.startswith(start))
    return Path(str(folder.joinpath(names[-1])))


@lru_cache(maxsize=4)
def registry(path: Path | None = None) -> Registry:
    """The registry in ``path`` (fido's format XML), or the newest one that is installed."""
    source = path or _packaged("formats-v")
    tree = etree.parse(str(source), etree.XMLParser(resolve_entities=False, no_network=True))
    release = re.sub(r"\D", "", source.stem)
    loaded = Registry(release=release)
    for order, element in enumerate(tree.getroot().iterfind("format")):
        fmt = _format(element, order)
        loaded.formats[fmt.puid] = fmt
    return loaded


def container_file(path: Path | None = None) -> Path:
    """The container signature file in use."""
    return path or _packaged("container-signature")


def _format(element: etree._Element, order: int) -> Format:
    return Format(
        puid=element.findtext("puid") or "",
        name=element.findtext("name") or "",
        version=element.findtext("version") or "",
        mime=element.findtext("mime") or "",
        extensions=frozenset((e.text or "").lower() for e in element.iterfind("extension")),
        signatures=tuple(_signature(s) for s in element.iterfind("signature")),
        beats=frozenset(e.text or "" for e in element.iterfind("has_priority_over")),
        order=order,
    )


def _signature(element: etree._Element) -> Signature:
    patterns = [
        Pattern(p.findtext("position") or "BOF", (p.findtext("regex") or "").encode())
        for p in element.iterfind("pattern")
    ]
    # The cheapest test first: at the beginning of the file, then at its end, then anywhere.
    return Signature(tuple(sorted(patterns, key=lambda p: ("BOF", "EOF", "VAR").index(p.position))))
