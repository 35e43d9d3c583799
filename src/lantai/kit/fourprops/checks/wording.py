"""Turning what others found into findings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lantai.kit.errors import N_
from lantai.kit.fourprops.facts import PackageProblem
from lantai.kit.fourprops.findings import Finding, Place, at
from lantai.kit.fourprops.registry import Item
from lantai.kit.fourprops.vocabulary import Outcome
from lantai.kit.metadata import ElementProblem

CORRECT_DESCRIPTION = N_("请更正元数据后重新检测。")
CATALOGUE_ONLY = "catalogue"  # the kind of a package that lists records without their content
RESEND = N_("请核对原文件并重新提交。")
NOT_COMPOSED = N_("这一种类的档案没有组成规则。")


def of_elements(
    item: Item, problems: Iterable[ElementProblem], outcome: Outcome = Outcome.FAIL
) -> Iterator[Finding]:
    """A finding for each problem of a description."""
    for problem in problems:
        place = at(item.facts, element=problem.element)
        yield Finding(outcome, problem.message, problem.params, place, remedy=CORRECT_DESCRIPTION)


def of_package(problems: tuple[PackageProblem, ...] | None, unexamined: str) -> Iterator[Finding]:
    """A finding for each problem a package reader reported; NOT_RUN where nobody looked."""
    if problems is None:
        yield Finding(Outcome.NOT_RUN, unexamined)
        return
    for problem in problems:
        outcome = Outcome.FAIL if problem.is_error else Outcome.WARN
        yield Finding(outcome, problem.message, problem.params, Place(path=problem.path), remedy=RESEND)
