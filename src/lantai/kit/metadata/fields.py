"""Fields of a kind of record: what its describing form asks for, as data.

An element scheme says what a package must carry; the fields here say what a person fills in, in which order, with
which help, and how each value is stored, searched, listed and printed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from lantai.kit.errors import N_
from lantai.kit.metadata import reading


class FieldType(StrEnum):
    """What a value is."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    PERSON = "person"
    IDENTITY_NUMBER = "identity_number"
    PHONE = "phone"
    PLACE = "place"
    YES_NO = "yes_no"
    VOCABULARY = "vocabulary"


@dataclass(frozen=True, slots=True, kw_only=True)
class KindField:
    """One field; ``column`` is the column of a description that holds it, "" where it lies among the kind's own.

    ``weight`` is how much a hit counts in search (0: not searched), ``print_width`` its share of a printed line
    (0: not printed), ``source`` the clause. A retired field is shown where it has a value and asked for nowhere.
    """

    name: str
    label: str
    label_en: str = ""
    type: FieldType = FieldType.TEXT
    column: str = ""
    is_required: bool = False
    choices: tuple[str, ...] = ()
    is_personal: bool = False
    weight: int = 1
    in_list: bool = False
    print_width: int = 0
    group: str = ""
    help: str = ""
    source: str = ""
    is_retired: bool = False

    @property
    def is_sealed(self) -> bool:
        """Whether only the masked value may lie in a row."""
        return self.type is FieldType.IDENTITY_NUMBER

    @property
    def is_private(self) -> bool:
        """Whether a value is told only to those who read the records of its custodian."""
        return self.is_personal or self.is_sealed


@dataclass(frozen=True, kw_only=True)
class KindScheme:
    """The fields of a kind in one version; ``version_id`` is 0 while no version was ever kept."""

    kind_id: int
    slug: str
    name: str
    version: int
    fields: tuple[KindField, ...]
    version_id: int = 0

    @cached_property
    def by_name(self) -> Mapping[str, KindField]:
        """The fields by name."""
        return {field.name: field for field in self.fields}

    @property
    def asked(self) -> tuple[KindField, ...]:
        """The fields that a form asks for."""
        return tuple(field for field in self.fields if not field.is_retired)

    @property
    def own(self) -> tuple[KindField, ...]:
        """The fields that lie among the kind's own values, not in a column."""
        return tuple(field for field in self.fields if not field.column)

    @property
    def sealed(self) -> tuple[KindField, ...]:
        """The fields whose values are kept encrypted."""
        return tuple(field for field in self.fields if field.is_sealed)


