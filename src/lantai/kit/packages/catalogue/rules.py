"""The rule of one cell: what its text means in the form of the standard, or what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from lantai.kit.errors import N_
from lantai.kit.metadata import Element, ValueKind
from lantai.kit.metadata.checking import parse_date
from lantai.kit.metadata.element import KIND_LABELS
from lantai.kit.numbering import (
    LegacyRetention,
    Level,
    ReferenceCode,
    ReferenceCodeInvalid,
    Retention,
    RetentionPartInvalid,
    normalise,
    parse,
)
from lantai.kit.tabular import Mark, day_of_serial, narrow

_FLOAT = re.compile(r"([0-9]+)\.0+", re.ASCII)
_ROUNDED = re.compile(r"[0-9]+(?:\.[0-9]+)?[eE]\+?[0-9]+", re.ASCII)
_CHINESE_DATE = re.compile(r"([0-9]{4})年(?:([0-9]{1,2})月(?:([0-9]{1,2})[日号]?)?)?", re.ASCII)
_LOOSE_DATE = re.compile(r"([0-9]{4})[-./]([0-9]{1,2})(?:[-./]([0-9]{1,2}))?", re.ASCII)
_MIDNIGHT = re.compile(r"[T ]00:00(?::00(?:\.0+)?)?$")
_INTERVAL = re.compile(r"\s*(?:~|～|—|–|至|到|/)+\s*")
_DASHED = re.compile(r"([0-9]{8})-([0-9]{8})", re.ASCII)
_STAR = re.compile(r"\s*[★☆*＊]\s*")
_TERMS = {"10": "10年", "30": "30年", "十年": "10年", "三十年": "30年", "定期10": "10年", "定期30": "30年"}
_LEVELS = r"(公开|国内|内部|限制|秘密|机密|绝密)(?:★(长期|[0-9]{1,2}(?:年|个月)))?"
_CLASSIFICATION = re.compile(_LEVELS)
_OPEN_WORDS = {"非密": "公开", "无密级": "公开", "普通": "公开", "无": "公开"}


_ANY_DATE = Mark.DATE | Mark.MOMENT


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong: the code of a message and what it needs beside place, name and value."""

    code: str
    params: Mapping[str, str | int] = field(default_factory=dict)
    is_error: bool = True


Outcome = tuple[str, Trouble | None]  # the value in the form of the standard (as read where it is wrong)
Rule = Callable[[str, Mark], Outcome]


def rule_for(element: Element) -> Rule:
    """The rule that cells of this element follow."""
    special = _SPECIAL.get(element.identifier)
    if special is not None:
        return special
    by_kind = _BY_KIND.get(element.kind)
    return by_kind(element) if by_kind is not None else _text_rule(element)


def read_code(text: str, level: Level | None) -> ReferenceCode:
    """A 档号 at ``level``, or where that is None as an item, alone or within a file.

    Raises `ReferenceCodeInvalid`.
    """
    if level is not None:
        return parse(text, level)
    try:
        return parse(text, Level.ITEM)
    except ReferenceCodeInvalid as refused:
        try:
            return parse(text, Level.FILE_ITEM)
        except ReferenceCodeInvalid:
            raise refused from None


def code_text(text: str) -> str:
    """A 档号 as it is compared: signs of the standard, no spaces."""
    return normalise("".join(text.split()))


def is_rounded(text: str) -> bool:
    """Whether a code was turned into a number such as 1.2E+10."""
    return _ROUNDED.fullmatch(text) is not None


def _date(text: str, mark: Mark) -> Outcome:
    day = day_of_serial(text)
    if day is not None:
        return text, Trouble("cell-serial", {"day": day.strftime("%Y%m%d")})
    if mark and mark & Mark.MOMENT:
        text = text.partition("T")[0]
    found = _standard_date(text)
    return (found, None) if found else (text, Trouble("cell-date"))


@lru_cache(maxsize=8192)
def _standard_date(text: str) -> str:
    """``text`` as DA/T 18 writes dates (YYYYMMDD, an interval with a slash), or "" where it is none."""
    bare = _MIDNIGHT.sub("", narrow(text).replace(" ", "") if "00:00" not in text else narrow(text))
    whole = _one_date(bare)
    if whole:
        return whole
    dashed = _DASHED.fullmatch(bare)
    ends = list(dashed.groups()) if dashed else _INTERVAL.split(bare)
    days = [_one_date(end) for end in ends]
    return "/".join(days) if len(days) == 2 and all(days) and days[0] <= days[1] else ""


