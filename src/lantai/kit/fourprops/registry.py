"""The registry of checks: how a check is written and found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, TypeAlias, TypeVar

from lantai.kit.errors import N_, Invalid
from lantai.kit.fourprops.facts import EnvironmentFacts, ItemFacts, PackageFacts
from lantai.kit.fourprops.findings import Finding
from lantai.kit.fourprops.vocabulary import Need, Property, Stage
from lantai.kit.metadata import ElementProblem, ElementScheme, ProblemKind


class SchemeMalformed(Invalid):
    """A scheme file that cannot be used."""

    message = N_("检测方案无法使用：%(reason)s")


@dataclass(frozen=True, slots=True)
class Params:
    """The parameters that a scheme gives to a check, read by type."""

    values: Mapping[str, object]

    def count(self, name: str, default: int) -> int:
        """A whole number."""
        value = self.values.get(name, default)
        if not isinstance(value, int):
            raise SchemeMalformed(reason=name)
        return value

    def word(self, name: str, default: str) -> str:
        """One word."""
        value = self.values.get(name, default)
        if not isinstance(value, str):
            raise SchemeMalformed(reason=name)
        return value

    def words(self, name: str) -> tuple[str, ...]:
        """A list of words; none by default."""
        value = self.values.get(name, [])
        if not isinstance(value, list) or not all(isinstance(word, str) for word in value):
            raise SchemeMalformed(reason=name)
        return tuple(value)

    def rows(self, name: str) -> tuple[tuple[str, ...], ...]:
        """A list of lists of words; none by default."""
        value = self.values.get(name, [])
        if not isinstance(value, list):
            raise SchemeMalformed(reason=name)
        return tuple(Params({name: row}).words(name) for row in value)


@dataclass(frozen=True, slots=True)
class Probe:
    """What every check of a run may look at besides the items."""

    stage: Stage
    package: PackageFacts
    environment: EnvironmentFacts
    elements: ElementScheme
    params: Params


@dataclass(frozen=True)
class Item:
    """An item under test; its description is held against the element scheme once for all checks."""

    facts: ItemFacts
    elements: ElementScheme

    @cached_property
    def values(self) -> dict[str, tuple[str, ...]]:
        """The description by element identifier."""
        return self.elements.by_identifier(self.facts.metadata)

    @cached_property
    def _problems(self) -> list[ElementProblem]:
        return self.elements.validate(self.facts.metadata)

    def value(self, identifier: str) -> str:
        """The first value of an element, or nothing."""
        return next(iter(self.values.get(identifier, ())), "").strip()

    def problems(self, *kinds: ProblemKind) -> list[ElementProblem]:
        """Problems of the description of these kinds."""
        return [problem for problem in self._problems if problem.kind in kinds]


class Series(Protocol):
    """A check about all items together: sees each once, then gives its verdict."""

    def see(self, item: Item) -> Iterable[Finding]: ...
    def finish(self) -> Iterable[Finding]: ...


OfItem: TypeAlias = Callable[[Item, Probe], Iterable[Finding]]
OfPackage: TypeAlias = Callable[[Probe], Iterable[Finding]]
OfSeries: TypeAlias = Callable[[Probe], Series]
_S = TypeVar("_S", bound=OfSeries)


@dataclass(frozen=True, slots=True)
class Check:
    """A registered check; exactly one of the three ways to run it is set."""

    code: str
    property: Property
    name: str
    basis: str
    needs: frozenset[Need]
    of_item: OfItem | None = None
    of_package: OfPackage | None = None
    of_series: OfSeries | None = None


@dataclass(slots=True)
class Registry:
    """Checks by code."""

    checks: dict[str, Check] = field(default_factory=dict)

    def add(self, check: Check) -> None:
        """Register `check`; a code can be taken once."""
        if check.code in self.checks:
            raise ValueError(f"two checks are registered as {check.code}")
        self.checks[check.code] = check


REGISTRY = Registry()


def check(
    *, code: str, property: Property, name: str, needs: set[Need], basis: str
) -> Callable[[OfItem], OfItem]:
    """Register a check of one item; no finding means that the item passes."""

    def register(of_item: OfItem) -> OfItem:
        REGISTRY.add(Check(code, property, name, basis, frozenset(needs), of_item=of_item))
        return of_item

    return register


def check_of_package(
    *, code: str, property: Property, name: str, needs: set[Need], basis: str
) -> Callable[[OfPackage], OfPackage]:
    """Register a check of the package or the environment; no finding means that it passes."""

    def register(of_package: OfPackage) -> OfPackage:
        REGISTRY.add(Check(code, property, name, basis, frozenset(needs), of_package=of_package))
        return of_package

    return register


def check_of_series(
    *, code: str, property: Property, name: str, needs: set[Need], basis: str
) -> Callable[[_S], _S]:
    """Register a check of all items together; no finding at all means that they pass."""

    def register(of_series: _S) -> _S:
        REGISTRY.add(Check(code, property, name, basis, frozenset(needs), of_series=of_series))
        return of_series

    return register
