"""Reading the values that people write into fields: dates, numbers, names, identity numbers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime

from lantai.kit.errors import N_
from lantai.kit.metadata.checking import parse_date
from lantai.kit.text.eras import periods
from lantai.kit.text.folding import fold
from lantai.kit.text.personal import is_identity_number

Reader = Callable[..., "str | int | float | bool | date | list[str] | None"]
MOST_NAME = 64
MASK = "*"
_SEPARATORS = re.compile(r"[、，,；;\s]+")
_SPACES = re.compile(r"\s+")
_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,6})?")
_WRITTEN_DATE = re.compile(
    r"(?P<y>[0-9]{4})(?:[-./年](?P<m>[0-9]{1,2})(?:[-./月](?P<d>[0-9]{1,2})日?|月)?|年)?"
)
_OLD_NUMBER = re.compile(r"[1-9][0-9]{5}[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}")
_OTHER_NUMBER = re.compile(r"[0-9A-Z一-鿿()\-]{4,30}")
_PHONE = re.compile(r"\+?[0-9][0-9 \-()]{4,24}")
_YES = frozenset({"是", "有", "1", "y", "yes", "true", "√", "on"})
_NO = frozenset({"否", "无", "0", "n", "no", "false", "×", "off"})


class Unreadable(ValueError):
    """The text is no such value; the field that was asked adds its label."""

    def __init__(self, reason: str, **params: object) -> None:
        self.reason, self.params = reason, params
        super().__init__(reason)


def one_line(value: object) -> str:
    """Text without line breaks and doubled spaces."""
    return _SPACES.sub(" ", _plain(value)).strip()


def lines(value: object) -> str:
    """Text with its line breaks."""
    return "\n".join(line.rstrip() for line in _plain(value).splitlines()).strip()


def name(value: object) -> str:
    """The name of a person."""
    found = one_line(value)
    if len(found) > MOST_NAME:
        raise Unreadable(N_("“%(label)s”里有一个人名超过 %(most)d 个字，请检查分隔。"), most=MOST_NAME)
    return found


def names(value: object) -> list[str]:
    """Names one by one, each once, from text with any separator or from a list."""
    parts = value if isinstance(value, list | tuple) else _SEPARATORS.split(_plain(value))
    return list(dict.fromkeys(found for part in parts if (found := name(part))))


def number(value: object, *, is_whole: bool = False) -> int | float:
    """A number, also in full width and with separators of thousands."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        text = repr(value)
    else:
        text = fold(one_line(value)).replace(",", "")
    if not _NUMBER.fullmatch(text):
        raise Unreadable(N_("“%(label)s”应是数字，现在是“%(value)s”。"), value=_short(text))
    found = float(text) if "." in text else int(text)
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    if is_whole and (isinstance(found, float) or not 0 <= found < 1_000_000):
        raise Unreadable(N_("“%(label)s”应是 0 到 999999 的整数。"))
    return found


def partial_date(value: object) -> str:
    """A date to the day, month or year as YYYY-MM-DD, YYYY-MM or YYYY; inferred ones stay in brackets.

    A date of the republic's or another solar calendar is turned into the common one.
    """
    if isinstance(value, date):
        return value.isoformat()[:10]
    text = fold(one_line(value))
    is_inferred = text.startswith("[") and text.endswith("]")
    bare = text[1:-1].strip() if is_inferred else text
    if match := _WRITTEN_DATE.fullmatch(bare):
        bare = "-".join(part.zfill(2) for part in match.group("y", "m", "d") if part)
    elif parse_date(bare) is None:
        bare = _of_an_era(bare)
    if parse_date(bare) is None:
        reason = N_(
            "“%(label)s”不是日期：“%(value)s”。"
            "可写 2011-03-05、20110305、2011年3月、民国二十七年五月，或只写年份。"
        )
        raise Unreadable(reason, value=_short(text))
    digits = bare.replace("-", "")
    written = "-".join(part for part in (digits[:4], digits[4:6], digits[6:8]) if part)
    return f"[{written}]" if is_inferred else written


def _of_an_era(text: str) -> str:
    """The common date of one written in an era or in Chinese numerals; "" where it may be none or several.

    A month of the lunar calendar is not one of ours: the year alone would not be what was written.
    """
    found = periods(text)
    if len(found) != 1:
        return ""
    first, last = found[0].first, found[0].last
    if first == last:
        return first.isoformat()
    if found[0].is_years:
        return "" if "月" in text else f"{first.year:04d}"
    return f"{first.year:04d}-{first.month:02d}"


def day(value: object) -> date:
    """A whole date."""
    try:
        text = partial_date(value)
    except Unreadable as refusal:
        reason = N_(
            "“%(label)s”不是日期：“%(value)s”。"
            "要写到日，例如 2011-03-05、20110305 或民国二十七年五月三日；不知道月日的写在附注里。"
        )
        raise Unreadable(reason, **refusal.params) from None
    if len(text) != 10 or text.startswith("["):
        reason = N_("“%(label)s”要写到日，例如 2011-03-05 或民国二十七年五月三日；不知道月日的写在附注里。")
        raise Unreadable(reason)
    return date.fromisoformat(text)


def is_in_future(text: str) -> bool:
    """Whether a date begins after today."""
    span = parse_date(text)
    # The earth's latest zone is ahead of UTC by 14 hours, ours by 8: a day of grace harms nobody.
    return span is not None and (span[0] - datetime.now(UTC).date()).days > 1


def identity_number(value: object) -> str:
    """A number of an identity card of 18 or 15 places, or of another paper (officer's, passport, residence)."""
    text = unicodedata.normalize("NFKC", one_line(value)).upper().replace(" ", "")
    if re.fullmatch(r"[0-9]{17}[0-9X]", text):
        if not is_identity_number(text):
            raise Unreadable(N_("“%(label)s”的出生日期或校验位不对，请对照原件核对。"))
        return text
    if re.fullmatch(r"[0-9]{15}", text) and not _OLD_NUMBER.fullmatch(text):
        raise Unreadable(N_("“%(label)s”是 15 位号码，但其中的出生日期不对，请核对。"))
    if not _OTHER_NUMBER.fullmatch(text):
        raise Unreadable(N_("“%(label)s”不像证件号码：只能有数字、字母和“字第号”等文字，4 到 30 个字。"))
    return text


def masked_number(text: str) -> str:
    """As everybody sees it: first three and last four places of a long one, the ends of a short one."""
    if is_masked(text):
        return text
    kept = (3, 4) if len(text) >= 10 else (1, 1)
    return text[: kept[0]] + MASK * (len(text) - sum(kept)) + text[len(text) - kept[1] :]


def is_masked(text: str) -> bool:
    """Whether this is what `masked_number` gave: nobody can have written it."""
    return MASK in text


def phone(value: object) -> str:
    """A telephone number."""
    text = fold(one_line(value))
    if not _PHONE.fullmatch(text):
        raise Unreadable(N_("“%(label)s”不是电话号码。"))
    return text


def yes_no(value: object) -> bool:
    """Yes or no."""
    if isinstance(value, bool):
        return value
    text = fold(one_line(value)).casefold()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise Unreadable(N_("“%(label)s”只能填“是”或“否”。"))


def _plain(value: object) -> str:
    return str(value).replace("\x00", "")


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
