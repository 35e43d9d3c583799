"""1-2 … 1-8: is the description well formed and believable?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from contextlib import suppress

from lantai.kit.errors import N_, plain
from lantai.kit.fourprops.checks.wording import CORRECT_DESCRIPTION, of_elements
from lantai.kit.fourprops.findings import Finding, at
from lantai.kit.fourprops.parameters import Column, Names, Parameter, ParameterKind
from lantai.kit.fourprops.registry import Item, Probe, check
from lantai.kit.fourprops.vocabulary import Need, Outcome, Property
from lantai.kit.metadata import ProblemKind, ValueKind
from lantai.kit.metadata.checking import parse_date
from lantai.kit.numbering import Level, ReferenceCode, ReferenceCodeInvalid, Retention, parse

_MOJIBAKE = re.compile(r"锟斤拷|烫烫烫|屯屯屯|\ufffd|\?{3,}|(?:Ã.|â€|ï»¿)")
_NOT_TEXT = frozenset({"Cc", "Cn", "Cs"})
_PRIVATE = "Co"
_LINE_SIGNS = frozenset("\t\n\r")


@check(
    code="1-2",
    property=Property.AUTHENTICITY,
    name=N_("元数据项数据长度检测"),
    needs={Need.METADATA},
    basis="DA/T 70—2018 1-2",
)
def lengths(item: Item, probe: Probe) -> Iterator[Finding]:
    """Every value is within the length that the element scheme sets."""
    yield from of_elements(item, item.problems(ProblemKind.LENGTH))


@check(
    code="1-3",
    property=Property.AUTHENTICITY,
    name=N_("元数据项数据类型、格式检测"),
    needs={Need.METADATA},
    basis="DA/T 70—2018 1-3",
)
def forms(item: Item, probe: Probe) -> Iterator[Finding]:
    """Dates are dates, numbers are numbers, single elements have one value."""
    yield from of_elements(item, item.problems(ProblemKind.FORMAT, ProblemKind.REPEATED))


@check(
    code="1-4",
    property=Property.AUTHENTICITY,
    name=N_("设定值域的元数据项值域符合度检测"),
    needs={Need.METADATA},
    basis="DA/T 70—2018 1-4",
)
def value_lists(item: Item, probe: Probe) -> Iterator[Finding]:
    """A value of an element with a code list is on the list."""
    yield from of_elements(item, item.problems(ProblemKind.NOT_LISTED))


@check(
    code="1-5",
    property=Property.AUTHENTICITY,
    name=N_("元数据项数据值合理性检测"),
    needs={Need.METADATA},
    basis="DA/T 70—2018 1-5",
    parameters=(
        Parameter("earliest_year", ParameterKind.COUNT, N_("年度不应早于哪一年"), 1000, least=0, most=9999),
        Parameter(
            "order",
            ParameterKind.ROWS,
            N_("日期的先后：每行前一项不应晚于后一项"),
            [],
            columns=(Column(N_("较早的日期"), Names.ELEMENT), Column(N_("较晚的日期"), Names.ELEMENT)),
        ),
    ),
)
def plausibility(item: Item, probe: Probe) -> Iterator[Finding]:
    """Figures are in range, nothing lies in the future, and events are in order."""
    yield from of_elements(item, item.problems(ProblemKind.RANGE))
    yield from _years(item, probe)
    yield from _future_dates(item, probe)
    yield from _order_of_dates(item, probe)


def _years(item: Item, probe: Probe) -> Iterator[Finding]:
    year = item.value("year")
    if not re.fullmatch(r"[0-9]{4}", year):
        return
    earliest, latest = probe.params.count("earliest_year"), probe.environment.checked_on.year
    if not earliest <= int(year) <= latest:
        message = N_("年度 %(year)s 不在 %(earliest)d 至 %(latest)d 之间。")
        params: dict[str, str | int] = {"year": year, "earliest": earliest, "latest": latest}
        yield Finding(
            Outcome.FAIL,
            message,
            params,
            at(item.facts, element=probe.elements.find("year")),
            remedy=CORRECT_DESCRIPTION,
        )
    span = parse_date(item.value("date"))
    if span is not None and not span[0].year <= int(year) <= span[1].year:
        message = N_("年度 %(year)s 与日期 %(date)s 不是同一年，请确认是否属于跨年办理。")
        params_of_both = {"year": year, "date": item.value("date")}
        yield Finding(
            Outcome.WARN, message, params_of_both, at(item.facts, element=probe.elements.find("year"))
        )


def _future_dates(item: Item, probe: Probe) -> Iterator[Finding]:
    for element in probe.elements:
        if element.kind is not ValueKind.DATE:
            continue
        span = parse_date(item.value(element.identifier))
        if span is not None and span[0] > probe.environment.checked_on:
            message = N_("“%(name)s”为 %(date)s，晚于检测日期。")
            params = {"name": element.name, "date": item.value(element.identifier)}
            place = at(item.facts, element=element)
            yield Finding(Outcome.FAIL, message, params, place, remedy=CORRECT_DESCRIPTION)


def _order_of_dates(item: Item, probe: Probe) -> Iterator[Finding]:
    for earlier, later in probe.params.rows("order"):
        first, second = parse_date(item.value(earlier)), parse_date(item.value(later))
        if first is not None and second is not None and first[0] > second[1]:
            names = probe.elements.element(earlier).name, probe.elements.element(later).name
            message = N_("“%(earlier)s”不应晚于“%(later)s”。")
            params = {"earlier": names[0], "later": names[1]}
            place = at(item.facts, element=probe.elements.find(later))
            yield Finding(Outcome.FAIL, message, params, place, remedy=CORRECT_DESCRIPTION)


@check(
    code="1-6",
    property=Property.AUTHENTICITY,
    name=N_("元数据项数据包含特殊字符检测"),
    needs={Need.METADATA},
    basis="DA/T 70—2018 1-6",
)
def characters(item: Item, probe: Probe) -> Iterator[Finding]:
    """No control signs, no unassigned code points, no traces of a wrong decoding."""
    for key, value in item.facts.metadata.items():
        found = _character_problem(value)
        if found is not None:
            element = probe.elements.find(key)
            outcome, message, params = found
            place = at(item.facts, field=key, element=element)
            yield Finding(outcome, message, params, place, remedy=CORRECT_DESCRIPTION)


def _character_problem(value: str) -> tuple[Outcome, str, dict[str, str | int]] | None:
    for char in "" if value.isprintable() else value:  # nearly all are, and are told so at once
        category = unicodedata.category(char)
        if category in _NOT_TEXT and char not in _LINE_SIGNS:
            return Outcome.FAIL, N_("含有非法字符 %(code)s。"), {"code": f"U+{ord(char):04X}"}
        if category == _PRIVATE:
            message = N_("含有自造字 %(code)s，换一台计算机可能无法显示，请改用标准编码的字。")
            return Outcome.WARN, message, {"code": f"U+{ord(char):04X}"}
    garbled = _MOJIBAKE.search(value)
    if garbled:
        return Outcome.FAIL, N_("含有疑似乱码“%(text)s”。"), {"text": garbled.group()}
    if value != value.strip():
        return Outcome.WARN, N_("值的首尾有空白字符。"), {}
    return None


@check(
    code="1-7",
    property=Property.AUTHENTICITY,
    name=N_("归档号/档号规范性检测"),
    needs={Need.METADATA},
    basis="DA/T 70—2018 1-7；DA/T 13—2022；DA/T 22—2015",
    parameters=(
        Parameter(
            "levels",
            ParameterKind.WORDS,
            N_("档号的级别：item 为件，file_item 为卷内件"),
            [Level.ITEM.value],
            choices=tuple(level.value for level in Level),
        ),
    ),
)
def reference_codes(item: Item, probe: Probe) -> Iterator[Finding]:
    """The 档号 can be read and agrees with fonds, year and retention of the description."""
    text = item.facts.reference_code or item.value("archivalCode")
    place = at(item.facts, field="档号", element=probe.elements.find("archivalCode"))
    if not text:
        remedy = N_("请编制档号后重新检测。")
        yield Finding(Outcome.FAIL, N_("没有档号。"), place=place, remedy=remedy)
        return
    try:
        code = _parsed(text, probe.params.words("levels") or (Level.ITEM,))
    except ReferenceCodeInvalid as refusal:
        yield Finding(Outcome.FAIL, refusal.message, plain(refusal.params), place, text, CORRECT_DESCRIPTION)
        return
    for name, in_code, described in _components(code, text, item):
        message = N_("档号中的%(name)s为“%(in_code)s”，元数据中为“%(described)s”。")
        differing: dict[str, str | int] = {"name": name, "in_code": in_code, "described": described}
        yield Finding(Outcome.FAIL, message, differing, place, text, CORRECT_DESCRIPTION)


def _parsed(text: str, levels: tuple[str, ...]) -> ReferenceCode:
    """`text` read at the first of `levels` that it fits; raises the refusal of the first one otherwise."""
    for level in levels:
        with suppress(ReferenceCodeInvalid):
            return parse(text, Level(level))
    return parse(text, Level(levels[0]))


def _components(code: ReferenceCode, text: str, item: Item) -> Iterator[tuple[str, str, str]]:
    described = item.value("archivalCode")
    if described and described != text:
        yield N_("全文"), text, described
    fonds = item.value("fondsIdentifier")
    if fonds and fonds != code.fonds:
        yield N_("全宗号"), code.fonds, fonds
    year = item.value("year")
    if year and code.year is not None and year != f"{code.year:04d}":
        yield N_("年度"), f"{code.year:04d}", year
    retention = item.value("retentionPeriod")
    if retention and code.retention is not None and _retention_code(retention) != code.retention.code:
        yield N_("保管期限"), code.retention.code, retention


def _retention_code(text: str) -> str:
    try:
        return Retention.parse(text).code
    except ReferenceCodeInvalid:
        return text
