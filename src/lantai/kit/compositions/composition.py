"""Compositions as data: the parts that an item of a kind has, what each must be, and what is noted of it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files

from lantai.kit.errors import N_, Invalid

_FOLDER = files(__package__).joinpath("kinds")
Value = Callable[[str], str]  # the value of an element of the item, or ""


class CompositionMalformed(Invalid):
    """A composition file that cannot be used."""

    message = N_("组成规则文件无法使用：%(reason)s")


class ValueForm(StrEnum):
    """How a value noted of a part is written, and so how two of them are compared."""

    TEXT = "text"
    MONEY = "money"  # yuan
    DAY = "day"
    MOMENT = "moment"
    DURATION = "duration"  # hh:mm:ss
    SEGMENTS = "segments"  # hh:mm:ss-hh:mm:ss, one after the other


@dataclass(frozen=True, slots=True)
class PartElement:
    """Something noted of a part; ``fact`` is what an examiner reads of it in the file itself.

    Where nothing is noted of a file, the item's element ``item`` speaks for it, unless ``is_own`` and the part
    has several files.
    """

    identifier: str
    name: str
    form: ValueForm = ValueForm.TEXT
    is_required: bool = False
    fact: str = ""
    item: str = ""
    is_own: bool = False
    is_unique: bool = False  # one paper alone has this value, in the whole fonds


@dataclass(frozen=True, slots=True)
class PartKind:
    """A part: ``least`` to ``most`` files while ``when`` ("element=value") holds of the item.

    ``facts``, ``names`` and ``roles`` tell its files where nobody has said which they are; ``mimes`` are the
    beginnings of the media types that it may have; ``on`` is the item's element with the day of this stage.
    """

    slug: str
    name: str
    role: str
    least: int = 0
    most: int | None = None
    when: str = ""
    facts: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    mimes: tuple[str, ...] = ()
    on: str = ""
    elements: tuple[PartElement, ...] = ()

    @property
    def is_required(self) -> bool:
        """Whether an item that has this part at all must have a file of it."""
        return self.least > 0

    def element(self, key: str) -> PartElement | None:
        """The element with this identifier or name."""
        return next((one for one in self.elements if key in (one.identifier, one.name)), None)

    def applies(self, value: Value) -> bool:
        """Whether an item with these values has this part at all."""
        identifier, _mark, wanted = self.when.partition("=")
        return not self.when or value(identifier) == wanted


@dataclass(frozen=True, slots=True)
class Composition:
    """The parts of an item, in their order; ``materials`` is the element that lists them by name."""

    scheme: str
    standard: str
    parts: tuple[PartKind, ...]
    materials: str = ""
    count: str = ""  # the element that says how many `counted` files there are
    counted: str = ""
    group: tuple[str, ...] = ()  # elements that items of one group share

    def part(self, key: str) -> PartKind | None:
        """The part with this slug or name."""
        return next((one for one in self.parts if key in (one.slug, one.name)), None)

    def guess(self, name: str, role: str, facts: Collection[str], value: Value) -> PartKind | None:
        """Which part a file most likely is: by what was read in it, else by its name, else by its role."""
        able = [one for one in self.parts if one.applies(value)]
        folded = name.casefold()
        by_fact = (one for one in able if any(fact in facts for fact in one.facts))
        by_name = (one for one in able if any(fnmatchcase(folded, mark.casefold()) for mark in one.names))
        by_role = (one for one in able if role in one.roles)
        return next(by_fact, None) or next(by_name, None) or next(by_role, None)


def names() -> tuple[str, ...]:
    """The element schemes whose items are composed."""
    found = (entry.name for entry in _FOLDER.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


@cache
def composition_of(scheme: str) -> Composition | None:
    """The composition of items of an element scheme, or None where an item is simply its files."""
    if scheme not in names():
        return None
    return from_toml(scheme, _FOLDER.joinpath(f"{scheme}.toml").read_text(encoding="utf-8"))


def from_toml(scheme: str, text: str) -> Composition:
    """Read a composition; raises `CompositionMalformed` for what is missing, doubled or unknown."""
    try:
        raw = tomllib.loads(text)
        parts = tuple(_part(row) for row in raw.pop("parts"))
        group = tuple(raw.pop("group", ()))
        made = Composition(scheme=scheme, parts=parts, group=group, **raw)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise CompositionMalformed(reason=repr(error)) from error
    keys = [key for one in parts for key in {one.slug, one.name}]
    if len(set(keys)) < len(keys) or (made.counted and made.part(made.counted) is None):
        raise CompositionMalformed(reason=scheme)
    return made


def _part(row: Mapping[str, object]) -> PartKind:
    lists = ("facts", "names", "roles", "mimes")
    plain = {key: value for key, value in row.items() if key not in (*lists, "elements")}
    return PartKind(
        **plain,  # type: ignore[arg-type]
        **{key: tuple(row.get(key, ())) for key in lists},  # type: ignore[arg-type]
        elements=tuple(_element(one) for one in row.get("elements", ())),  # type: ignore[attr-defined]
    )


def _element(row: Mapping[str, object]) -> PartElement:
    renamed = {"id": "identifier", "required": "is_required", "own": "is_own", "unique": "is_unique"}
    values = {renamed.get(key, key): value for key, value in row.items()}
    return PartElement(**{**values, "form": ValueForm(str(row.get("form", "text")))})  # type: ignore[arg-type]
