"""The annex of a transfer, per item: 到期开放意见, 政府信息公开情况, 密级变更情况 (《档案法实施条例》 on transfer).

An opinion is the agency's own; it prepares the archives' opening review and never takes its place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from enum import StrEnum
from typing import TypeVar

from lantai.kit.errors import N_
from lantai.kit.metadata.checking import parse_date

W = TypeVar("W", bound=StrEnum)


class Opening(StrEnum):
    """到期开放意见."""

    OPEN = "open"
    DELAY = "delay"
    CONTROL = "control"


class Disclosure(StrEnum):
    """政府信息公开情况 (《政府信息公开条例》)."""

    ACTIVE = "active"
    ON_REQUEST = "on_request"
    WITHHELD = "withheld"


class Change(StrEnum):
    """密级变更情况."""

    KEPT = "kept"
    LOWERED = "lowered"
    DECLASSIFIED = "declassified"
    EXTENDED = "extended"


OPENINGS = {Opening.OPEN: N_("开放"), Opening.DELAY: N_("延期"), Opening.CONTROL: N_("控制")}
DISCLOSURES = {
    Disclosure.ACTIVE: N_("主动公开"),
    Disclosure.ON_REQUEST: N_("依申请公开"),
    Disclosure.WITHHELD: N_("不予公开"),
}
CHANGES = {
    Change.KEPT: N_("未变更"),
    Change.LOWERED: N_("降低密级"),
    Change.DECLASSIFIED: N_("解密"),
    Change.EXTENDED: N_("延长保密期限"),
}
# Further words that agencies write.
_ALIASES = {
    "延期开放": "延期",
    "控制使用": "控制",
    "不开放": "控制",
    "同意开放": "开放",
    "不公开": "不予公开",
    "解除": "解密",
    "解除密级": "解密",
    "无变更": "未变更",
}
SECRETS = ("绝密", "机密", "秘密")

# Field → heading of the annex's column, in its order.
HEADINGS = {
    "opening": N_("到期开放意见"),
    "clause": N_("理由条款"),
    "disclosure": N_("政府信息公开情况"),
    "disclosed_on": N_("公开日期"),
    "original": N_("原密级"),
    "change": N_("密级变更情况"),
    "decided_on": N_("变更日期"),
    "basis": N_("变更依据"),
}
_OTHER_HEADINGS = {
    "开放意见": "opening",
    "开放意见理由": "clause",
    "延期或控制理由": "clause",
    "公开情况": "disclosure",
    "政府信息公开日期": "disclosed_on",
    "密级变更": "change",
    "解密日期": "decided_on",
    "密级变更日期": "decided_on",
    "密级变更依据": "basis",
    "依据": "basis",
}
_FIELDS = {heading: name for name, heading in HEADINGS.items()} | _OTHER_HEADINGS

UNKNOWN_WORD = N_("“%(column)s”写的是“%(value)s”，只能是：%(allowed)s。")
NO_SUCH_DAY = N_("“%(column)s”写的“%(value)s”不是日期，请写成 2019-03-05 这样的八位日期。")
DAY_TO_COME = N_("“%(column)s” %(value)s 还没有到，请核对。")
CLAUSE_MISSING = N_("到期开放意见为“%(opinion)s”时，须写明理由条款。")
DAY_OF_DISCLOSURE_MISSING = N_("主动公开的须写明公开日期。")
CHANGE_WITHOUT = N_("密级变更情况为“%(change)s”时，须写明“%(column)s”。")
CHANGE_MISSING = N_("写了“%(column)s”，没有写密级变更情况。")
STILL_SECRET = N_("密级变更情况是“解密”，但档案的密级仍是“%(classification)s”，两者不一致，请核对。")
OPEN_BUT_SECRET = N_("密级是“%(classification)s”的档案不能提出“开放”意见，请先解密，或改为延期、控制。")
DISCLOSED_BUT_CONTROLLED = N_("已主动公开的政府信息提出了“%(opinion)s”意见，请核对。")


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong in one line of the annex; one that is no error is only pointed out."""

    column: str
    message: str
    params: Mapping[str, str] = field(default_factory=dict)
    is_error: bool = True


@dataclass(frozen=True, slots=True)
class Opinion:
    """One line of the annex; empty where nothing is said."""

    opening: str = ""
    clause: str = ""
    disclosure: str = ""
    disclosed_on: date | None = None
    original: str = ""
    change: str = ""
    decided_on: date | None = None
    basis: str = ""

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said at all."""
        return self == Opinion()

    @property
    def changed(self) -> bool:
        """Whether the classification was changed."""
        return self.change not in ("", Change.KEPT)


def field_of(heading: str) -> str:
    """The field that a column of that heading fills; "" for any other column."""
    return _FIELDS.get("".join(heading.split()), "")


def pick(values: Mapping[str, object]) -> dict[str, str]:
    """What the annex's columns say among ``values``, by field and as written; headings or fields lead to it."""
    said: dict[str, str] = {}
    for heading, value in values.items():
        name = heading if heading in HEADINGS else field_of(heading)
        if name and (text := _text(value)):
            said.setdefault(name, text)
    return said