class ValueUnreadable(ValueError):
    """What was written is no value of the field; ``reason`` says why, with its parameters in ``params``."""

    def __init__(self, field: KindField, reason: str, **params: object) -> None:
        self.field, self.reason = field, reason
        self.params = {"label": field.label, **params}
        super().__init__(reason % self.params)


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a value; ``message`` is Chinese with ``params`` put in by `str`."""

    field: KindField
    code: str  # missing, illegal, unreadable, too_long, checksum, in_future
    message: str
    params: Mapping[str, object]

    def __str__(self) -> str:
        return self.message % self.params


Value = str | int | float | bool | date | list[str] | None
MOST_TEXT, MOST_LONG = 500, 20_000
_MOST_OF_COLUMN = {"author": 300, "document_number": 120, "reference_code": 120, "title": 2_000}


def parse(field: KindField, text: object) -> Value:
    """The value that a person wrote; None where nothing was. Raises `ValueUnreadable`.

    A date in a column is a day; elsewhere it is kept as it was written, to the year or month if need be. The column
    ``persons`` is a list of names.
    """
    if text is None or text == "":
        return [] if field.column == "persons" else None
    try:
        if field.column == "persons":
            return reading.names(text)
        return _READERS[field.type](field, text)
    except reading.Unreadable as why:
        raise ValueUnreadable(field, why.reason, **why.params) from why


def problems(scheme: KindScheme, values: Mapping[str, object]) -> list[Problem]:
    """Everything wrong with the values of a description, by field name; no database is asked."""
    return [problem for field in scheme.asked for problem in _of(field, values.get(field.name))]


def shown(field: KindField, value: object) -> str:
    """A value as a page shows it; "" for none."""
    if value is None or value == "" or value == []:
        return ""
    if isinstance(value, bool):
        return N_("是") if value else N_("否")
    if isinstance(value, list | tuple):
        return "、".join(map(str, value))
    if field.type is FieldType.IDENTITY_NUMBER:
        return reading.masked_number(str(value))
    if field.type is FieldType.DATE and isinstance(value, str):
        return _date_shown(value)
    return value.isoformat() if isinstance(value, date) else str(value)


def _date_shown(text: str) -> str:
    """A date in the way we write it, also where it came as 20010221; what is none stays."""
    try:
        return reading.partial_date(text)
    except reading.Unreadable:
        return text


def _of(field: KindField, value: object) -> Iterator[Problem]:
    if value is None or value == "" or value == []:
        if field.is_required:
            yield Problem(field, "missing", N_("“%(label)s”没有填写。"), {"label": field.label})
        return
    text = "、".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    most = _MOST_OF_COLUMN.get(field.column, MOST_LONG if field.type is FieldType.LONG_TEXT else MOST_TEXT)
    if len(text) > most and field.column != "persons":
        said = {"label": field.label, "most": most, "length": len(text)}
        yield Problem(field, "too_long", N_("“%(label)s”有 %(length)d 个字，最多 %(most)d 个。"), said)
    if field.is_sealed and reading.is_masked(text):
        return
    try:
        read = parse(field, value if isinstance(value, list | tuple | bool) else text)
    except ValueUnreadable as why:
        is_listed = field.type in {FieldType.CHOICE, FieldType.VOCABULARY}
        code = "illegal" if is_listed else "checksum" if "校验" in why.reason else "unreadable"
        yield Problem(field, code, why.reason, why.params)
        return
    if field.type is FieldType.DATE and reading.is_in_future(str(read)):
        yield Problem(field, "in_future", N_("“%(label)s”晚于今天，请核对。"), {"label": field.label})


def _text(field: KindField, value: object) -> str:
    return reading.one_line(value)


def _long_text(field: KindField, value: object) -> str:
    return reading.lines(value)


def _number(field: KindField, value: object) -> int | float:
    return reading.number(value, is_whole=field.column in {"page_count", "year"})


def _date(field: KindField, value: object) -> str | date:
    return reading.day(value) if field.column else reading.partial_date(value)


def _choice(field: KindField, value: object) -> str:
    text = reading.one_line(value)
    if field.choices and text not in field.choices:
        allowed = "、".join(field.choices)
        raise reading.Unreadable(N_("“%(label)s”只能填：%(allowed)s。"), allowed=allowed)
    return text


def _person(field: KindField, value: object) -> str:
    return "、".join(reading.names(value))


def _identity(field: KindField, value: object) -> str:
    return reading.identity_number(value)


def _phone(field: KindField, value: object) -> str:
    return reading.phone(value)


def _yes_no(field: KindField, value: object) -> bool:
    return reading.yes_no(value)


_READERS: Mapping[FieldType, reading.Reader] = {
    FieldType.TEXT: _text,
    FieldType.LONG_TEXT: _long_text,
    FieldType.NUMBER: _number,
    FieldType.DATE: _date,
    FieldType.CHOICE: _choice,
    FieldType.PERSON: _person,
    FieldType.IDENTITY_NUMBER: _identity,
    FieldType.PHONE: _phone,
    FieldType.PLACE: _text,
    FieldType.YES_NO: _yes_no,
    FieldType.VOCABULARY: _choice,
}
