"""What can be set on a check: declared once, so that a form can be made of it and a scheme be held against it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from lantai.kit.errors import N_, Invalid
from lantai.kit.fourprops.selecting import alternatives
from lantai.kit.metadata import ElementScheme


class SchemeMalformed(Invalid):
    """A scheme that cannot be used."""

    message = N_("检测方案无法使用：%(reason)s")


class ParameterRefused(SchemeMalformed):
    """A parameter of a check that cannot be set so; ``params`` names both."""

    message = N_("检测项 %(check)s 没有参数“%(parameter)s”。")


class ParameterKind(StrEnum):
    """The form of a value."""

    COUNT = "count"  # a whole number
    WORD = "word"
    FLAG = "flag"
    WORDS = "words"  # a list of words
    ROWS = "rows"  # a table of words


class Names(StrEnum):
    """What a word of a value stands for; a form offers what there is."""

    ANYTHING = ""
    ELEMENT = "element"  # an identifier of the element scheme
    FORMAT = "format"  # a PUID or a media type
    FILES = "files"  # a selector of files, see `selecting`
    NUMBER = "number"  # a whole number, or nothing
    CONDITION = "condition"  # ``element=value``, or nothing


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table; ``title`` is a msgid."""

    title: str
    names: Names = Names.ANYTHING


@dataclass(frozen=True, slots=True)
class Parameter:
    """One thing that can be set; ``meaning`` is a msgid, ``columns`` make every row of a table as long."""

    name: str
    kind: ParameterKind
    meaning: str
    default: object
    least: int | None = None
    most: int | None = None
    choices: tuple[str, ...] = ()
    names: Names = Names.ANYTHING  # what the words of a list, or of a table without columns, stand for
    columns: tuple[Column, ...] = ()

    def refuse(self, check: str, value: object, elements: ElementScheme) -> None:
        """Raise `ParameterRefused` where ``value`` cannot be set."""
        if not _has_form(self.kind, value):
            raise ParameterRefused(_WRONG_FORM[self.kind], check=check, parameter=self.name)
        if isinstance(value, int) and not isinstance(value, bool):
            self._refuse_number(check, value)
        for word in _words_in(value) if self.choices else ():
            self._refuse_word(check, word)
        self._refuse_rows(check, value)
        self._refuse_cells(check, value)
        for word in self._elements_in(value):
            if elements.find(word) is None:
                raise ParameterRefused(
                    N_("检测项 %(check)s 的参数“%(parameter)s”中的“%(value)s”不是元数据方案“%(elements)s”的元素。"),
                    check=check, parameter=self.name, value=word, elements=elements.title,
                )  # fmt: skip

    def _refuse_number(self, check: str, value: int) -> None:
        least, most = self.least or 0, self.most if self.most is not None else 10**9
        if not least <= value <= most:
            raise ParameterRefused(
                N_("检测项 %(check)s 的参数“%(parameter)s”应在 %(least)d 至 %(most)d 之间，现为 %(value)d。"),
                check=check, parameter=self.name, least=least, most=most, value=value,
            )  # fmt: skip

    def _refuse_word(self, check: str, word: str) -> None:
        if word not in self.choices:
            raise ParameterRefused(
                N_("检测项 %(check)s 的参数“%(parameter)s”只能是 %(choices)s，现为“%(value)s”。"),
                check=check, parameter=self.name, choices="、".join(self.choices), value=word,
            )  # fmt: skip

    def _refuse_rows(self, check: str, value: object) -> None:
        if self.kind is not ParameterKind.ROWS or not self.columns or not isinstance(value, list):
            return
        for number, row in enumerate(value, 1):
            if len(row) != len(self.columns):
                raise ParameterRefused(
                    N_("检测项 %(check)s 的参数“%(parameter)s”第 %(row)d 行应有 %(columns)d 格，现有 %(found)d 格。"),
                    check=check, parameter=self.name, row=number, columns=len(self.columns), found=len(row),
                )  # fmt: skip

    def _refuse_cells(self, check: str, value: object) -> None:
        for row in value if self.columns and isinstance(value, list) else ():
            for column, word in zip(self.columns, row, strict=True):
                if not _READS[column.names](word):
                    raise ParameterRefused(
                        N_("检测项 %(check)s 的参数“%(parameter)s”中“%(column)s”不能是“%(value)s”。"),
                        check=check, parameter=self.name, column=column.title, value=word,
                    )  # fmt: skip

    def _elements_in(self, value: object) -> Iterable[str]:
        """The words of ``value`` that must be elements; an empty one stands for none."""
        if not isinstance(value, list):
            return [value] if self.names is Names.ELEMENT and isinstance(value, str) and value else []
        if self.kind is ParameterKind.WORDS:
            return value if self.names is Names.ELEMENT else []
        if not self.columns:
            return [word for row in value for word in row] if self.names is Names.ELEMENT else []
        places = [n for n, column in enumerate(self.columns) if column.names is Names.ELEMENT]
        named = [row[place] for row in value for place in places if row[place]]
        conditions = [n for n, column in enumerate(self.columns) if column.names is Names.CONDITION]
        return [*named, *(row[n].partition("=")[0] for row in value for n in conditions if row[n])]