def _one_date(text: str) -> str:
    inferred = text.startswith("[") and text.endswith("]")
    bare = _FLOAT.sub(r"\1", text[1:-1] if inferred else text)
    match = _CHINESE_DATE.fullmatch(bare) or _LOOSE_DATE.fullmatch(bare)
    if match is not None:
        bare = match[1] + "".join(part.zfill(2) for part in match.groups()[1:] if part)
    if parse_date(bare) is None:
        return ""
    return f"[{bare}]" if inferred else bare


def _retention(text: str, _mark: Mark) -> Outcome:
    return _retention_said(text)


@lru_cache(maxsize=256)  # every row says one of a few
def _retention_said(text: str) -> Outcome:
    bare = "".join(narrow(text).split())
    bare = _TERMS.get(bare.replace("(", "").replace(")", ""), bare.replace("(", "").replace(")", ""))
    try:
        return Retention.parse(bare.upper()).label, None
    except LegacyRetention:
        return bare, Trouble("retention-legacy", is_error=False)
    except RetentionPartInvalid:
        return text, Trouble("retention-unknown")


def _classification(text: str, _mark: Mark) -> Outcome:
    return _classification_said(text)


@lru_cache(maxsize=256)
def _classification_said(text: str) -> Outcome:
    bare = _STAR.sub("★", "".join(narrow(text).split()))
    bare = _OPEN_WORDS.get(bare, bare)
    known = _CLASSIFICATION.fullmatch(bare) is not None
    return (bare, None) if known else (text, Trouble("classification-unknown"))


def _whole_rule(element: Element) -> Rule:
    least = element.minimum if element.minimum is not None else 0

    def rule(text: str, mark: Mark) -> Outcome:
        bare = _FLOAT.sub(r"\1", "".join(narrow(text).split()))
        if mark & _ANY_DATE:
            return text, Trouble("cell-became-date")
        fits = bare.isascii() and bare.isdecimal() and len(bare) <= 18 and int(bare) >= least
        if fits and (element.maximum is None or int(bare) <= element.maximum):
            return str(int(bare)), None
        return text, Trouble("cell-whole", {"least": least})

    return rule


def _year_rule(_element: Element) -> Rule:
    def rule(text: str, _mark: Mark) -> Outcome:
        bare = _FLOAT.sub(r"\1", "".join(narrow(text).split())).removesuffix("年").removesuffix("度")
        bare = bare.removesuffix("年")
        fits = len(bare) == 4 and bare.isascii() and bare.isdecimal() and 1000 <= int(bare) <= 2999
        return (bare, None) if fits else (text, Trouble("cell-year"))

    return rule


def _date_rule(_element: Element) -> Rule:
    return _date


def _code_rule(element: Element) -> Rule:
    within = _text_rule(element)

    def rule(text: str, mark: Mark) -> Outcome:
        bare = "".join(narrow(text).split())
        if mark & _ANY_DATE:
            return text, Trouble("cell-became-date")
        if not (bare.isascii() and bare.isalnum()):
            return text, Trouble("cell-form", {"expected": KIND_LABELS[ValueKind.CODE]})
        return within(bare, mark)

    return rule


def _text_rule(element: Element) -> Rule:
    is_code_like = element.identifier in _CODE_LIKE

    def rule(text: str, mark: Mark) -> Outcome:
        if mark and is_code_like and mark & _ANY_DATE:
            return text, Trouble("cell-became-date")
        if is_code_like and is_rounded(text):
            return text, Trouble("cell-rounded")
        if element.max_length is not None and len(text) > element.max_length:
            return text, Trouble("cell-long", {"length": len(text), "most": element.max_length})
        if len(text) < element.min_length:
            return text, Trouble("cell-short", {"length": len(text), "least": element.min_length})
        if element.values and text not in element.values:
            return text, Trouble("cell-word", {"allowed": "、".join(element.values)})
        if element.pattern is not None and not element.pattern.fullmatch(text):
            return text, Trouble("cell-form", {"expected": N_("见元数据方案")})
        return text, None

    return rule


_CODE_LIKE = frozenset(
    {"documentNumber", "electronicRecordCode", "agencyFileNumber", "archivesFileNumber", "pageNumber"}
    | {"catalogueNumber", "boxNumber", "fondsIdentifier"}
)
_SPECIAL: Mapping[str, Rule] = {
    "retentionPeriod": _retention,
    "securityClassification": _classification,
    "originalClassification": _classification,
}
_BY_KIND: Mapping[ValueKind, Callable[[Element], Rule]] = {
    ValueKind.INTEGER: _whole_rule,
    ValueKind.YEAR: _year_rule,
    ValueKind.DATE: _date_rule,
    ValueKind.CODE: _code_rule,
}
