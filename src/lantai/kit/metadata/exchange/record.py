"""A description as every format of exchange takes it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from importlib.resources import files

from lantai.kit.numbering import LegacyRetention, Retention, RetentionPartInvalid

_UNSAYABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0 §2.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One described unit with what stands above it; values are codes of ours, `own` is label → text.

    What must not leave (names of private persons, numbers of identity cards) is masked by whoever makes it.
    """

    level: str
    reference_code: str
    title: str
    author: str = ""
    document_number: str = ""
    dated_on: date | None = None
    year: int | None = None
    retention: str = ""
    openness: str = ""
    classification: str = ""
    persons: tuple[str, ...] = ()
    page_count: int | None = None
    note: str = ""
    fonds_code: str = ""
    fonds_name: str = ""
    archives_name: str = ""
    archives_code: str = ""
    identifier: str = ""  # its persistent address
    modified_at: datetime | None = None
    class_code: str = ""
    kind_name: str = ""
    parent_code: str = ""  # reference code of the unit right above within the fonds
    own: Mapping[str, str] = field(default_factory=dict)

    @property
    def date_text(self) -> str:
        """The day or, where only that is known, the year; as ISO 8601 writes it."""
        if self.dated_on is not None:
            return self.dated_on.isoformat()
        return f"{self.year:04d}" if self.year else ""

    @property
    def retention_text(self) -> str:
        """永久 or 30年; an old period as it stands."""
        try:
            return Retention.parse(self.retention).label if self.retention else ""
        except (LegacyRetention, RetentionPartInvalid):
            return self.retention


@cache
def words() -> Mapping[str, Mapping[str, str]]:
    """Our values in the words of the standards, by field."""
    text = files(__package__).joinpath("words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def word(name: str, value: str) -> str:
    """The word of the standard for a value of one of our fields."""
    return words()[name].get(value, value)


def sayable(text: str) -> str:
    """``text`` without the characters that no XML document can hold."""
    return _UNSAYABLE.sub("", text)
