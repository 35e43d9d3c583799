"""METS read as a stream: each element is given when it ends, and knows where it stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

from lantai.kit.packages.xml import End, Start, XmlLimits, read_events

LIMITS = XmlLimits(total_bytes=1024 * 1024 * 1024, depth=64, text=1024 * 1024)
_WRAPS = frozenset({"xmlData", "binData"})


@dataclass(slots=True)
class Element:
    """One element; of its children only how many there are and the last of each name are kept."""

    name: str
    attributes: Mapping[str, str]
    parent: Element | None = None
    text: str = ""
    counts: Counter[str] = field(default_factory=Counter)
    last: dict[str, Element] = field(default_factory=dict)

    def get(self, name: str) -> str:
        """The attribute ``name`` (without prefix), stripped; empty where there is none."""
        return self.attributes.get(name, "").strip()

    @property
    def path(self) -> str:
        """Names from the root down, with slashes."""
        return f"{self.parent.path}/{self.name}" if self.parent else self.name

    @property
    def depth(self) -> int:
        """1 for the root."""
        return self.parent.depth + 1 if self.parent else 1


def read_elements(stream: BinaryIO) -> Iterator[Element]:
    """Every element as it ends, so that children come before parents; what is wrapped in is passed over.

    Raises `XmlBroken` and `XmlHostile`.
    """
    above: list[Element] = []
    wrapped_at = 0
    for event in read_events(stream, limits=LIMITS):
        if isinstance(event, Start):
            if not wrapped_at:
                above.append(Element(event.name, event.attributes, above[-1] if above else None))
                wrapped_at = event.depth if event.name in _WRAPS else 0
        elif not wrapped_at or event.depth == wrapped_at:
            wrapped_at = 0
            yield _ended(above, event)


def _ended(above: list[Element], event: End) -> Element:
    element = above.pop()
    element.text = event.text
    if above:
        above[-1].counts[element.name] += 1
        above[-1].last[element.name] = element
    return element
