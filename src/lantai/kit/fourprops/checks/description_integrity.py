"""2-3, 2-4 and 2-6: is the description whole and without gaps?"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lantai.kit.errors import N_
from lantai.kit.fourprops.checks.wording import CORRECT_DESCRIPTION, of_elements
from lantai.kit.fourprops.findings import Finding, Place, at
from lantai.kit.fourprops.parameters import Names, Parameter, ParameterKind
from lantai.kit.fourprops.registry import Item, Probe, check, check_of_series
from lantai.kit.fourprops.vocabulary import Need, Outcome, Property
from lantai.kit.metadata import ProblemKind
from lantai.kit.numbering import normalise

_NUMBERED = re.compile(r"(?P<prefix>.+-)(?P<number>[0-9]+)", re.ASCII)
_MOST_GAPS = 20


@check(
    code="2-3",
    property=Property.INTEGRITY,
    name=N_("元数据项完整性检测"),
    needs=set(),
    basis="DA/T 70—2018 2-3；DA/T 46—2009",
    parameters=(
        Parameter(
            "expected", ParameterKind.WORDS, N_("必选项之外还应具备的元数据项"), [], names=Names.ELEMENT
        ),
    ),
)
def elements(item: Item, probe: Probe) -> Iterator[Finding]:
    """Every mandatory element, and every one that the scheme expects, occurs."""
    yield from of_elements(item, item.problems(ProblemKind.ABSENT))
    for identifier in probe.params.words("expected"):
        if identifier not in item.values:
            element = probe.elements.element(identifier)
            message = N_("方案要求的元数据项“%(name)s”不存在。")
            place = at(item.facts, element=element)
            yield Finding(Outcome.FAIL, message, {"name": element.name}, place, remedy=CORRECT_DESCRIPTION)


@check(
    code="2-4",
    property=Property.INTEGRITY,
    name=N_("元数据必填著录项目检测"),
    needs=set(),
    basis="DA/T 70—2018 2-4",
)
def mandatory(item: Item, probe: Probe) -> Iterator[Finding]:
    """Every mandatory element has a value."""
    yield from of_elements(item, item.problems(ProblemKind.EMPTY, ProblemKind.ABSENT))


@check_of_series(
    code="2-6",
    property=Property.INTEGRITY,
    name=N_("连续性元数据项检测"),
    needs={Need.METADATA},
    basis="DA/T 70—2018 2-6；DA/T 22—2015",
    parameters=(
        Parameter(
            "gaps",
            ParameterKind.WORD,
            N_("有空号时：fail 不通过，warn 只提示（依法销毁后的空号）"),
            Outcome.FAIL.value,
            choices=(Outcome.FAIL.value, Outcome.WARN.value),
        ),
        Parameter("start", ParameterKind.COUNT, N_("流水号从几开始，0 表示不限"), 1, least=0, most=999_999),
    ),
)
class Continuity:
    """Running numbers begin at one and have no gaps within their prefix.

    Parameter ``gaps``: ``fail`` or, where items were lawfully disposed of, ``warn``.
    Parameter ``start``: the first number asked for; 0 where a batch may begin anywhere.
    """

    def __init__(self, probe: Probe) -> None:
        self._outcome = Outcome(probe.params.word("gaps"))
        self._start = probe.params.count("start")
        self._numbers: dict[str, set[int]] = {}

    def see(self, item: Item) -> Iterator[Finding]:
        code = normalise(item.facts.reference_code or item.value("archivalCode"))
        match = _NUMBERED.fullmatch(code)
        if match is None:
            message = N_("档号末段不是流水号，无从检测是否连续。")
            yield Finding(Outcome.NOT_RUN, message, place=at(item.facts), evidence=code)
        else:
            self._numbers.setdefault(match["prefix"], set()).add(int(match["number"]))

    def finish(self) -> Iterable[Finding]:
        for prefix, numbers in self._numbers.items():
            gaps = list(_gaps(numbers, self._start or min(numbers)))
            if gaps:
                missing = "、".join(gaps[:_MOST_GAPS]) + ("…" if len(gaps) > _MOST_GAPS else "")
                message = N_("“%(prefix)s”下的流水号不连续，缺 %(missing)s。")
                remedy = N_("请补齐缺件，或说明空号的原因。")
                params = {"prefix": prefix, "missing": missing}
                yield Finding(self._outcome, message, params, Place(reference_code=prefix), remedy=remedy)


def _gaps(numbers: set[int], start: int) -> Iterator[str]:
    expected = start
    for number in sorted(numbers):
        if number > expected:
            yield str(expected) if number == expected + 1 else f"{expected}–{number - 1}"
        expected = max(expected, number + 1)
