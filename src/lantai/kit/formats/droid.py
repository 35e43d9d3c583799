"""The signature file that The National Archives publish (DROID_SignatureFile_V….xml), as patterns.

So a newer release of PRONOM can be used on the day it appears, without waiting for another program's edition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from lantai.kit.formats.registry import Format, Pattern, Signature

NAMESPACE = "http://www.nationalarchives.gov.uk/pronom/SignatureFile"
_TOKEN = re.compile(r"\[(!&|!|&)?([0-9A-Fa-f]+)(?::([0-9A-Fa-f]+))?\]|([0-9A-Fa-f]{2})|(.)", re.S)
_POSITIONS = {"BOFoffset": "BOF", "EOFoffset": "EOF"}


class _NotUnderstood(Exception):
    """A sequence uses a notation that we do not know: its signature is left out, never half matched."""


def is_droid(root: etree._Element) -> bool:
    """Whether the document is a signature file of DROID."""
    return str(root.tag) == f"{{{NAMESPACE}}}FFSignatureFile"


def formats(root: etree._Element) -> Iterator[Format]:
    """The formats of the file, in its order."""
    signatures = {
        e.get("ID"): s for e in root.iter("{*}InternalSignature") if (s := _signature(e)) is not None
    }
    puids = {e.get("ID"): e.get("PUID") or "" for e in root.iter("{*}FileFormat")}
    for order, element in enumerate(root.iter("{*}FileFormat")):
        numbers = [e.text for e in element.iterfind("{*}InternalSignatureID")]
        beaten = [e.text for e in element.iterfind("{*}HasPriorityOverFileFormatID")]
        yield Format(
            puid=element.get("PUID") or "",
            name=element.get("Name") or "",
            version=element.get("Version") or "",
            mime=element.get("MIMEType") or "",
            extensions=frozenset((e.text or "").lower() for e in element.iterfind("{*}Extension")),
            signatures=tuple(signatures[n] for n in numbers if n in signatures),
            beats=frozenset(puids[n] for n in beaten if n in puids),
            order=order,
        )


def _signature(element: etree._Element) -> Signature | None:
    try:
        patterns = [_pattern(s) for s in element.iterfind("{*}ByteSequence")]
    except _NotUnderstood:
        return None
    if not patterns:
        return None
    return Signature(tuple(sorted(patterns, key=lambda p: ("BOF", "EOF", "VAR").index(p.position))))


def _pattern(element: etree._Element) -> Pattern:
    position = _POSITIONS.get(element.get("Reference") or "", "VAR")
    subsequences = sorted(element.iterfind("{*}SubSequence"), key=lambda s: int(s.get("Position") or 1))
    pieces: list[bytes] = []
    for number, sub in enumerate(subsequences):
        gap = _gap(sub.get("SubSeqMinOffset"), sub.get("SubSeqMaxOffset"))
        if position == "EOF":  # offsets are counted back: the last one's from the end of the file
            pieces += [_with_fragments(sub), gap]
        else:
            pieces += [gap if number or position == "BOF" else b"", _with_fragments(sub)]
    expression = b"".join(pieces)
    if position == "BOF":
        return Pattern(position, b"(?s)\\A" + expression)
    return Pattern(position, b"(?s)" + expression + (b"\\Z" if position == "EOF" else b""))


def _gap(low: str | None, high: str | None) -> bytes:
    """Any bytes, as many as the two offsets say; without a second one there is no limit."""
    first = int(low or 0)
    if high is None:
        return b".{%d,}" % first if first else b".*"
    last = max(first, int(high))
    if last == 0:
        return b""
    return b".{%d}" % first if first == last else b".{%d,%d}" % (first, last)


def _with_fragments(sub: etree._Element) -> bytes:
    """A sequence between its fragments; several at one place are alternatives."""
    expression = _bytes(sub.findtext("{*}Sequence") or "")
    for fragments in _by_place(sub, "LeftFragment"):
        expression = _either([_bytes(f.text or "") + _fragment_gap(f) for f in fragments]) + expression
    for fragments in _by_place(sub, "RightFragment"):
        expression += _either([_fragment_gap(f) + _bytes(f.text or "") for f in fragments])
    return expression


def _by_place(sub: etree._Element, name: str) -> list[list[etree._Element]]:
    places: dict[int, list[etree._Element]] = {}
    for fragment in sub.iterfind(f"{{*}}{name}"):
        places.setdefault(int(fragment.get("Position") or 1), []).append(fragment)
    return [places[place] for place in sorted(places)]


def _fragment_gap(fragment: etree._Element) -> bytes:
    return _gap(fragment.get("MinOffset"), fragment.get("MaxOffset"))


def _either(expressions: list[bytes]) -> bytes:
    return expressions[0] if len(expressions) == 1 else b"(?:" + b"|".join(expressions) + b")"


def _bytes(sequence: str) -> bytes:
    return b"".join(_token(m) for m in _TOKEN.finditer("".join(sequence.split())))


def _token(match: re.Match[str]) -> bytes:
    mark, first, last, byte, unknown = match.groups()
    if unknown is not None:
        raise _NotUnderstood(unknown)
    if byte is not None:
        return b"\\x" + byte.lower().encode()
    if mark == "!" and last is None:  # not these bytes, however many
        return b"(?!%s).{%d}" % (_bytes(first), len(first) // 2)
    if len(first) != 2 or (last is not None and len(last) != 2):
        raise _NotUnderstood(match[0])
    low, high = int(first, 16), int(last or first, 16)
    if mark in {"&", "!&"}:  # all these bits set, or not all of them
        chosen = [b for b in range(256) if (b & low == low) != (mark == "!&")]
    else:
        chosen = [b for b in range(256) if (low <= b <= high) != (mark == "!")]
    return b"[" + b"".join(b"\\x%02x" % b for b in chosen) + b"]"
