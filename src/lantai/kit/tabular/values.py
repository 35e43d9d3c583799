"""The text of a cell: what a person sees in it, without what a keyboard or a program left there."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from lantai.kit.tabular.types import NO_MARK, Mark

# spaces of every width and marks of no width; a line end inside a cell is content
_SPACES = dict.fromkeys(
    map(ord, "\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000\t"),
    " ",
)
_NOTHING = dict.fromkeys(map(ord, "\ufeff\u200b\u2060\u00ad\x00"), None)
_CLEAN: dict[int, str | None] = {**_SPACES, **_NOTHING}
_TO_CLEAN = re.compile(f"[{''.join(map(chr, _CLEAN))}]")  # rarely there: looked for before
EPOCH = date(1899, 12, 30)  # day 0 of spreadsheets that were never on an old Macintosh


def cleaned(text: str) -> str:
    """``text`` without odd spaces at its ends, with plain ones inside; its letters stay."""
    return (text.translate(_CLEAN) if _TO_CLEAN.search(text) else text).strip()


def narrow(text: str) -> str:
    """Full-width digits, letters and signs as plain ones: for codes, numbers and dates, not for titles."""
    return unicodedata.normalize("NFKC", text) if not text.isascii() else text


def plain(value: object) -> tuple[str, Mark]:
    """The text of a typed cell and its mark: dates as YYYYMMDD, whole numbers without ``.0``."""
    match value:
        case str():
            return cleaned(value), NO_MARK
        case bool():
            return ("TRUE" if value else "FALSE"), Mark.BOOLEAN
        case int():
            return str(value), Mark.NUMBER
        case float():
            return _number(value), Mark.NUMBER
        case datetime():
            if (value.hour, value.minute, value.second) == (0, 0, 0):
                return value.strftime("%Y%m%d"), Mark.DATE
            return value.isoformat(timespec="seconds"), Mark.MOMENT
        case date():
            return value.strftime("%Y%m%d"), Mark.DATE
        case time() | timedelta():
            return str(value), Mark.MOMENT
    return ("" if value is None else str(value)), NO_MARK


def _number(value: float) -> str:
    if value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    return repr(value)


def day_of_serial(text: str) -> date | None:
    """The day that a spreadsheet means by a whole number such as 40607, within 1900–2100; None otherwise."""
    if not (text.isascii() and text.isdecimal() and len(text) == 5):
        return None
    number = int(text)
    return EPOCH + timedelta(days=number) if 61 <= number <= 73_050 else None
