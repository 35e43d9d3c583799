"""Schemes: which checks, how parametrised and how strict, for a kind of record at a stage."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cache
from importlib.resources import files

from lantai.kit.errors import N_, Missing
from lantai.kit.fourprops import checks
from lantai.kit.fourprops.registry import Check, Params, SchemeMalformed
from lantai.kit.fourprops.vocabulary import Stage
from lantai.kit.metadata import ElementScheme, load

CONTINUITY = "2-6"  # DA/T 70—2018
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
        """The parameters at `stage`."""
        return Params({**self.params, **self.params_at.get(stage, {})})


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
        raw = tomllib.loads(text)
        settings = {s.code: s for s in scheme_for(raw["extends"]).settings} if "extends" in raw else {}
        for code, row in raw.get("checks", {}).items():
            settings[code] = _setting(code, row, settings.get(code))
        ordered = tuple(settings[code] for code in sorted(settings, key=_order))
        notes = tuple(raw.get("notes", ()))
        return Scheme(raw["slug"], raw["title"], raw["edition"], load(raw["elements"]), ordered, notes)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, Missing) as error:
        raise SchemeMalformed(reason=repr(error)) from error


def _setting(code: str, row: Mapping[str, object], before: Setting | None) -> Setting:
    if code not in checks.registered():
        raise ValueError(f"no check {code}")
    unknown = set(row) - {*Stage, "params", "tag", *(f"params_{stage}" for stage in Stage)}
    if unknown:
        raise ValueError(f"unknown keys {sorted(unknown)} in {code}")
    levels = {stage: Level(str(row[stage])) for stage in Stage if stage in row}
    params_at = {stage: _table(row, f"params_{stage}") for stage in Stage if f"params_{stage}" in row}
    return Setting(
        code,
        {**(before.levels if before else dict.fromkeys(Stage, Level.OFF)), **levels},
        {**(before.params if before else {}), **_table(row, "params")},
        {**(before.params_at if before else {}), **params_at},
        str(row.get("tag", before.certainty if before else "D")),
    )


def _table(row: Mapping[str, object], key: str) -> dict[str, object]:
    value = row.get(key, {})
    if not isinstance(value, dict):
        raise TypeError(f"{key} is no table")
    return value


def _order(code: str) -> tuple[int, ...]:
    return tuple(int(part) for part in code.split("-"))
