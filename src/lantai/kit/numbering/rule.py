"""How an archives or an agency makes 档号: the style, the width and which parts a code has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lantai.kit.errors import N_
from lantai.kit.numbering import refusals
from lantai.kit.numbering.code import Level, ReferenceCode, Style
from lantai.kit.numbering.retention import Retention

PartName = Literal["parts", "year", "retention", "class_code"]

_NAMES: dict[str, str] = {
    "parts": N_("类目代码"),
    "year": N_("年度"),
    "retention": N_("保管期限"),
    "class_code": N_("机构（问题）代码"),
}


@dataclass(frozen=True, slots=True)
class NumberingRule:
    """``parts`` names what stands between 门类 and the number; ``width`` is the digits of the number.

    Raises `RuleInvalid` for a width outside 3–5 (3–4 within a file).
    """

    style: Style = Style.DAT13
    width: int = 4
    parts: tuple[PartName, ...] = ("year", "retention", "class_code")
    level: Level = Level.ITEM
    file_width: int = 3

    def __post_init__(self) -> None:
        widest = 5 if self.level is Level.ITEM else 4
        if not 3 <= self.width <= widest or not 3 <= self.file_width <= 4:
            raise refusals.RuleInvalid(found=self.width, field="width")

    def compose(
        self,
        *,
        fonds: str,
        category: str,
        number: int,
        year: int | None = None,
        retention: Retention | None = None,
        class_code: str = "",
        parts: tuple[str, ...] = (),
        file_number: int | None = None,
    ) -> ReferenceCode:
        """The code with the running ``number``; at `Level.FILE_ITEM` inside the file ``file_number``.

        Raises `PartMissing`, `PartNotInRule` or what `ReferenceCode` refuses, and `NumbersExhausted`
        when a number does not fit its width.
        """
        self._check_given(parts=parts, year=year, retention=retention, class_code=class_code)
        running = self._padded(number, self.width, fonds)
        holder = "" if file_number is None else self._padded(file_number, self.file_width, fonds)
        at_file = self.level is Level.FILE
        return ReferenceCode(
            fonds=fonds,
            category=category,
            parts=parts,
            year=year,
            retention=retention,
            class_code=class_code,
            item_no="" if at_file else running,
            file_no=running if at_file else holder,
            level=self.level,
            style=self.style,
        )

    def prefix(
        self,
        *,
        fonds: str,
        category: str,
        year: int | None = None,
        retention: Retention | None = None,
        class_code: str = "",
        parts: tuple[str, ...] = (),
        file_number: int | None = None,
    ) -> str:
        """Everything before the running number, with the hyphen; refuses as `compose` does."""
        return self.compose(
            fonds=fonds,
            category=category,
            number=1,
            year=year,
            retention=retention,
            class_code=class_code,
            parts=parts,
            file_number=file_number,
        ).prefix

    def next_numbers(self, prefix: str, last: int, count: int) -> list[str]:
        """``count`` codes under ``prefix`` after the number ``last`` (0 where there is none yet).

        Raises `NumbersExhausted` before any is given out that would not fit the width.
        """
        most = 10**self.width - 1
        if last + count > most:
            raise refusals.NumbersExhausted(prefix=prefix, width=self.width, most=most, count=count)
        return [f"{prefix}{number:0{self.width}d}" for number in range(last + 1, last + count + 1)]

    def _check_given(self, **given: object) -> None:
        for name, value in given.items():
            if name in self.parts and not value:
                raise refusals.PartMissing(name=_NAMES[name], field=name)
            if name not in self.parts and value:
                raise refusals.PartNotInRule(name=_NAMES[name], found=value, field=name)

    @staticmethod
    def _padded(number: int, width: int, prefix: str) -> str:
        if number >= 10**width:
            raise refusals.NumbersExhausted(prefix=prefix, width=width, most=10**width - 1, count=1)
        return f"{number:0{width}d}"