def read(values: Mapping[str, object]) -> tuple[Opinion, tuple[Trouble, ...]]:
    """A line of the annex from its cells, by heading or by field; other columns are passed over."""
    said = pick(values)
    troubles: list[Trouble] = []
    opinion = Opinion(
        opening=_word(said, "opening", OPENINGS, troubles),
        clause=said.get("clause", ""),
        disclosure=_word(said, "disclosure", DISCLOSURES, troubles),
        disclosed_on=_day(said, "disclosed_on", troubles),
        original=said.get("original", ""),
        change=_word(said, "change", CHANGES, troubles),
        decided_on=_day(said, "decided_on", troubles),
        basis=said.get("basis", ""),
    )
    return opinion, tuple(troubles)


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        value = "；".join(map(str, value))
    return "" if value is None else str(value).strip()


def _word(said: Mapping[str, str], name: str, words: Mapping[W, str], troubles: list[Trouble]) -> str:
    text = said.get(name, "")
    if not text:
        return ""
    plain = _ALIASES.get(text, text)
    for slug, word in words.items():
        if plain in (word, slug.value):
            return slug.value
    allowed = "、".join(words.values())
    troubles.append(
        Trouble(name, UNKNOWN_WORD, {"column": HEADINGS[name], "value": text[:40], "allowed": allowed})
    )
    return ""


def _day(said: Mapping[str, str], name: str, troubles: list[Trouble]) -> date | None:
    text = said.get(name, "")
    if not text:
        return None
    found = parse_date(text.partition("T")[0].partition(" ")[0])
    if found is None or found[0] != found[1]:
        troubles.append(Trouble(name, NO_SUCH_DAY, {"column": HEADINGS[name], "value": text[:40]}))
        return None
    return found[0]


def check(opinion: Opinion, *, classification: str = "", on: date) -> Iterator[Trouble]:
    """What the words of one line do not go together with; ``classification`` is the record's 密级 as sent."""
    secret = next((word for word in SECRETS if word in classification), "")
    yield from _opening(opinion, secret)
    yield from _disclosure(opinion, on)
    yield from _change(opinion, secret, on)


def _opening(opinion: Opinion, secret: str) -> Iterator[Trouble]:
    word = OPENINGS.get(Opening(opinion.opening), "") if opinion.opening else ""
    if opinion.opening in (Opening.DELAY, Opening.CONTROL) and not opinion.clause:
        yield Trouble("clause", CLAUSE_MISSING, {"opinion": word})
    if opinion.opening == Opening.OPEN and secret:
        yield Trouble("opening", OPEN_BUT_SECRET, {"classification": secret})
    if opinion.disclosure == Disclosure.ACTIVE and opinion.opening in (Opening.DELAY, Opening.CONTROL):
        yield Trouble("opening", DISCLOSED_BUT_CONTROLLED, {"opinion": word}, is_error=False)


def _disclosure(opinion: Opinion, on: date) -> Iterator[Trouble]:
    if opinion.disclosure == Disclosure.ACTIVE and opinion.disclosed_on is None:
        yield Trouble("disclosed_on", DAY_OF_DISCLOSURE_MISSING)
    if opinion.disclosed_on and opinion.disclosed_on > on:
        params = {"column": HEADINGS["disclosed_on"], "value": opinion.disclosed_on.isoformat()}
        yield Trouble("disclosed_on", DAY_TO_COME, params)


def _change(opinion: Opinion, secret: str, on: date) -> Iterator[Trouble]:
    if not opinion.changed:
        for name in ("decided_on", "basis"):
            if getattr(opinion, name) and not opinion.change:
                yield Trouble("change", CHANGE_MISSING, {"column": HEADINGS[name]})
        return
    for name in ("original", "decided_on", "basis"):
        if not getattr(opinion, name):
            params = {"change": CHANGES[Change(opinion.change)], "column": HEADINGS[name]}
            yield Trouble(name, CHANGE_WITHOUT, params)
    if opinion.decided_on and opinion.decided_on > on:
        params = {"column": HEADINGS["decided_on"], "value": opinion.decided_on.isoformat()}
        yield Trouble("decided_on", DAY_TO_COME, params)
    if opinion.change == Change.DECLASSIFIED and secret:
        yield Trouble("change", STILL_SECRET, {"classification": secret})


def as_plain(opinion: Opinion) -> dict[str, str]:
    """The opinion as JSON keeps it, without what is not said."""
    found: dict[str, str] = {}
    for one in fields(Opinion):
        value = getattr(opinion, one.name)
        if value:
            found[one.name] = value.isoformat() if isinstance(value, date) else str(value)
    return found


def as_row(opinion: Opinion) -> dict[str, str]:
    """The opinion under the annex's headings, as it is written into sheets, descriptions and packages."""
    words: dict[str, Mapping[str, str]] = {
        "opening": {slug.value: word for slug, word in OPENINGS.items()},
        "disclosure": {slug.value: word for slug, word in DISCLOSURES.items()},
        "change": {slug.value: word for slug, word in CHANGES.items()},
    }
    kept = as_plain(opinion)
    return {HEADINGS[name]: words.get(name, {}).get(value, value) for name, value in kept.items()}
