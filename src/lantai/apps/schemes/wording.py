"""Settings and their differences in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from lantai.apps.schemes.types import CERTAINTY_LABELS, LEVEL_LABELS, WORD_LABELS, DifferenceLine, Stage
from lantai.kit.fourprops import checks
from lantai.kit.fourprops.registry import Check
from lantai.kit.fourprops.scheme import Level, Scheme, SchemeDifference, Setting, compare_schemes
from lantai.kit.fourprops.vocabulary import PROPERTY_LABELS, Property
from lantai.kit.metadata import ElementScheme


def difference_lines(before: Scheme, after: Scheme) -> list[DifferenceLine]:
    """Everything in which ``after`` differs, in the reader's language."""
    return [_line(one, after.elements) for one in compare_schemes(before, after)]


def _line(one: SchemeDifference, elements: ElementScheme) -> DifferenceLine:
    check = checks.registered().get(one.code)
    name = _(check.name) if check else ""
    return DifferenceLine(one.code, name, _what(one), value_in_words(one.before, elements),
                          value_in_words(one.after, elements))  # fmt: skip


def _what(one: SchemeDifference) -> str:
    if one.what in Stage.values:
        return str(Stage(one.what).label)
    if one.what == "tag":
        return _("名称和代码的把握")
    if not one.code:
        return {"title": _("名称"), "elements": _("元数据方案")}.get(one.what, _("说明"))
    name, _at, stage = one.what.partition("@")
    check = checks.registered()[one.code]
    meaning = next((_(each.meaning) for each in check.parameters if each.name == name), name)
    if not stage:
        return meaning
    return _("%(meaning)s（%(stage)s）") % {"meaning": meaning, "stage": Stage(stage).label}


def value_in_words(value: object, elements: ElementScheme | None = None) -> str:
    """A level, a flag, a number, a list or a table as one line; identifiers of ``elements`` by their names."""
    if value is None:
        return _("未设定")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list | tuple):
        return "；".join(_cells(one, elements) for one in value) or _("空")
    text = str(value)
    if text in set(Level):
        return str(LEVEL_LABELS[Level(text)])
    return _word(text, elements) or _("空")


def _cells(row: object, elements: ElementScheme | None) -> str:
    cells = row if isinstance(row, list | tuple) else [row]
    return " + ".join(_word(str(cell), elements) or "—" for cell in cells)


def _word(text: str, elements: ElementScheme | None) -> str:
    found = elements.find(text) if elements and text else None
    return _(found.name) if found else str(WORD_LABELS.get(text, CERTAINTY_LABELS.get(text, text)))


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One check in a scheme, in the reader's language."""

    code: str
    name: str
    basis: str
    certainty: str
    levels: tuple[tuple[str, str], ...]  # slug and word
    parameters: tuple[tuple[str, str], ...]  # meaning and value; only what is set otherwise than by default
    can_set: bool


def setting_rows(scheme: Scheme) -> list[tuple[str, list[SettingRow]]]:
    """The checks of a scheme under the four properties."""
    known = {setting.code: setting for setting in scheme.settings}
    return [
        (
            _(PROPERTY_LABELS[prop]),
            [
                _setting_row(check, known[check.code], scheme.elements)
                for check in _checks_of(prop)
                if check.code in known
            ],
        )
        for prop in Property
    ]


def _checks_of(prop: Property) -> list[Check]:
    found = [check for check in checks.registered().values() if check.property is prop]
    return sorted(found, key=lambda check: tuple(int(part) for part in check.code.split("-")))


def _setting_row(check: Check, setting: Setting, elements: ElementScheme) -> SettingRow:
    levels = tuple((level.value, str(LEVEL_LABELS[level])) for level in setting.levels.values())
    return SettingRow(
        check.code,
        _(check.name),
        check.basis,
        str(CERTAINTY_LABELS.get(setting.certainty, "")),
        levels,
        tuple(_parameters(check, setting, elements)),
        bool(check.parameters),
    )


def _parameters(check: Check, setting: Setting, elements: ElementScheme) -> Iterator[tuple[str, str]]:
    meanings = {one.name: _(one.meaning) for one in check.parameters}
    for name, value in setting.params.items():
        yield meanings.get(name, name), value_in_words(value, elements)
    for stage, params in setting.params_at.items():
        for name, value in params.items():
            said = {"meaning": meanings.get(name, name), "stage": Stage(stage.value).label}
            yield _("%(meaning)s（%(stage)s）") % said, value_in_words(value, elements)
