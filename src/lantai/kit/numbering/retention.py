"""保管期限 as it stands in a 档号: `Y`, or `D` and a number of years."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lantai.kit.errors import N_
from lantai.kit.numbering.refusals import LegacyRetention, RetentionPartInvalid

_CODE = re.compile(r"(?:Y|D([1-9][0-9]{0,2}))", re.ASCII)
_LABEL = re.compile(r"(?:定期)?\s*([1-9][0-9]{0,2})\s*年", re.ASCII)
_LEGACY = frozenset({"长期", "短期"})


@dataclass(frozen=True, slots=True)
class Retention:
    """A retention period; ``years`` is None where the record is kept for ever (DA/T 13-2022)."""

    years: int | None = None

    def __post_init__(self) -> None:
        if self.years is not None and not 1 <= self.years <= 999:
            raise RetentionPartInvalid(field="retention", part="retention", found=self.years)

    @property
    def code(self) -> str:
        """The code of DA/T 13: ``Y`` or ``D30``."""
        return "Y" if self.years is None else f"D{self.years}"

    @property
    def label(self) -> str:
        """The words people write: 永久 or 30年."""
        return N_("永久") if self.years is None else N_("%(years)d年") % {"years": self.years}

    def __str__(self) -> str:
        return self.code

    @classmethod
    def parse(cls, text: str) -> Retention:
        """Read a code (`Y`, `D30`) or a label (永久, 30年, 定期30年).

        Raises `LegacyRetention` for 长期 and 短期: they predate Order 8 and stand for no number of
        years, so that converting them is a decision of people; `RetentionPartInvalid` for all else.
        """
        word = text.strip()
        if word in _LEGACY:
            raise LegacyRetention(field="retention", found=word)
        if word == "永久":
            return PERMANENT
        match = _CODE.fullmatch(word) or _LABEL.fullmatch(word)
        if match is None:
            raise RetentionPartInvalid(field="retention", found=text)
        return cls(int(match[1])) if match[1] else PERMANENT

    @classmethod
    def is_code(cls, text: str) -> bool:
        """Whether ``text`` is exactly a code as it may stand in a 档号."""
        return _CODE.fullmatch(text) is not None


PERMANENT = Retention(None)
YEARS_30 = Retention(30)
YEARS_10 = Retention(10)
