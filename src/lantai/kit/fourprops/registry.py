"""The registry of checks: how a check is written and found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NotRequired, Protocol, TypeAlias, TypedDict, TypeVar, Unpack

from lantai.kit.fourprops.facts import EnvironmentFacts, ItemFacts, PackageFacts
from lantai.kit.fourprops.findings import Finding
from lantai.kit.fourprops.parameters import Parameter, Params, defaults
from lantai.kit.fourprops.vocabulary import Need, Property, Stage
from lantai.kit.fourprops.worksheets import SAMPLING, WorksheetForm
from lantai.kit.metadata import ElementProblem, ElementScheme, ProblemKind


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
        return self.elements.problems_of(self.values)

    def value(self, identifier: str) -> str:
        """The first value of an element, or nothing."""
        return next(iter(self.values.get(identifier, ())), "").strip()

    def problems(self, *kinds: ProblemKind) -> list[ElementProblem]:
        """Problems of the description of these kinds."""
        found = self._problems
        return [problem for problem in found if problem.kind in kinds] if found else []


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
    parameters: tuple[Parameter, ...] = ()
    worksheet: WorksheetForm | None = None
    of_item: OfItem | None = None
    of_package: OfPackage | None = None
    of_series: OfSeries | None = None

    def params(self, *given: Mapping[str, object]) -> Params:
        """The declared defaults, covered by what is ``given``, the later over the earlier."""
        values = defaults(self.parameters)
        for one in given:
            values.update(one)
        return Params(values)


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


class _Declared(TypedDict):
    """What is said of a check where it is written."""

    code: str
    property: Property
    name: str
    needs: set[Need]
    basis: str
    parameters: NotRequired[tuple[Parameter, ...]]
    worksheet: NotRequired[WorksheetForm]


def _checked(
    declared: _Declared,
    *,
    of_item: OfItem | None = None,
    of_package: OfPackage | None = None,
    of_series: OfSeries | None = None,
) -> Check:
    worksheet = declared.get("worksheet")
    sampling = SAMPLING if worksheet is not None and worksheet.is_sampled else ()
    return Check(
        declared["code"],
        declared["property"],
        declared["name"],
        declared["basis"],
        frozenset(declared["needs"]),
        (*declared.get("parameters", ()), *sampling),
        worksheet,
        of_item,
        of_package,
        of_series,
    )


def check(**declared: Unpack[_Declared]) -> Callable[[OfItem], OfItem]:
    """Register a check of one item; no finding means that the item passes."""

    def register(of_item: OfItem) -> OfItem:
        REGISTRY.add(_checked(declared, of_item=of_item))
        return of_item

    return register


def check_of_package(**declared: Unpack[_Declared]) -> Callable[[OfPackage], OfPackage]:
    """Register a check of the package or the environment; no finding means that it passes."""

    def register(of_package: OfPackage) -> OfPackage:
        REGISTRY.add(_checked(declared, of_package=of_package))
        return of_package

    return register


def check_of_series(**declared: Unpack[_Declared]) -> Callable[[_S], _S]:
    """Register a check of all items together; no finding at all means that they pass."""

    def register(of_series: _S) -> _S:
        REGISTRY.add(_checked(declared, of_series=of_series))
        return of_series

    return register
