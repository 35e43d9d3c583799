"""Descriptive metadata of E-ARK packages read as a stream: EAD 2002 and EAD 3, and Dublin Core."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lantai.kit.packages.xml import End, Start, XmlLimits, read_events

LIMITS = XmlLimits(total_bytes=1024 * 1024 * 1024, text=4 * 1024 * 1024)
OUR_ELEMENTS = "DA/T 46-2009"  # encodinganalog of the list that holds them by name

_COMPONENT = re.compile(r"archdesc|c|c0[1-9]|c1[0-2]")
_LINKS = frozenset({"dao", "daoloc"})
# element of EAD → element of DA/T 46
_OF_EAD = {
    "unitid": "档号",
    "unittitle": "题名",
    "unitdate": "日期",
    "origination": "责任者",
    "abstract": "摘要",
    "language": "语种",
    "subject": "主题词",
    "extent": "页数",
}
_WITHIN = {
    **dict.fromkeys(("corpname", "persname", "famname", "name"), "origination"),
    "part": "origination",
    "datesingle": "unitdate",
}
_OF_DC = {
    "identifier": "档号",
    "title": "题名",
    "creator": "责任者",
    "date": "日期",
    "created": "日期",
    "subject": "主题词",
    "description": "摘要",
    "abstract": "摘要",
    "language": "语种",
    "type": "文种",
    "rights": "知识产权说明",
    "publisher": "立档单位名称",
}


@dataclass(slots=True)
class Described:
    """One unit of description: elements of DA/T 46 by name, and the files that it points to."""

    level: str = ""
    elements: dict[str, list[str]] = field(default_factory=dict)
    hrefs: list[str] = field(default_factory=list)
    ours: dict[str, list[str]] = field(default_factory=dict)

    @property
    def metadata(self) -> Mapping[str, list[str]]:
        """What was said by DA/T 46 itself, otherwise what EAD or Dublin Core said."""
        return self.ours or self.elements

    def add(self, name: str, value: str) -> None:
        """One more value, unless it is said already."""
        values = self.elements.setdefault(name, [])
        if value and value not in values:
            values.append(value)


def read_ead(path: Path) -> Iterator[Described]:
    """Each component of a finding aid as it ends, the whole (archdesc) last.

    Raises `XmlBroken` and `XmlHostile`.
    """
    above: list[str] = []
    units: list[Described] = []
    label = ""
    is_ours = False
    with path.open("rb") as stream:
        for event in read_events(stream, limits=LIMITS):
            if isinstance(event, Start):
                above.append(event.name)
                if _COMPONENT.fullmatch(event.name):
                    units.append(Described(event.attributes.get("level", "")))
                elif units and event.name in _LINKS and event.attributes.get("href"):
                    units[-1].hrefs.append(event.attributes["href"])
                elif event.name == "odd":
                    is_ours = event.attributes.get("encodinganalog") == OUR_ELEMENTS
                continue
            above.pop()
            if _COMPONENT.fullmatch(event.name):
                yield units.pop()
            elif units and is_ours and event.name == "label":
                label = event.text
            elif units and is_ours and event.name == "item" and label:
                units[-1].ours.setdefault(label, []).append(event.text)
            elif units:
                _tell(units[-1], event, above)


def _tell(unit: Described, event: End, above: list[str]) -> None:
    name = event.name
    if name in _WITHIN and _WITHIN[name] in above:
        name = _WITHIN[name]
    if name in _OF_EAD and event.text:
        unit.add(_OF_EAD[name], " ".join(event.text.split()))


def read_dc(path: Path) -> Described:
    """The one unit that a Dublin Core record describes; raises `XmlBroken` and `XmlHostile`."""
    unit = Described()
    with path.open("rb") as stream:
        for event in read_events(stream, limits=LIMITS):
            if isinstance(event, End) and event.is_leaf and event.name in _OF_DC and event.text:
                unit.add(_OF_DC[event.name], event.text)
    return unit
