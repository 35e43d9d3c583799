"""Reading element schemes from their TOML form, and asking them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files

from lantai.kit.errors import N_, Invalid, Missing
from lantai.kit.metadata.checking import ANY_KIND, ElementProblem, Known, ProblemKind, Rules, Values
from lantai.kit.metadata.element import Element, Obligation, Part, ValueKind

_FOLDER = files(__package__).joinpath("schemes")
_TAGS = ("number_tag", "values_tag", "pattern_tag", "obligation_tag", "limits_tag")


class SchemeMalformed(Invalid):
    """A scheme file that cannot be used."""

    message = N_("元数据方案文件无法使用：%(reason)s")


@dataclass(frozen=True)
class ElementScheme:
    """A named, versioned list of elements."""

    name: str
    title: str
    standard: str
    edition: str
    elements: tuple[Element, ...]
    notes: tuple[str, ...] = field(default=())

    @cached_property
    def _by_key(self) -> Mapping[str, Element]:
        keys: dict[str, Element] = {}
        for element in self.elements:
            for key in (element.identifier, element.number, element.name):
                keys.setdefault(key, element)
        return keys

    @cached_property
    def _rules(self) -> Rules:
        return Rules(self.elements)

    def __iter__(self) -> Iterator[Element]:
        return iter(self.elements)

    def find(self, key: str) -> Element | None:
        """The element with this identifier, number (M22) or Chinese name (题名), or None."""
        return self._by_key.get(key)

    def element(self, key: str) -> Element:
        """As `find`; raises `Missing` where the scheme has no such element."""
        found = self.find(key)
        if found is None:
            raise Missing(N_("元数据方案“%(title)s”中没有元素“%(key)s”。"), title=self.title, key=key)
        return found

    def by_identifier(self, values: Values) -> dict[str, tuple[str, ...]]:
        """`values` keyed by identifier, whatever key they came with, without those unknown to the scheme."""
        known: dict[str, tuple[str, ...]] = {}
        for key, value in values.items():
            element = self.find(key)
            if element is not None:
                known[element.identifier] = (value,) if isinstance(value, str) else tuple(value)
        return known

    def validate(
        self, values: Values, *, kinds: frozenset[ProblemKind] = ANY_KIND, part: Part | None = None
    ) -> list[ElementProblem]:
        """Everything of the `kinds` that is wrong with `values`, in the order of the scheme.

        `part` narrows the look to one unit (the record, a file …). A mandatory element is asked for
        in the record, and elsewhere as soon as its part and its group occur at all.
        """
        return [
            problem
            for problem in self.problems_of(self.by_identifier(values))
            if problem.kind in kinds and (part is None or problem.element.part is part)
        ]

    def problems_of(self, known: Known) -> list[ElementProblem]:
        """Everything that is wrong with values keyed by identifier, as `by_identifier` gives them."""
        return list(self._rules.problems(known))


def names() -> tuple[str, ...]:
    """The schemes that come with the product."""
    found = (entry.name for entry in _FOLDER.iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in found if name.endswith(".toml")))


@cache
def load(name: str) -> ElementScheme:
    """The shipped scheme `name`; raises `Missing` where there is none."""
    if name not in names():
        raise Missing(N_("没有名为“%(name)s”的元数据方案。"), name=name)
    return from_toml(_FOLDER.joinpath(f"{name}.toml").read_text(encoding="utf-8"))


def from_toml(text: str) -> ElementScheme:
    """Read a scheme; raises `SchemeMalformed` for what is missing, doubled or unknown."""
    try:
        raw = tomllib.loads(text)
        tags = {tag: raw[tag] for tag in _TAGS if tag in raw}
        elements = tuple(_element(row, tags) for row in raw["elements"])
        scheme = ElementScheme(
            raw["name"], raw["title"], raw["standard"], raw["edition"], elements, tuple(raw.get("notes", ()))
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, re.error) as error:
        raise SchemeMalformed(reason=repr(error)) from error
    _refuse_confusion(scheme)
    return scheme


def _element(row: Mapping[str, object], tags: Mapping[str, str]) -> Element:
    unknown = set(row) - _KEYS
    if unknown:
        raise ValueError(f"unknown keys {sorted(unknown)} in {row.get('no')}")
    pattern = row.get("pattern")
    listed = row.get("values", [])
    if not isinstance(listed, list):
        raise TypeError(f"values of {row['no']} are no list")
    own = {tag: str(row[tag]) for tag in _TAGS if tag in row}
    return Element(
        number=str(row["no"]),
        name=str(row["name"]),
        identifier=str(row["id"]),
        obligation=Obligation(str(row["obligation"])),
        kind=ValueKind(str(row["kind"])),
        parent=str(row.get("parent", "")),
        part=Part(str(row.get("part", Part.RECORD))),
        is_repeatable=bool(row.get("repeatable", False)),
        values=tuple(map(str, listed)),
        pattern=re.compile(str(pattern)) if pattern else None,
        min_length=_count(row, "min_length") or 0,
        max_length=_count(row, "max_length"),
        minimum=_count(row, "minimum"),
        maximum=_count(row, "maximum"),
        provenance={**tags, **own},
    )


_KEYS = frozenset(
    {"no", "name", "id", "obligation", "kind", "parent", "part", "repeatable", "values", "pattern"}
    | {"min_length", "max_length", "minimum", "maximum", *_TAGS}
)


def _count(row: Mapping[str, object], key: str) -> int | None:
    value = row.get(key)
    if value is not None and not isinstance(value, int):
        raise TypeError(f"{key} of {row['no']} is no whole number")
    return value


def _refuse_confusion(scheme: ElementScheme) -> None:
    numbers = {element.number for element in scheme}
    if len(numbers) < len(scheme.elements) or len({e.identifier for e in scheme}) < len(scheme.elements):
        raise SchemeMalformed(reason=N_("有两个元素的编号或标识相同"))
    for element in scheme:
        if element.parent and element.parent not in numbers:
            raise SchemeMalformed(reason=f"{element.number} → {element.parent}")
