"""1-10-2 and 3-3-2: do the figures of the description hold for the files, and are they good enough?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lantai.kit.errors import N_
from lantai.kit.fourprops.facts import Fact, FileFacts
from lantai.kit.fourprops.findings import Finding, at
from lantai.kit.fourprops.parameters import Column, Names, Parameter, ParameterKind
from lantai.kit.fourprops.registry import Item, Probe, check
from lantai.kit.fourprops.vocabulary import Need, Outcome, Property
from lantai.kit.metadata import Element
from lantai.kit.text.personal import mask

_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})(?:\.\d+)?", re.ASCII)
_NUMBER = re.compile(r"(\d{1,15}(?:\.\d{1,6})?)\s*[^\d.]{0,10}", re.ASCII)


@check(
    code="1-10-2",
    property=Property.AUTHENTICITY,
    name=N_("内容数据的电子属性一致性检测：技术元数据"),
    needs={Need.METADATA, Need.FILES},
    basis="DA/T 70—2018 1-10",
    parameters=(
        Parameter(
            "compare", ParameterKind.ROWS, N_("元数据项与从文件内容测得的值；允许误差以百分数计"), [],
            columns=(
                Column(N_("元数据项"), Names.ELEMENT),
                Column(N_("测得的值")),
                Column(N_("允许误差（%）"), Names.NUMBER),
            ),
        ),
    ),
)  # fmt: skip
def technical_elements(item: Item, probe: Probe) -> Iterator[Finding]:
    """What the description says of width, length or sender is what opening the files showed."""
    for identifier, name, percent in probe.params.rows("compare"):
        described = item.value(identifier)
        element = probe.elements.element(identifier)
        if described:
            yield from _compared(item, element, described, name, int(percent or 0))


def _compared(item: Item, element: Element, described: str, name: str, percent: int) -> Iterator[Finding]:
    found = [file.facts[name] for file in item.facts.files if name in file.facts and not file.is_attachment]
    place = at(item.facts, element=element)
    if not found:
        message = N_("文件中没有测得与“%(name)s”相当的值，无从比对。")
        yield Finding(Outcome.NOT_RUN, message, {"name": element.name}, place)
    elif not _agrees(described, found, name, percent):
        message = N_("“%(name)s”著录为“%(described)s”，文件中为“%(found)s”。")
        shown = "、".join(_shown(value) for value in found[:3])
        params = {"name": element.name, "described": mask(described[:60]), "found": mask(shown[:60])}
        remedy = N_("请按文件内容更正元数据，或核对文件是否放错。")
        yield Finding(Outcome.FAIL, message, params, place, remedy=remedy)


def _agrees(described: str, found: Sequence[Fact], name: str, percent: int) -> bool:
    """Equal to one of the found values, or to their sum where they are figures."""
    stated = _figure(described)
    if name.endswith("_ms"):
        stated = milliseconds(described)
    figures = [float(value) for value in found if isinstance(value, int | float)]
    if stated is None or not figures:
        return any(_text(described) == _text(_shown(value)) for value in found)
    leeway = stated * percent / 100
    if name.endswith("_ms"):
        leeway = max(leeway, 1000.0)  # a clock that shows whole seconds
    return any(abs(stated - figure) <= leeway for figure in (*figures, sum(figures)))


def _figure(text: str) -> float | None:
    match = _NUMBER.fullmatch(text.strip())
    return float(match[1]) if match else None


def milliseconds(text: str) -> float | None:
    """A length written hh:mm:ss, or in seconds; None where it is none."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        seconds = _figure(text)
        return None if seconds is None else seconds * 1000
    hours, minutes, seconds_of = (int(part or 0) for part in match.groups())
    return float(((hours * 60 + minutes) * 60 + seconds_of) * 1000)


def _shown(value: Fact) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "、".join(str(part) for part in value)
    return str(value)


def _text(value: str) -> str:
    return "".join(value.split()).casefold()


@check(
    code="3-3-2",
    property=Property.USABILITY,
    name=N_("内容数据格式检测：技术参数"),
    needs={Need.FILES},
    basis="DA/T 70—2018 3-3",
    parameters=(
        Parameter(
            "limits", ParameterKind.ROWS, N_("从文件内容测得的值应在的范围，空为不限"), [],
            columns=(
                Column(N_("测得的值")),
                Column(N_("不小于"), Names.NUMBER),
                Column(N_("不大于"), Names.NUMBER),
            ),
        ),
        Parameter(
            "outside", ParameterKind.WORD, N_("超出范围时：fail 不通过，warn 只提示"),
            Outcome.FAIL.value, choices=(Outcome.FAIL.value, Outcome.WARN.value),
        ),
    ),
)  # fmt: skip
def technical_limits(item: Item, probe: Probe) -> Iterator[Finding]:
    """Resolution, sampling and length are within the limits of the scheme, wherever they were measured."""
    outcome = Outcome(probe.params.word("outside"))
    for file in item.facts.files:
        for name, least, most in probe.params.rows("limits"):
            figure = _measured(file, name)
            if figure is None:
                continue
            if (least and figure < float(least)) or (most and figure > float(most)):
                message = N_("%(name)s 为 %(figure)s，应在 %(least)s 至 %(most)s 之间。")
                params = {"name": name, "figure": f"{figure:g}", "least": least or "0", "most": most or "∞"}
                remedy = N_("请按规定的技术参数重新数字化或转换。")
                yield Finding(outcome, message, params, at(item.facts, file), remedy=remedy)


def _measured(file: FileFacts, name: str) -> float | None:
    value = file.facts.get(name)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
