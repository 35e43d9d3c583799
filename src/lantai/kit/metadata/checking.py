"""What can be wrong with the values of a description, element by element."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

from lantai.kit.errors import N_
from lantai.kit.metadata.element import KIND_LABELS, Element, Obligation, Part, ValueKind
from lantai.kit.text.personal import is_identity_number, mask

Values: TypeAlias = Mapping[str, str | Sequence[str]]
Known: TypeAlias = Mapping[str, tuple[str, ...]]


class ProblemKind(StrEnum):
    ABSENT = "absent"  # the mandatory element does not occur
    EMPTY = "empty"  # it occurs and holds nothing
    LENGTH = "length"
    FORMAT = "format"  # type or pattern
    NOT_LISTED = "not_listed"
    RANGE = "range"
    REPEATED = "repeated"


ANY_KIND = frozenset(ProblemKind)


@dataclass(frozen=True, slots=True)
class ElementProblem:
    """One thing wrong with one element; `message` with `params` is for people."""

    element: Element
    kind: ProblemKind
    message: str
    params: Mapping[str, str | int]

    def __str__(self) -> str:
        return self.message % self.params


class Rules:
    """The elements of a scheme, prepared once for the many descriptions that are held against them."""

    def __init__(self, scheme: Iterable[Element]) -> None:
        elements = list(scheme)
        self._by_number = {element.number: element for element in elements}
        self._by_identifier = {element.identifier: element for element in elements}
        self._rules = [
            (
                element,
                element.identifier,
                element.obligation is Obligation.MANDATORY and element.kind is not ValueKind.GROUP,
            )
            for element in elements
        ]

    def problems(self, known: Known) -> Iterator[ElementProblem]:
        """What is wrong with a description, in the order of the scheme."""
        occurring = _Occurring(self._by_number, self._by_identifier, known)
        for element, identifier, is_mandatory in self._rules:
            values = known.get(identifier)
            if values is not None:
                yield from _of_element(element, values, is_mandatory, occurring)
            elif is_mandatory and occurring.asks_for(element):
                yield _problem(element, ProblemKind.ABSENT, N_("缺少必备的元数据项“%(name)s”。"))


class _Occurring:
    """Which parts and which groups occur in a description at all."""

    def __init__(
        self, by_number: Mapping[str, Element], by_identifier: Mapping[str, Element], known: Known
    ) -> None:
        self._by_number = by_number
        present = [by_identifier[identifier] for identifier, values in known.items() if any(values)]
        self._parts = {Part.RECORD, *(element.part for element in present)}
        self._groups = {element.parent for element in present}

    def asks_for(self, element: Element) -> bool:
        """Whether a mandatory element is asked for here."""
        return element.part in self._parts and self._is_group_asked_for(element.parent)

    def _is_group_asked_for(self, number: str) -> bool:
        group = self._by_number.get(number)
        if group is None or group.kind is not ValueKind.GROUP or number in self._groups:
            return True
        return group.obligation is Obligation.MANDATORY and self._is_group_asked_for(group.parent)


def _of_element(
    element: Element, values: tuple[str, ...], is_mandatory: bool, occurring: _Occurring
) -> Iterator[ElementProblem]:
    filled = [value for value in values if value.strip()]
    if not filled and is_mandatory and occurring.asks_for(element):
        yield _problem(element, ProblemKind.EMPTY, N_("必填的元数据项“%(name)s”没有值。"))
    if len(filled) > 1 and not element.is_repeatable:
        message = N_("元数据项“%(name)s”只能有一个值，现有 %(count)d 个。")
        yield _problem(element, ProblemKind.REPEATED, message, count=len(filled))
    for value in filled:
        yield from _of_value(element, value)


def _of_value(element: Element, value: str) -> Iterator[ElementProblem]:
    most = element.max_length
    if most is not None and len(value) > most:
        message = N_("元数据项“%(name)s”长 %(length)d 个字符，超过上限 %(most)d 个。")
        yield _problem(element, ProblemKind.LENGTH, message, length=len(value), most=most)
    if len(value) < element.min_length:
        message = N_("元数据项“%(name)s”长 %(length)d 个字符，少于下限 %(least)d 个。")
        yield _problem(element, ProblemKind.LENGTH, message, length=len(value), least=element.min_length)
    if not _FORMS[element.kind](value):
        message = N_("元数据项“%(name)s”的值“%(value)s”不是%(expected)s。")
        expected = KIND_LABELS[element.kind]
        yield _problem(element, ProblemKind.FORMAT, message, value=_short(value), expected=expected)
    elif element.pattern is not None and not element.pattern.fullmatch(value):
        message = N_("元数据项“%(name)s”的值“%(value)s”不符合规定的写法。")
        yield _problem(element, ProblemKind.FORMAT, message, value=_short(value))
    elif element.values and value not in element.values:
        message = N_("元数据项“%(name)s”的值“%(value)s”不在规定的值域（%(allowed)s）内。")
        allowed = "、".join(element.values)
        yield _problem(element, ProblemKind.NOT_LISTED, message, value=_short(value), allowed=allowed)
    elif not _in_range(element, value):
        message = N_("元数据项“%(name)s”的值“%(value)s”超出合理范围。")
        yield _problem(element, ProblemKind.RANGE, message, value=_short(value))


def _in_range(element: Element, value: str) -> bool:
    if element.kind is not ValueKind.INTEGER and element.kind is not ValueKind.YEAR:
        return True
    number = int(value)
    return (element.minimum is None or number >= element.minimum) and (
        element.maximum is None or number <= element.maximum
    )


@lru_cache(maxsize=4096)  # the dates of a package are few, and each is asked for by many checks
def parse_date(text: str) -> tuple[date, date] | None:
    """First and last day that `text` may mean (year, month or day precision), or None where it is no date.

    DA/T 18: YYYYMMDD, unknown month or day left out, inferred dates in square brackets.
    """
    bare = text.removeprefix("[").removesuffix("]")
    match = _DATE.fullmatch(bare)
    if match is None or text.startswith("[") != text.endswith("]"):
        return None
    year, month, day = (int(part) if part else None for part in match.group("y", "m", "d"))
    try:
        first = date(year or 0, month or 1, day or 1)
        return first, first if day else _last_day(first, is_year=month is None)
    except ValueError:
        return None


_DATE = re.compile(r"(?P<y>[0-9]{4})(?:(?P<dash>-?)(?P<m>[0-9]{2})(?:(?P=dash)(?P<d>[0-9]{2}))?)?")


def _last_day(first: date, *, is_year: bool) -> date:
    if is_year or first.month == 12:
        return date(first.year, 12, 31)
    return date.fromordinal(date(first.year, first.month + 1, 1).toordinal() - 1)


def _is_date(value: str) -> bool:
    pieces = value.split("/")  # an interval names its two ends
    return len(pieces) <= 2 and all(parse_date(piece) for piece in pieces)


def _is_datetime(value: str) -> bool:
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_base64(value: str) -> bool:
    try:
        base64.b64decode("".join(value.split()), validate=True)
    except ValueError:  # binascii.Error is one; so is a letter outside of ASCII
        return False
    return True


def _matches(pattern: str) -> Callable[[str], bool]:
    compiled = re.compile(pattern)
    return lambda value: compiled.fullmatch(value) is not None


def _anything(_value: str) -> bool:
    return True


_FORMS: Mapping[ValueKind, Callable[[str], bool]] = {
    ValueKind.GROUP: lambda _value: False,
    ValueKind.TEXT: _anything,
    ValueKind.CODE: _matches(r"[0-9A-Za-z]+"),
    ValueKind.INTEGER: _matches(r"[0-9]{1,18}"),
    ValueKind.YEAR: _matches(r"[0-9]{4}"),
    ValueKind.DATE: _is_date,
    ValueKind.DATETIME: _is_datetime,
    ValueKind.BASE64: _is_base64,
    ValueKind.URI: _matches(r"[A-Za-z][A-Za-z0-9+.-]*:\S+"),
    ValueKind.IDENTITY_NUMBER: is_identity_number,
}


def _short(value: str) -> str:
    value = mask(value)  # a report is read by more people than the record
    return value if len(value) <= 60 else value[:59] + "…"


def _problem(element: Element, kind: ProblemKind, message: str, **params: str | int) -> ElementProblem:
    return ElementProblem(element, kind, message, {"name": element.name, **params})
