"""Dates as archivists write them of persons and offices: a year, a month, a day, perhaps unsure."""

from __future__ import annotations

import re
from datetime import date

_WRITTEN = re.compile(
    r"(?:约|[?]|\[)?(-?\d{3,4})(?:[-./年](\d{1,2})(?:[-./月](\d{1,2})日?)?月?)?年?(?:[?~]|前后|[]])?"
)


def year_of(text: str) -> int | None:
    """The year of a date as it is written (1949, 1949-10, 约1949, [1949]); None for no text.

    Raises ``ValueError`` for what is no date, a day that does not exist, and a year after 9999.
    """
    plain = text.strip()
    if not plain:
        return None
    found = _WRITTEN.fullmatch(plain)
    if found is None:
        raise ValueError(plain)
    year, month, day = (int(part) if part else None for part in found.groups())
    assert year is not None
    if year > 0 and month is not None:
        date(year, month, day or 1)
    return year
