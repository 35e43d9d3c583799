"""Which file is which part, as one element of the item's description that people can read.

``发票｜电子发票一.xml｜发票号码=00000000000000000001｜价税合计=100.00；附件｜清单.pdf``: a line a file, in the order of
the files. What would break a line is written as in a URL.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, unquote

from lantai.kit.compositions.composition import Composition

ELEMENT = "parts"
_BETWEEN_LINES, _BETWEEN_FIELDS = "；", "｜"
_BREAKS = re.compile(r"[；｜%=\r\n]")


@dataclass(frozen=True, slots=True)
class Placed:
    """One file in its part; ``part`` is the slug of a known part or the word that stands there."""

    part: str
    file: str
    values: Mapping[str, str] = field(default_factory=dict)


def write_lines(composition: Composition | None, placed: Iterable[Placed]) -> str:
    """The value of the element; parts and their elements by the names that people know, where they are known."""
    return _BETWEEN_LINES.join(_line(composition, one) for one in placed)


def _line(composition: Composition | None, placed: Placed) -> str:
    kind = composition.part(placed.part) if composition else None
    fields = [kind.name if kind else placed.part, placed.file]
    written = [_safe(one) for one in fields]
    for key, value in placed.values.items():
        element = kind.element(key) if kind else None
        if value.strip():
            written.append(f"{_safe(element.name if element else key)}={_safe(value.strip())}")
    return _BETWEEN_FIELDS.join(written)


def _safe(text: str) -> str:
    return _BREAKS.sub(lambda found: quote(found[0]), text)


def read_lines(composition: Composition, text: str) -> tuple[Placed, ...]:
    """What the element says; a line of which nothing can be read is a file without a part."""
    return tuple(_placed(composition, line) for line in text.split(_BETWEEN_LINES) if line.strip())


def _placed(composition: Composition, line: str) -> Placed:
    part, *rest = (field.strip() for field in line.split(_BETWEEN_FIELDS))
    if not rest:
        return Placed("", unquote(part))
    file, *noted = rest
    kind = composition.part(unquote(part))
    values = {}
    for one in noted:
        key, _mark, value = one.partition("=")
        element = kind.element(unquote(key)) if kind else None
        values[element.identifier if element else unquote(key)] = unquote(value)
    return Placed(kind.slug if kind else unquote(part), unquote(file), values)
