"""The components of an EAD3 finding aid as a table: one described unit a row, its elements the cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from lantai.kit.errors import N_
from lantai.kit.packages.xml import End, Start, XmlBroken, XmlHostile, XmlLimits, read_events
from lantai.kit.tabular import Row, Table, TableBroken, TableKind, TableLimits, TableTooLarge, cleaned

CODE, TITLE, LEVEL, ABOVE = "档号", "题名", "著录层级", "上级档号"
_FIRST = (LEVEL, ABOVE, CODE, TITLE)
_UNITS = frozenset({"archdesc", "c", *(f"c{n:02d}" for n in range(1, 13))})
_LEVELS = {  # the words of DA/T 18 for EAD's; a subdivision of a series is one
    "recordgrp": "全宗群",
    "fonds": "全宗级",
    "series": "类别级",
    "subseries": "类别级",
    "class": "类别级",
    "file": "案卷级",
    "item": "文件级",
    "component": "组件级",
}
_CODES = {"档号": CODE, "": CODE, "文号": "文号", "全宗号": "全宗号"}
_RESTRICTIONS = {"openness": "开放标识", "classification": "密级"}
_NAMES = frozenset(  # elements whose text stands in parts
    {
        "name",
        "persname",
        "corpname",
        "famname",
        "function",
        "subject",
        "geogname",
        "genreform",
        "occupation",
        "title",
    }
)
_DEEPEST = 64


@dataclass(slots=True)
class _Unit:
    """A component while it is read."""

    depth: int
    level: str
    above: str
    cells: dict[str, list[str]] = field(default_factory=dict)
    pages: str = ""
    parts: list[str] = field(default_factory=list)  # of a name that is being read
    is_whole: bool = False  # the sheet around everything else
    is_told: bool = False

    def add(self, heading: str, text: str) -> None:
        if text:
            self.cells.setdefault(heading, []).append(text)

    @property
    def code(self) -> str:
        return next(iter(self.cells.get(CODE, ())), "")

    def row(self) -> dict[str, str]:
        found = {LEVEL: self.level, ABOVE: self.above}
        for heading, texts in self.cells.items():
            whole = "；" if heading in ("人名", "主题词") else "" if heading == TITLE else "\n"
            found[heading] = texts[0] if heading in (CODE, "日期", "年度") else whole.join(texts)
        return found


def open_ead(path: Path, name: str, limits: TableLimits) -> tuple[Table, ...]:
    """The one table of a finding aid; raises `TableBroken` and `TableTooLarge`."""
    headings = dict.fromkeys(_FIRST)
    for record in _records(path, name, limits):
        headings.update(dict.fromkeys(record))
        if len(headings) > limits.columns:
            raise TableTooLarge(name=name, what=N_("列数"), most=limits.columns)
    columns = tuple(headings)
    return (Table(name, TableKind.XML, partial(_rows, path, name, limits, columns), columns=columns),)


def _rows(path: Path, name: str, limits: TableLimits, columns: tuple[str, ...]) -> Iterator[Row]:
    yield Row(1, columns)
    for number, record in enumerate(_records(path, name, limits), 2):
        yield Row(number, tuple(cleaned(record.get(column, "")) for column in columns))


def _records(path: Path, name: str, limits: TableLimits) -> Iterator[dict[str, str]]:
    count = 0
    caps = XmlLimits(total_bytes=limits.file_bytes, depth=_DEEPEST, text=limits.cell_length)
    try:
        with path.open("rb") as stream:
            for unit in _units(read_events(stream, limits=caps)):
                count += 1
                if count > limits.rows:
                    raise TableTooLarge(name=name, what=N_("行数"), most=limits.rows)
                yield unit.row()
    except (XmlBroken, XmlHostile) as refused:
        raise TableBroken(name=name, reason=str(refused)) from refused


def _units(events: Iterator[Start | End]) -> Iterator[_Unit]:
    """Each unit once all that is said of itself was read, which is before the units below it."""
    open_units: list[_Unit] = []
    path: list[tuple[str, Mapping[str, str]]] = []
    for event in events:
        if isinstance(event, Start):
            if event.name in _UNITS:
                if open_units:
                    yield from _told(open_units[-1])
                above = next((unit.code for unit in reversed(open_units) if unit.code), "")
                open_units.append(_opened(event, above))
                path = []
            elif open_units:
                path.append((event.name, event.attributes))
                _take_attributes(open_units[-1], path)
        elif open_units and event.depth == open_units[-1].depth:
            yield from _told(open_units.pop())
            path = []
        elif path:
            _take_text(open_units[-1], path, event.text)
            path.pop()


def _told(unit: _Unit) -> Iterator[_Unit]:
    """The unit, once; what says neither code nor title only holds others together."""
    if not unit.is_told and (unit.code or TITLE in unit.cells) and not _is_cover(unit):
        yield unit
    unit.is_told = True


def _is_cover(unit: _Unit) -> bool:
    """Whether it is the sheet around a list (our own exports have one), which is no unit."""
    return unit.is_whole and not unit.code


def _opened(event: Start, above: str) -> _Unit:
    return _Unit(event.depth, _level(event.attributes), above, is_whole=event.name == "archdesc")


def _level(attributes: Mapping[str, str]) -> str:
    level = attributes.get("level", "")
    return _LEVELS.get(attributes.get("otherlevel", "") if level == "otherlevel" else level, "")


def _take_attributes(unit: _Unit, path: list[tuple[str, Mapping[str, str]]]) -> None:
    name, attributes = path[-1]
    if name == "datesingle":
        unit.add("日期", attributes.get("standarddate", ""))
    elif name == "unitdate" and attributes.get("label") != "年度":
        unit.add("日期", attributes.get("normal", "").replace("-", "") if "normal" in attributes else "")
    elif name in ("fromdate", "todate") and attributes.get("standarddate"):
        text = attributes["standarddate"]
        if name == "fromdate" or "日期" not in unit.cells:
            unit.add("日期", text)
        else:
            unit.cells["日期"][0] += f"/{text}"


def _take_text(unit: _Unit, path: list[tuple[str, Mapping[str, str]]], text: str) -> None:
    names = [name for name, _attributes in path]
    name, attributes = path[-1]
    if name == "part":
        unit.parts.append(text)
        return
    if name in _NAMES:
        text, unit.parts = " ".join([*filter(None, unit.parts), *filter(None, [text])]), []
    if not text:
        return
    if "did" in names:
        _take_identity(unit, names, name, attributes, text)
        return
    outer, told = path[0]
    kind = told.get("localtype", "")
    if outer == "controlaccess":
        whose = names[-2] if name == "part" and len(names) > 1 else name
        heading = {"persname": "人名", "function": "机构或问题", "subject": "主题词", "geogname": "地点"}.get(
            whose
        )
        unit.add(heading or "主题词", text)
    elif name == "p" and outer == "accessrestrict" and kind in _RESTRICTIONS:
        unit.add(_RESTRICTIONS[kind], text)
    elif name == "p" and outer == "appraisal":
        unit.add("保管期限", text)
    elif name == "p" and outer == "scopecontent":
        unit.add("摘要", text)
    elif name == "p" and outer == "odd" and kind not in ("", "附注"):
        unit.add(kind, text)
    elif name == "p":
        unit.add("附注", text)


def _take_identity(
    unit: _Unit, names: list[str], name: str, attributes: Mapping[str, str], text: str
) -> None:
    if "unittitle" in names:
        unit.add(TITLE, text)
    elif name == "unitid" and (heading := _CODES.get(attributes.get("localtype", ""))):
        unit.add(heading, text)
    elif name == "unitdate" and attributes.get("label") == "年度":
        unit.add("年度", text)
    elif name in ("datesingle", "unitdate") and "日期" not in unit.cells:
        unit.add("日期", text)
    elif "origination" in names:
        unit.add("责任者", text)
    elif name == "quantity":
        unit.pages = text
    elif name == "unittype" and text == "页":
        unit.add("页数", unit.pages)
