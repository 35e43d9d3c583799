"""Container signatures: what a ZIP or an OLE2 compound file is by the parts inside it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import BinaryIO

import olefile  # type: ignore[import-untyped]
from lxml import etree

from lantai.kit.formats.pronom import Release, container_file
from lantai.kit.formats.zips import CappedZip, ZipEncrypted

_PART_BYTES = 1 << 20
_TOKEN = re.compile(r"'([^']*)'|\[(.*?)\]|([0-9A-Fa-f]{2})|\s+", re.S)
_RANGE = re.compile(r"('.'|[0-9A-Fa-f]{2})\s*(?:[-:]\s*('.'|[0-9A-Fa-f]{2}))?")


@dataclass(frozen=True, slots=True)
class Part:
    """A part that must be there, and what its beginning must look like (empty: anything)."""

    name: str
    patterns: tuple[re.Pattern[bytes], ...]


@dataclass(frozen=True, slots=True)
class ContainerSignature:
    """All ``parts`` together tell the format ``puid``; ``mark`` alone, anywhere in the first, hints at it."""

    puid: str
    kind: str
    parts: tuple[Part, ...]
    mark: re.Pattern[bytes]


@lru_cache(maxsize=4)
def signatures(source: Release | None = None) -> tuple[ContainerSignature, ...]:
    """The container signatures of a release, or those installed."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    root = etree.parse(str(container_file(source)), parser).getroot()
    puids = {m.get("signatureId"): m.get("Puid") or "" for m in root.iter("FileFormatMapping")}
    return tuple(
        ContainerSignature(puids[e.get("Id")], e.get("ContainerType") or "", _parts(e), mark)
        for e in root.iter("ContainerSignature")
        if e.get("Id") in puids and (mark := _mark(e)) is not None
    )


def puids_in_zip(archive: CappedZip, *, release: Release | None = None) -> list[str]:
    """PUIDs of the container signatures that an open ZIP has. Raises the refusals of ``CappedZip``."""
    found = {name: name for name in archive.names}
    return _matching("ZIP", found, lambda name: _zip_part(archive, name), release)


def puids_in_ole(source: BinaryIO, *, release: Release | None = None) -> list[str]:
    """PUIDs of the compound file's container signatures; empty when its directory cannot be read."""
    try:
        with olefile.OleFileIO(source) as ole:
            # A stream's name may begin with a control character: \x01CompObj is CompObj in the signatures.
            found = {"/".join(entry).lstrip("\x01\x03\x05"): "/".join(entry) for entry in ole.listdir()}
            return _matching("OLE2", found, lambda name: ole.openstream(name).read(_PART_BYTES), release)
    except (
        OSError,
        ValueError,
        IndexError,
        MemoryError,
    ):  # what olefile raises on damage; lengths of no file
        return []


def _zip_part(archive: CappedZip, name: str) -> bytes:
    try:
        return archive.read(name, first_bytes=_PART_BYTES)
    except ZipEncrypted:
        return b""


def _matching(
    kind: str, found: Mapping[str, str], read: Callable[[str], bytes], release: Release | None
) -> list[str]:
    """PUIDs whose parts are all there, or else those whose first part has the mark, as fido judges."""
    contents: dict[str, bytes] = {}

    def content(name: str) -> bytes:
        if name not in contents:
            contents[name] = read(found[name])
        return contents[name]

    def holds(part: Part) -> bool:
        return part.name in found and all(p.search(content(part.name)) for p in part.patterns)

    hinted = [
        s
        for s in signatures(release)
        if s.kind == kind and s.parts[0].name in found and s.mark.search(content(s.parts[0].name))
    ]
    whole = [s for s in hinted if all(holds(p) for p in s.parts)]
    return list(dict.fromkeys(s.puid for s in whole or hinted))


def _mark(element: etree._Element) -> re.Pattern[bytes] | None:
    """The first bytes asked of the first part; None for a signature of mere names, which fido passes over."""
    first = element.find("Files/File")
    sequence = None if first is None else first.findtext(".//SubSequence/Sequence")
    return None if sequence is None else re.compile(b"(?s)" + _bytes_expression(sequence))


def _parts(element: etree._Element) -> tuple[Part, ...]:
    return tuple(_part(f) for f in element.iterfind("Files/File"))


def _part(element: etree._Element) -> Part:
    sequences = element.iterfind(".//InternalSignature/ByteSequence")
    return Part(element.findtext("Path") or "", tuple(_sequence(s) for s in sequences))


def _sequence(element: etree._Element) -> re.Pattern[bytes]:
    """One byte sequence: its subsequences in order, the first within its offsets from the start."""
    anchored = (element.get("Reference") or "").startswith("BOF")
    pieces: list[bytes] = []
    for position, sub in enumerate(element.iterfind("SubSequence")):
        low, high = int(sub.get("SubSeqMinOffset") or 0), sub.get("SubSeqMaxOffset")
        if high and int(high) < low:  # a slip in the published file: the smaller number is meant relative
            high = str(low + int(high))
        start = b"\\A" if position == 0 and anchored else b""
        gap = b".{%d,%s}?" % (low, high.encode() if high else b"") if anchored or position else b""
        pieces.append(start + gap + _expression(sub))
    return re.compile(b"(?s)" + b"".join(pieces))


def _expression(sub: etree._Element) -> bytes:
    expression = _bytes_expression(sub.findtext("Sequence") or "")
    for right in sub.iterfind("RightFragment"):
        low, high = int(right.get("MinOffset") or 0), int(right.get("MaxOffset") or 0)
        expression += b".{%d,%d}" % (low, high) + _bytes_expression(right.text or "")
    return expression


def _bytes_expression(sequence: str) -> bytes:
    return b"".join(_token(m) for m in _TOKEN.finditer(sequence))


def _token(match: re.Match[str]) -> bytes:
    text, choice, byte = match.groups()
    if text is not None:
        return re.escape(text.encode())
    if choice is not None:
        return b"[" + b"".join(b"\\x%02x" % b for b in _chosen(choice)) + b"]"
    return b"\\x" + byte.encode() if byte else b""


def _chosen(text: str) -> list[int]:
    """The bytes of ``['6'-'7']`` (range), ``[22 27]`` (either), ``[!00]`` (not) or ``[&01]`` (bits set)."""
    mark, members = text.strip()[:1], set[int]()
    for first, last in _RANGE.findall(text):
        low = _byte_of(first)
        members |= set(range(low, (_byte_of(last) if last else low) + 1))
    if mark == "&":
        (mask,) = members
        return [b for b in range(256) if b & mask == mask]
    return [b for b in range(256) if (b in members) != (mark == "!")]


def _byte_of(text: str) -> int:
    return ord(text[1]) if text.startswith("'") else int(text, 16)