@dataclass(frozen=True, slots=True)
class Params:
    """The parameters of one check at one stage, read by type; every declared one is there."""

    values: Mapping[str, object]

    def count(self, name: str) -> int:
        """A whole number."""
        value = self.values[name]
        if not isinstance(value, int):
            raise SchemeMalformed(reason=name)
        return value

    def word(self, name: str) -> str:
        """One word."""
        value = self.values[name]
        if not isinstance(value, str):
            raise SchemeMalformed(reason=name)
        return value

    def flag(self, name: str) -> bool:
        """Yes or no."""
        return bool(self.values[name])

    def words(self, name: str) -> tuple[str, ...]:
        """A list of words."""
        value = self.values[name]
        if not isinstance(value, list):
            raise SchemeMalformed(reason=name)
        return tuple(value)

    def rows(self, name: str) -> tuple[tuple[str, ...], ...]:
        """A list of lists of words."""
        value = self.values[name]
        if not isinstance(value, list):
            raise SchemeMalformed(reason=name)
        return tuple(tuple(row) for row in value)


def defaults(parameters: Iterable[Parameter]) -> dict[str, object]:
    """What each parameter is where a scheme says nothing."""
    return {parameter.name: parameter.default for parameter in parameters}


def refuse_wrong(
    check: str, declared: Iterable[Parameter], values: Mapping[str, object], elements: ElementScheme
) -> None:
    """Raise `ParameterRefused` for the first of ``values`` that is unknown or cannot be set so."""
    by_name = {parameter.name: parameter for parameter in declared}
    for name, value in values.items():
        if name not in by_name:
            raise ParameterRefused(check=check, parameter=name)
        by_name[name].refuse(check, value, elements)


def _has_form(kind: ParameterKind, value: object) -> bool:
    match kind:
        case ParameterKind.COUNT:
            return isinstance(value, int) and not isinstance(value, bool)
        case ParameterKind.WORD:
            return isinstance(value, str)
        case ParameterKind.FLAG:
            return isinstance(value, bool)
        case ParameterKind.WORDS:
            return _is_words(value)
        case ParameterKind.ROWS:
            return isinstance(value, list) and all(_is_words(row) for row in value)


def _words_in(value: object) -> Iterable[str]:
    if isinstance(value, str):
        return [value]
    return value if _is_words(value) else ()  # type: ignore[return-value]


def _is_words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) for word in value)


def _is_selector(word: str) -> bool:
    try:
        return bool(alternatives(word))
    except ValueError:
        return False


def _is_number(word: str) -> bool:
    return not word or (word.isascii() and word.isdecimal() and len(word) < 10)


def _anything(_word: str) -> bool:
    return True


_READS: Mapping[Names, Callable[[str], bool]] = {
    Names.ANYTHING: _anything,
    Names.ELEMENT: _anything,  # held against the element scheme
    Names.FORMAT: _anything,
    Names.FILES: _is_selector,
    Names.NUMBER: _is_number,
    Names.CONDITION: lambda word: not word or "=" in word,
}
_WRONG_FORM: Mapping[ParameterKind, str] = {
    ParameterKind.COUNT: N_("检测项 %(check)s 的参数“%(parameter)s”应为整数。"),
    ParameterKind.WORD: N_("检测项 %(check)s 的参数“%(parameter)s”应为一个词。"),
    ParameterKind.FLAG: N_("检测项 %(check)s 的参数“%(parameter)s”应为是或否。"),
    ParameterKind.WORDS: N_("检测项 %(check)s 的参数“%(parameter)s”应为一组词。"),
    ParameterKind.ROWS: N_("检测项 %(check)s 的参数“%(parameter)s”应为一张由词组成的表。"),
}
