"""Schemes: which checks, how parametrised and how strict, for a kind of record at a stage."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files

from lantai.kit.errors import N_, Missing
from lantai.kit.fourprops import checks
from lantai.kit.fourprops.parameters import ParameterRefused, Params, SchemeMalformed, refuse_wrong
from lantai.kit.fourprops.registry import Check
from lantai.kit.fourprops.vocabulary import Stage
from lantai.kit.metadata import ElementScheme, load

FORMAT = "lantai-fourprops-scheme/1"
CONTINUITY = "2-6"  # DA/T 70—2018
CERTAINTIES = ("A", "B", "C", "D")  # see schemes/document.toml
_FOLDER = files(__package__).joinpath("schemes")


class Level(StrEnum):
    """How a scheme treats a check at a stage."""

    BLOCK = "block"  # a failure fails the record
    ADVISE = "advise"  # it is shown and fails nothing
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Setting:
    """One check in a scheme."""

    code: str
    levels: Mapping[Stage, Level]
    params: Mapping[str, object]
    params_at: Mapping[Stage, Mapping[str, object]]
    certainty: str

    def at(self, stage: Stage) -> Params:
        """The parameters at `stage`, with the declared defaults of the check where the scheme sets none."""
        return checks.registered()[self.code].params(self.params, self.params_at.get(stage, {}))


@dataclass(frozen=True, slots=True)
class Scheme:
    """A named edition of settings for a kind of record."""

    slug: str
    title: str
    edition: str
    elements: ElementScheme
    settings: tuple[Setting, ...]
    notes: tuple[str, ...] = field(default=())

    def checks_at(self, stage: Stage) -> Iterator[tuple[Check, Setting]]:
        """The checks made at `stage`, in the order of their codes."""
        for setting in self.settings:
            if setting.levels[stage] is not Level.OFF:
                yield checks.registered()[setting.code], setting

    def going_on(self) -> Scheme:
        """This scheme for a batch whose numbers may begin where an earlier batch of the same prefix ended."""
        settings = (
            replace(one, params={**one.params, "start": 0}) if one.code == CONTINUITY else one
            for one in self.settings
        )
        return replace(self, settings=tuple(settings))

    def to_data(self) -> dict[str, object]:
        """The scheme as JSON takes it; `from_data` is the inverse."""
        return {
            "format": FORMAT,
            "slug": self.slug,
            "title": self.title,
            "edition": self.edition,
            "elements": self.elements.name,
            "notes": list(self.notes),
            "checks": {setting.code: _row(setting) for setting in self.settings},
        }


def _row(setting: Setting) -> dict[str, object]:
    return {
        **{stage.value: level.value for stage, level in setting.levels.items()},
        "tag": setting.certainty,
        "params": dict(setting.params),
        **{f"params_{stage}": dict(params) for stage, params in setting.params_at.items()},
    }


def slugs() -> tuple[str, ...]:
    """The schemes that come with the product."""
    found = (entry.name for entry in _FOLDER.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


@cache
def scheme_for(slug: str) -> Scheme:
    """The shipped scheme `slug`; raises `Missing` where there is none."""
    if slug not in slugs():
        raise Missing(N_("没有名为“%(slug)s”的检测方案。"), slug=slug)
    return from_toml(_FOLDER.joinpath(f"{slug}.toml").read_text(encoding="utf-8"))


def from_toml(text: str) -> Scheme:
    """Read a scheme; with ``extends`` it starts from a shipped one. Raises `SchemeMalformed`."""
    try:
        return from_data(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise SchemeMalformed(reason=str(error)) from error


def from_data(raw: Mapping[str, object]) -> Scheme:
    """Read a scheme from plain data, as `Scheme.to_data` gives it or a TOML file holds it.

    Raises `SchemeMalformed`; a parameter that cannot be set so is refused as `ParameterRefused`, which names
    the check and the parameter.
    """
    try:
        if raw.get("format", FORMAT) != FORMAT:
            raise ValueError(f"format {raw['format']}")
        elements = load(_word(raw, "elements"))
        settings = _settings(raw)
        notes = raw.get("notes", [])
        if not isinstance(notes, Sequence) or isinstance(notes, str):
            raise TypeError("notes is no list")
        words = (_word(raw, "slug"), _word(raw, "title"), _word(raw, "edition"))
        scheme = Scheme(*words, elements, settings, tuple(map(str, notes)))
    except SchemeMalformed:
        raise
    except Missing as error:
        refused = SchemeMalformed(error.message)
        refused.params = error.params
        raise refused from error
    except (KeyError, TypeError, ValueError) as error:
        raise SchemeMalformed(reason=repr(error)) from error
    _refuse_parameters(scheme)
    return scheme


def _settings(raw: Mapping[str, object]) -> tuple[Setting, ...]:
    settings = {s.code: s for s in scheme_for(_word(raw, "extends")).settings} if "extends" in raw else {}
    for code, row in _table(raw, "checks").items():
        if not isinstance(row, Mapping):
            raise TypeError(f"{code} is no table")
        settings[code] = _setting(code, row, settings.get(code))
    return tuple(settings[code] for code in sorted(settings, key=_order))


def _refuse_parameters(scheme: Scheme) -> None:
    """Hold every parameter against what its check declares; what a check lacks at its stage is its default."""
    for setting in scheme.settings:
        declared = checks.registered()[setting.code].parameters
        for params in (setting.params, *setting.params_at.values()):
            refuse_wrong(setting.code, declared, params, scheme.elements)


def _setting(code: str, row: Mapping[str, object], before: Setting | None) -> Setting:
    if code not in checks.registered():
        raise SchemeMalformed(N_("没有检测项 %(check)s。"), check=code)
    unknown = set(row) - {*Stage, "params", "tag", *(f"params_{stage}" for stage in Stage)}
    if unknown:
        raise SchemeMalformed(
            N_("检测项 %(check)s 中有不认识的设置：%(keys)s。"), check=code, keys="、".join(sorted(unknown))
        )
    levels = {stage: _level(code, row[stage]) for stage in Stage if stage in row}
    params_at = {stage: _table(row, f"params_{stage}") for stage in Stage if f"params_{stage}" in row}
    certainty = str(row.get("tag", before.certainty if before else "D"))
    if certainty not in CERTAINTIES:
        raise ValueError(f"tag {certainty} in {code}")
    return Setting(
        code,
        {**(before.levels if before else dict.fromkeys(Stage, Level.OFF)), **levels},
        {**(before.params if before else {}), **_table(row, "params")},
        {**(before.params_at if before else {}), **params_at},
        certainty,
    )


def _level(code: str, word: object) -> Level:
    if word not in set(Level):
        message = N_("检测项 %(check)s 的力度只能是 block、advise 或 off，现为“%(value)s”。")
        raise SchemeMalformed(message, check=code, value=str(word))
    return Level(str(word))


def _word(raw: Mapping[str, object], key: str) -> str:
    value = raw[key]
    if not isinstance(value, str) or not value.strip():
        raise TypeError(f"{key} is no text")
    return value


def _table(row: Mapping[str, object], key: str) -> dict[str, object]:
    value = row.get(key, {})
    if not isinstance(value, Mapping):
        raise TypeError(f"{key} is no table")
    return dict(value)


def _order(code: str) -> tuple[int, ...]:
    return tuple(int(part) for part in code.split("-"))


@dataclass(frozen=True, slots=True)
class SchemeDifference:
    """One setting that two schemes have differently; ``code`` is empty for the scheme itself."""

    code: str
    what: str  # "title", "elements", "notes", a stage, or a parameter (with "@stage" where it holds for one)
    before: object  # None where the first scheme has no such setting
    after: object


def compare_schemes(before: Scheme, after: Scheme) -> tuple[SchemeDifference, ...]:
    """Everything in which ``after`` differs from ``before``, in the order of the codes."""
    own = [
        SchemeDifference("", key, was, now)
        for key, was, now in (
            ("title", before.title, after.title),
            ("elements", before.elements.name, after.elements.name),
            ("notes", before.notes, after.notes),
        )
        if was != now
    ]
    old = {setting.code: _flat(setting) for setting in before.settings}
    new = {setting.code: _flat(setting) for setting in after.settings}
    return (*own, *(
        SchemeDifference(code, what, old.get(code, {}).get(what), new.get(code, {}).get(what))
        for code in sorted({*old, *new}, key=_order)
        for what in dict.fromkeys((*old.get(code, {}), *new.get(code, {})))
        if old.get(code, {}).get(what) != new.get(code, {}).get(what)
    ))  # fmt: skip


def _flat(setting: Setting) -> dict[str, object]:
    levels = {stage.value: level.value for stage, level in setting.levels.items()}
    at = {
        f"{name}@{stage}": value
        for stage, params in setting.params_at.items()
        for name, value in params.items()
    }
    return {**levels, "tag": setting.certainty, **setting.params, **at}


__all__ = [
    "FORMAT",
    "Level",
    "ParameterRefused",
    "Scheme",
    "SchemeDifference",
    "SchemeMalformed",
    "Setting",
    "compare_schemes",
    "from_data",
    "from_toml",
    "scheme_for",
    "slugs",
]
