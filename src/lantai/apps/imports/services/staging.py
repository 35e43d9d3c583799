"""From a record as the reader understood it to a row as the catalogue takes it, with what is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple

from django.db import connection

from lantai.apps.holdings.types import Classification, Openness
from lantai.apps.imports.columns import COLUMNS, PLACING
from lantai.apps.imports.models import Batch, Problem
from lantai.apps.imports.types import Standing
from lantai.apps.kinds.types import KindScheme, ValueUnreadable, parse, problems
from lantai.kit.errors import N_, plain
from lantai.kit.metadata.reading import Unreadable, names
from lantai.kit.numbering import LegacyRetention, Retention, RetentionPartInvalid
from lantai.kit.packages.catalogue.importing import OWN
from lantai.kit.tabular import address

OPENNESS = {
    "开放": Openness.OPEN,
    "公开": Openness.OPEN,
    "控制": Openness.CONTROLLED,
    "不公开": Openness.CONTROLLED,
    "延期开放": Openness.DELAYED,
    "未审核": Openness.UNREVIEWED,
}
CLASSIFICATIONS = {
    "公开": Classification.PUBLIC,
    "国内": Classification.INTERNAL,
    "内部": Classification.INTERNAL,
    "限制": Classification.INTERNAL,
    "秘密": Classification.SECRET,
}
_FONDS = re.compile(r"[A-Z][0-9]{3}", re.ASCII)
_LONGEST = {"author": 300, "document_number": 120, "class_code": 40, "retention": 8, "reference_code": 120}
MESSAGES = {
    "fonds-unknown": N_("“%(place)s”的全宗号为“%(value)s”，没有您可以著录的这个全宗；请核对，或先登记全宗。"),
    "fonds-differs": N_("“%(place)s”的档号“%(value)s”属于全宗“%(in_code)s”，不是“%(fonds)s”；请核对。"),
    "date-future": N_("“%(place)s”的日期“%(value)s”晚于今天；请改正。"),
    "secret": N_("“%(place)s”的密级为“%(value)s”；机密和绝密档案不得录入本系统，请从文件中删去这一行。"),
    "persons": N_("“%(place)s”的人名“%(value)s”过长或不是人名；几个人名之间请用顿号隔开。"),
    "too-long": N_("“%(place)s”的“%(name)s”有 %(length)d 个字，最多 %(most)d 个；请核对是否填错了列。"),
    "own": N_("“%(place)s”：%(reason)s"),
    "openness-left": N_("“%(place)s”的开放标识“%(value)s”没有采用，按“未审核”登入；开放由审核程序决定。"),
    "parent-unknown": N_("“%(place)s”的上级“%(value)s”在目录和文件里都没有；请先著录上级，或改正。"),
    "parent-level": N_("“%(place)s”的上级“%(value)s”是%(above)s，下面不能放%(level)s；请改正。"),
    "frozen": N_(
        "“%(place)s”：目录里“%(value)s”的%(names)s与文件不同；这些项目不能由导入修改，请改正文件或走相应程序。"
    ),
    "elsewhere": N_("“%(place)s”的档号“%(value)s”已由别的单位保管的档案使用；请核对。"),
}


class Understood(NamedTuple):
    """A record of the reader as a row that can be kept; ``values`` are JSON."""

    batch_id: int
    sheet: int
    number: int
    level: str
    fonds_id: int
    reference_code: str
    above: str
    has_said_above: bool
    values: str
    standing: str = str(Standing.NEW)
    revision: int = 0
    changes: str = "{}"


_COLUMNS = ", ".join(f'"{name}"' for name in Understood._fields)
_COPY = f"COPY imports_stagedrow ({_COLUMNS}) FROM STDIN"


def keep(rows: Iterable[Understood]) -> None:
    """Enter rows by COPY: an INSERT would cost more than all that was found out about them."""
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        for row in rows:
            copy.write_row(row)


@dataclass(slots=True)
class Sheet:
    """What is known of a sheet: where its columns stand."""

    name: str
    columns: Mapping[str, int]  # identifier → column
    names: Sequence[str] = ()  # of columns that have no letters

    def place(self, number: int, identifier: str) -> tuple[str, int]:
        """Where a cell stands, and its column; the first one where the sheet has no such column."""
        column = self.columns.get(identifier, -1)
        shown = max(column, 0)
        if self.names:
            return f"{self.name}[{number - 1}]/{self.names[shown]}", column
        return f"{self.name}!{address(number, shown)}", column


@dataclass(slots=True)
class Stager:
    """Turns entries of a batch into rows; problems gather until they are taken."""

    batch: Batch
    sheets: Sequence[Sheet]
    fonds: Mapping[str, int]  # code → id, of those the actor may fill
    scheme: KindScheme
    today: date
    found: list[Problem] = field(default_factory=list)
    _narrowed: dict[tuple[str, ...], KindScheme] = field(default_factory=dict)

    def rows(self, entries: Iterable[Mapping[str, object]]) -> Iterator[Understood]:
        """A row for each entry."""
        for entry in entries:
            yield self._row(entry)

    def take(self) -> list[Problem]:
        """The problems since the last time."""
        found, self.found = self.found, []
        return found

    def tell(
        self, entry: Mapping[str, object], identifier: str, code: str, *, error: bool = True, **params: object
    ) -> None:
        """Note a problem at a cell."""
        sheet, number = int(entry["s"]), int(entry["n"])  # type: ignore[call-overload]
        place, column = self.sheets[sheet].place(number, identifier)
        said = plain(params)
        self.found.append(
            Problem(
                batch=self.batch,
                severity="error" if error else "warning",
                sheet=sheet,
                number=number,
                column=column,
                place=place,
                code=code,
                message=MESSAGES[code],
                params={"place": place, **said},
            )
        )

    def _row(self, entry: Mapping[str, object]) -> Understood:
        values: Mapping[str, list[str]] = entry["v"]  # type: ignore[assignment]
        code = str(entry["code"])
        return Understood(
            batch_id=self.batch.pk,
            sheet=entry["s"],  # type: ignore[arg-type]
            number=entry["n"],  # type: ignore[arg-type]
            level=str(entry["level"] or "item"),
            fonds_id=self._fonds(entry, code, values),
            reference_code=code[:120],
            above=str(entry["above"])[:120],
            has_said_above=bool(entry["said_above"]),
            values=json.dumps(self._columns(entry, values), ensure_ascii=False),
        )

    def _fonds(self, entry: Mapping[str, object], code: str, values: Mapping[str, list[str]]) -> int:
        said = "".join(values.get("fondsIdentifier", [""])[0].split())
        wanted = said or self.batch.fonds.code
        if said and said not in self.fonds:
            self.tell(entry, "fondsIdentifier", "fonds-unknown", value=said)
        in_code = code.split("-", 1)[0] if self.batch.checks_codes else wanted
        if not _FONDS.fullmatch(in_code):
            in_code = wanted  # no code of the standard; told by the reader
        if in_code != wanted and (not said or said in self.fonds):
            self.tell(entry, "archivalCode", "fonds-differs", value=code, in_code=in_code, fonds=wanted)
        return self.fonds.get(wanted, self.batch.fonds_id)

    def _columns(self, entry: Mapping[str, object], values: Mapping[str, list[str]]) -> dict[str, object]:
        found: dict[str, object] = {}
        own: dict[str, str] = {}
        metadata: dict[str, object] = {}
        for identifier, texts in values.items():
            column = COLUMNS.get(identifier, "")
            if identifier.startswith(OWN):
                own[identifier.removeprefix(OWN)] = texts[0]
            elif column:
                value = self._value(entry, identifier, column, texts)
                if value not in (None, "", []):
                    found.setdefault(column, value)
            elif identifier not in PLACING:
                metadata[identifier] = texts[0] if len(texts) == 1 else texts
        if dated := values.get("date"):
            self._date(entry, dated[0], found, metadata)
        metadata |= self._own(entry, own)
        if metadata:
            found["metadata"] = metadata
        return found

    def _value(self, entry: Mapping[str, object], identifier: str, column: str, texts: list[str]) -> object:
        text = texts[0] if column != "note" else "\n".join(texts)
        match column:
            case "dated_on":
                return None  # with its precision, by `_date`
            case "year" | "page_count":
                return int(text) if text.isdecimal() and len(text) < 9 else None
            case "retention":
                return _retention(text)
            case "classification":
                return self._classification(entry, text)
            case "openness":
                return self._openness(entry, text)
            case "persons":
                return self._persons(entry, "、".join(texts))
        most = _LONGEST.get(column)
        if most and len(text) > most:
            name = next(one for one, to in COLUMNS.items() if to == column)
            self.tell(
                entry, identifier, "too-long", name=_LABELS.get(name, name), length=len(text), most=most
            )
        return text

    def _date(
        self, entry: Mapping[str, object], text: str, found: dict[str, object], metadata: dict[str, object]
    ) -> None:
        """A whole day goes into its column; what is less or more exact stays as it was written."""
        first = text.strip("[]").split("/")[0].strip("[]")
        if len(first) >= 4 and first[:4].isdecimal():
            found.setdefault("year", int(first[:4]))
        day = _day(first)
        if day is not None:
            found["dated_on"] = day.isoformat()
            if day > self.today:
                self.tell(entry, "date", "date-future", value=text)
        if day is None or text != first:
            metadata["date"] = text

    def _classification(self, entry: Mapping[str, object], text: str) -> str | None:
        level = text.split("★")[0]
        if level in ("机密", "绝密"):
            self.tell(entry, "securityClassification", "secret", value=text)
        return CLASSIFICATIONS.get(level)

    def _openness(self, entry: Mapping[str, object], text: str) -> str | None:
        value = OPENNESS.get(text)
        if value in (None, Openness.UNREVIEWED) or self.batch.takes_openness:
            return value
        self.tell(entry, "controlIdentifier", "openness-left", error=False, value=text)
        return None

    def _persons(self, entry: Mapping[str, object], text: str) -> list[str] | None:
        try:
            return names(text)
        except Unreadable:
            self.tell(entry, "personalName", "persons", value=text[:80])
            return None

    def _own(self, entry: Mapping[str, object], own: Mapping[str, str]) -> dict[str, object]:
        """The kind's own values, each read by its field; what is wrong is told at its cell."""
        asked = {name: text for name, text in own.items() if name in self.scheme.by_name}
        if not asked:
            return {}
        for problem in problems(self._scheme_of(tuple(asked)), asked):
            if problem.code != "missing":  # told by the reader
                self.tell(entry, f"{OWN}{problem.field.name}", "own", reason=str(problem))
        return {name: value for name, text in asked.items() if (value := self._read(name, text)) is not None}

    def _scheme_of(self, asked: tuple[str, ...]) -> KindScheme:
        """The scheme of these fields alone; made once, since most rows fill the same ones."""
        if asked not in self._narrowed:
            fields = tuple(self.scheme.by_name[name] for name in asked)
            self._narrowed[asked] = replace(self.scheme, fields=fields)
        return self._narrowed[asked]

    def _read(self, name: str, text: str) -> object:
        try:
            value = parse(self.scheme.by_name[name], text)
        except ValueUnreadable:
            return None
        return value.isoformat() if isinstance(value, date) else value


_LABELS = {"author": "责任者", "documentNumber": "文号", "organizationalStructureOrFunction": "机构或问题"}


def _day(text: str) -> date | None:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8])) if len(text) == 8 else None
    except ValueError:
        return None


def _retention(text: str) -> str:
    try:
        return Retention.parse(text).code
    except (LegacyRetention, RetentionPartInvalid):
        return text[:8]
