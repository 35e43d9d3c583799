"""Texts of a package held against the types of the schema."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone

from lantai.kit.packages.eep.schema import ValueKind

CHINA = timezone(timedelta(hours=8))  # GB/T 7408; a time without an offset was written there
_YEAR = re.compile(r"\d{4}", re.ASCII)
_COUNT = re.compile(r"\+?0*[1-9]\d*", re.ASCII)
_NAME = re.compile(r"[^\W\d][\w.\u00b7-]*")
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?", re.ASCII)
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_ADDRESS = re.compile(r"[^\s<>\"{}|\\^`]+")

_PATTERNS = {
    ValueKind.YEAR: _YEAR,
    ValueKind.COUNT: _COUNT,
    ValueKind.IDENTIFIER: _NAME,
    ValueKind.REFERENCE: _NAME,
    ValueKind.ADDRESS: _ADDRESS,
}


def is_of_kind(text: str, kind: ValueKind) -> bool:
    """Whether ``text`` is a value of that type."""
    if kind is ValueKind.TEXT:
        return True
    if kind is ValueKind.TIME:
        return parse_time(text) is not None
    if kind is ValueKind.BASE64:
        return _BASE64.fullmatch("".join(text.split())) is not None
    return _PATTERNS[kind].fullmatch(text) is not None


def parse_time(text: str) -> datetime | None:
    """The aware moment of an xs:dateTime, or None where it is none; without an offset it is Beijing's."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    try:
        moment = datetime.fromisoformat(found[1] + (found[2] or ""))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=CHINA)
