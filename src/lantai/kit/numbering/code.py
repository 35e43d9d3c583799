"""The grammar of 档号: DA/T 13-2022, DA/T 22-2015 and the old form with a catalogue number.

A three-part code such as `Z008-WS·2019·Y-037` may be an item or a file: the text does not say. The
level is therefore always given, never guessed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from lantai.kit.errors import N_
from lantai.kit.numbering import refusals
from lantai.kit.numbering.retention import Retention

DOT = "\u00b7"
_DOTS = "\u2022\u30fb\uff0e\u2027\u22c5\uff65\u2219"
_HYPHENS = "\u2010\u2011\u2012\u2013\u2014\u2212\uff0d\ufe63"
_FULL_WIDTH = {
    ord(c): ord(c) - 0xFEE0 for c in "０１２３４５６７８９" + "".join(map(chr, range(0xFF21, 0xFF3B)))
}
_IMPORTED: dict[int, int | str] = {
    **_FULL_WIDTH,
    **{ord(c): DOT for c in _DOTS},
    **{ord(c): "-" for c in _HYPHENS},
}

_FONDS = re.compile(r"[A-Z][0-9]{3}", re.ASCII)
_CATEGORY = re.compile(r"[A-Z]{2}", re.ASCII)
_CATALOGUE = re.compile(r"[0-9]{3}", re.ASCII)
_SUBCLASS = re.compile(r"[A-Z0-9]+", re.ASCII)
_YEAR = re.compile(r"[12][0-9]{3}", re.ASCII)
# Chinese characters of the BMP and of the extensions A to H, capitals, digits, brackets
_CLASS = re.compile(r"[A-Z0-9\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af（）()]+")
_DEEPEST_SUBCLASSES = 3  # DA/T 13-2022: 门类 is the first level, the fourth is the last

_NUMBER_NAMES = {"item_no": N_("件号"), "file_no": N_("案卷号")}


class Level(StrEnum):
    """What a code stands for."""

    ITEM = "item"  # 件, arranged by item
    FILE = "file"  # 案卷、组、册
    FILE_ITEM = "file_item"  # 卷内件、页


class Style(StrEnum):
    """Which standard separates the parts."""

    DAT22 = "DA/T 22"
    DAT13 = "DA/T 13"
    CATALOGUE = "目录号"


@dataclass(frozen=True, slots=True)
class ReferenceCode:
    """A 档号 taken apart; every part is checked when the value is made.

    ``parts`` are the second to fourth level codes between 门类 and 年度; ``category`` is the 目录号
    in the old form. Numbers keep their zeros. Raises a `ReferenceCodeInvalid` naming the part.
    """

    fonds: str
    category: str
    parts: tuple[str, ...] = ()
    year: int | None = None
    retention: Retention | None = None
    class_code: str = ""
    item_no: str = ""
    file_no: str = ""
    level: Level = Level.ITEM
    style: Style = Style.DAT13

    def __post_init__(self) -> None:
        _check_heading(self)
        _check_classes(self)
        _check_numbers(self)

    def __str__(self) -> str:
        return self.prefix + (self.item_no or self.file_no)

    @property
    def prefix(self) -> str:
        """Everything before the running number: the scope in which numbers are unique."""
        numbers = (self.file_no,) if self.level is Level.FILE_ITEM else ()
        return "-".join((self.fonds, *self._class_groups(), *numbers, ""))

    @property
    def number(self) -> int:
        """The running number: of the item, or of the file at file level."""
        return int(self.item_no or self.file_no)

    def _class_groups(self) -> tuple[str, ...]:
        year = () if self.year is None else (f"{self.year:04d}",)
        retention = () if self.retention is None else (self.retention.code,)
        class_code = (self.class_code,) if self.class_code else ()
        head = (self.category, *self.parts, *year)
        if self.style is Style.DAT22:
            return (DOT.join(head), *retention, *class_code)
        return (DOT.join((*head, *retention, *class_code)),)


def normalise(text: str) -> str:
    """Full-width capitals and digits, foreign dots and dashes brought to the signs of the standard."""
    return text.strip().translate(_IMPORTED)


def format_code(code: ReferenceCode) -> str:
    """The text of ``code`` in its own style: the inverse of `parse`."""
    return str(code)


def parse(text: str, level: Level) -> ReferenceCode:
    """Read a 档号 of the given level in any of the three styles; `format_code` gives it back.

    Raises `ReferenceCodeInvalid` (one subclass a reason) saying what is wrong at which part.
    """
    groups = normalise(text).split("-")
    _refuse_gaps(groups)
    if level is Level.ITEM and len(groups) in (4, 5):
        return _parse_dat22(groups)
    expected = 4 if level is Level.FILE_ITEM else 3
    if len(groups) != expected:
        raise refusals.WrongGroupCount(expected=_shape(level), found=len(groups), field="code")
    file_no = "" if level is Level.ITEM else groups[2]
    item_no = "" if level is Level.FILE else groups[-1]
    return _parse_dat13(groups[0], groups[1], item_no=item_no, file_no=file_no, level=level)


def _shape(level: Level) -> str:
    return {
        Level.ITEM: N_("“全宗号-类别号-件号”三段（DA/T 22 为四或五段）"),
        Level.FILE: N_("“全宗号-类别号-案卷号”三段"),
        Level.FILE_ITEM: N_("“全宗号-类别号-案卷号-件号（页号）”四段"),
    }[level]


def _refuse_gaps(groups: list[str]) -> None:
    for position, group in enumerate(groups, 1):
        if not all(group.split(DOT)):
            raise refusals.EmptyPart(position=position, field="code")


def _parse_dat22(groups: list[str]) -> ReferenceCode:
    category, *years = groups[1].split(DOT)
    if len(years) != 1:
        raise refusals.YearPartInvalid(found=DOT.join(years), field="year")
    return ReferenceCode(
        fonds=groups[0],
        category=category,
        year=_year(years[0]),
        retention=_retention(groups[2]),
        class_code=groups[3] if len(groups) == 5 else "",
        item_no=groups[-1],
        style=Style.DAT22,
    )


def _parse_dat13(fonds: str, classes: str, *, item_no: str, file_no: str, level: Level) -> ReferenceCode:
    category, *rest = classes.split(DOT)
    if level is not Level.ITEM and not rest and category.isdigit():
        return ReferenceCode(
            fonds, category, item_no=item_no, file_no=file_no, level=level, style=Style.CATALOGUE
        )
    at = next((i for i, part in enumerate(rest) if _YEAR.fullmatch(part)), len(rest))
    tail = rest[at + 1 :]
    retention = Retention.parse(tail[0]) if tail and Retention.is_code(tail[0]) else None
    return ReferenceCode(
        fonds=fonds,
        category=category,
        parts=tuple(rest[:at]),
        year=int(rest[at]) if at < len(rest) else None,
        retention=retention,
        class_code=DOT.join(tail[1:] if retention else tail),
        item_no=item_no,
        file_no=file_no,
        level=level,
    )


def _year(text: str) -> int:
    if not _YEAR.fullmatch(text):
        raise refusals.YearPartInvalid(found=text, field="year")
    return int(text)


def _retention(text: str) -> Retention:
    if not Retention.is_code(text):
        raise refusals.RetentionPartInvalid(found=text, field="retention")
    return Retention.parse(text)


def _check_heading(code: ReferenceCode) -> None:
    if not _FONDS.fullmatch(code.fonds):
        raise refusals.FondsPartInvalid(found=code.fonds, field="fonds")
    if code.style is Style.CATALOGUE:
        if not _CATALOGUE.fullmatch(code.category):
            raise refusals.CatalogueNumberInvalid(found=code.category, field="category")
    elif not _CATEGORY.fullmatch(code.category):
        raise refusals.CategoryPartInvalid(found=code.category, field="category")


def _check_classes(code: ReferenceCode) -> None:
    if code.year is not None and not 1000 <= code.year <= 2999:
        raise refusals.YearPartInvalid(found=code.year, field="year")
    _check_what_the_style_holds(code)
    too_deep = len(code.parts) > _DEEPEST_SUBCLASSES
    for part in code.parts:
        if too_deep or not _SUBCLASS.fullmatch(part) or _YEAR.fullmatch(part):
            raise refusals.SubclassPartInvalid(
                found=DOT.join(code.parts) if too_deep else part, field="parts"
            )
    words = code.class_code.split(DOT) if code.class_code else []
    starts_like_retention = bool(words) and code.retention is None and Retention.is_code(words[0])
    if starts_like_retention or not all(_CLASS.fullmatch(word) for word in words):
        raise refusals.ClassPartInvalid(found=code.class_code, field="class_code")


def _check_what_the_style_holds(code: ReferenceCode) -> None:
    """Refuse a part that the text of this style could not carry, since it would be lost or misread."""
    if code.style is Style.DAT22:
        if code.level is not Level.ITEM or code.parts or DOT in code.class_code:
            raise refusals.PartNotInRule(name=N_("类目层级"), found=DOT.join(code.parts), field="parts")
        if code.year is None:
            raise refusals.PartMissing(name=N_("年度"), field="year")
        if code.retention is None:
            raise refusals.PartMissing(name=N_("保管期限"), field="retention")
    elif code.style is Style.CATALOGUE:
        if code.level is Level.ITEM or code.parts or code.year or code.retention or code.class_code:
            raise refusals.PartNotInRule(
                name=N_("年度、保管期限和机构（问题）"), found=code.class_code, field="category"
            )
    elif code.year is None and (code.retention or code.class_code):
        raise refusals.PartMissing(name=N_("年度"), field="year")


def _check_numbers(code: ReferenceCode) -> None:
    if code.level is Level.ITEM:
        _check_number("item_no", code.item_no, most=5)
        _refuse_number("file_no", code.file_no)
        return
    _check_number("file_no", code.file_no, most=4)
    if code.level is Level.FILE_ITEM:
        _check_number("item_no", code.item_no, most=4)
    else:
        _refuse_number("item_no", code.item_no)


def _check_number(field: str, text: str, *, most: int) -> None:
    if not (text.isascii() and text.isdigit() and 3 <= len(text) <= most and int(text) > 0):
        raise refusals.NumberPartInvalid(
            name=_NUMBER_NAMES[field], found=text, least=3, most=most, field=field
        )


def _refuse_number(field: str, text: str) -> None:
    if text:
        raise refusals.PartNotInRule(name=_NUMBER_NAMES[field], found=text, field=field)
