"""1-9: the item of the standard whose name could not be confirmed, left for an archives to define."""

from __future__ import annotations

from collections.abc import Iterator

from lantai.kit.errors import N_
from lantai.kit.fourprops.checks.wording import CORRECT_DESCRIPTION
from lantai.kit.fourprops.findings import Finding, at
from lantai.kit.fourprops.parameters import Column, Names, Parameter, ParameterKind
from lantai.kit.fourprops.registry import Item, Probe, check_of_series
from lantai.kit.fourprops.vocabulary import Need, Outcome, Property
from lantai.kit.fourprops.worksheets import Question, WorksheetForm
from lantai.kit.text.personal import mask


@check_of_series(
    code="1-9",
    property=Property.AUTHENTICITY,
    name=N_("1-9（名称未经核实，由档案馆自行定义）"),
    needs={Need.METADATA},
    basis="DA/T 70—2018 1-9",
    parameters=(
        Parameter("title", ParameterKind.WORD, N_("本馆所据标准文本中 1-9 的名称"), ""),
        Parameter(
            "equal", ParameterKind.ROWS, N_("应当一致的两个元数据项"), [],
            columns=(Column(N_("元数据项"), Names.ELEMENT), Column(N_("应与之一致的项"), Names.ELEMENT)),
        ),
    ),
    worksheet=WorksheetForm(
        N_("按本馆所据的标准文本检测 1-9。"),
        (N_("对照标准文本中 1-9 的检测对象和方法。"),),
        (Question("title", N_("标准文本中 1-9 的名称")), Question("found", N_("检测情况"))),
        is_sampled=True,
    ),
)  # fmt: skip
class ArchivesOwn:
    """Pairs of elements are equal; with no pair set a person has to do what the archives' text says."""

    def __init__(self, probe: Probe) -> None:
        self._elements, self._pairs = probe.elements, probe.params.rows("equal")
        self._title = probe.params.word("title")

    def see(self, item: Item) -> Iterator[Finding]:
        for one, other in self._pairs:
            first, second = item.value(one), item.value(other)
            if first != second:
                element, against = self._elements.element(one), self._elements.element(other)
                message = N_("“%(name)s”与“%(other)s”不一致：%(first)s ≠ %(second)s。")
                params = {
                    "name": element.name,
                    "other": against.name,
                    "first": mask(first),
                    "second": mask(second),
                }
                place = at(item.facts, element=element)
                yield Finding(Outcome.FAIL, message, params, place, remedy=CORRECT_DESCRIPTION)

    def finish(self) -> Iterator[Finding]:
        if not self._pairs:
            message = N_("1-9（%(title)s）没有设定自动检测的内容，请人工检测。")
            yield Finding(Outcome.MANUAL, message, {"title": self._title})
