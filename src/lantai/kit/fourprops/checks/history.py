"""2-5 and 2-9: are the acts on record, in their order, and was all filed that should be?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise

from lantai.kit.errors import N_
from lantai.kit.fourprops.facts import EventFacts
from lantai.kit.fourprops.findings import Finding, Place, at
from lantai.kit.fourprops.parameters import Parameter, ParameterKind
from lantai.kit.fourprops.registry import Item, Probe, check, check_of_package
from lantai.kit.fourprops.vocabulary import Need, Outcome, Property
from lantai.kit.fourprops.worksheets import Answer, Question, WorksheetForm

_COMPLETE = N_("请补充过程信息，或由业务系统重新导出。")


@check(
    code="2-5",
    property=Property.INTEGRITY,
    name=N_("过程信息完整性检测"),
    needs=set(),
    basis="DA/T 70—2018 2-5",
    parameters=(
        Parameter("least", ParameterKind.COUNT, N_("每件至少有几条过程信息"), 0, least=0, most=1000),
        Parameter("required", ParameterKind.WORDS, N_("必须记录的业务行为，如 起草、签发、归档"), []),
        Parameter("is_ordered", ParameterKind.FLAG, N_("必须记录的业务行为应按所列先后发生"), False),
    ),
    worksheet=WorksheetForm(
        N_("抽查没有过程信息的档案，确认是否确无办理过程、重要稿本和处理单是否齐全。"),
        (
            N_("在业务系统中查找该件的起草、审核、签发、收发记录。"),
            N_("重要文件应有历次修改稿和处理单。"),
        ),
        (
            Question("has_no_process", N_("确无办理过程"), Answer.YES_NO),
            Question("drafts_are_kept", N_("重要稿本和处理单齐全"), Answer.YES_NO),
        ),
        is_sampled=True,
    ),
)
def history(item: Item, probe: Probe) -> Iterator[Finding]:
    """The required acts are recorded, each with its time and its agent, in their order where one is set."""
    events, place = item.facts.events, at(item.facts)
    least, required = probe.params.count("least"), probe.params.words("required")
    if len(events) < least:
        message = N_("过程信息只有 %(count)d 条，至少应有 %(least)d 条。")
        params: dict[str, str | int] = {"count": len(events), "least": least}
        yield Finding(Outcome.FAIL, message, params, place, remedy=_COMPLETE)
    elif not events and not required:
        yield Finding(Outcome.MANUAL, N_("没有过程信息，请人工确认是否确无办理过程。"), place=place)
    done = {event.action for event in events}
    for action in required:
        if action not in done:
            message = N_("过程信息缺少“%(action)s”。")
            yield Finding(Outcome.FAIL, message, {"action": action}, place, remedy=_COMPLETE)
    for event in events:
        if event.at is None or not event.agent.strip():
            message = N_("过程信息“%(action)s”缺少时间或责任人。")
            yield Finding(Outcome.FAIL, message, {"action": event.action}, place, remedy=_COMPLETE)
    if probe.params.flag("is_ordered"):
        yield from _out_of_order(events, required, place)


def _out_of_order(events: Sequence[EventFacts], required: Sequence[str], place: Place) -> Iterator[Finding]:
    """Each required act began no earlier than the one required before it."""
    times = [(action, _first(events, action)) for action in required]
    known = [(action, moment) for action, moment in times if moment is not None]
    for (before, first), (after, second) in pairwise(known):
        if second < first:
            message = N_("“%(after)s”早于“%(before)s”，过程先后不合。")
            params = {"before": before, "after": after}
            yield Finding(Outcome.FAIL, message, params, place, remedy=_COMPLETE)


def _first(events: Sequence[EventFacts], action: str) -> datetime | None:
    moments = [event.at for event in events if event.action == action and event.at is not None]
    return min((moment if moment.tzinfo else moment.replace(tzinfo=UTC) for moment in moments), default=None)


@check_of_package(
    code="2-9",
    property=Property.INTEGRITY,
    name=N_("归档范围检测"),
    needs={Need.PERSON},
    basis="DA/T 70—2018 2-9",
    worksheet=WorksheetForm(
        N_("对照归档范围和年度归档计划，确认应归档的文件已全部归档。"),
        (
            N_("按门类、机构（问题）核对归档计划中的每一类。"),
            N_("抽查收发文登记簿，看有无登记而未归档的文件。"),
        ),
        (
            Question("plan", N_("依据的归档范围或计划")),
            Question("missing", N_("应归未归的文件")),
        ),
    ),
)
def scope(probe: Probe) -> Iterator[Finding]:
    """What the plan counts is held against what was filed; without a plan only a person can tell."""
    plan = probe.environment.plan
    if plan is None:
        message = N_("请对照归档范围和年度归档计划，确认应归档的文件已全部归档。")
        remedy = N_("系统中没有登记各类应归件数的年度计划，只能人工核对。")
        yield Finding(Outcome.MANUAL, message, remedy=remedy)
    for line in plan or ():
        if line.filed < line.planned:
            message = N_("归档计划中“%(title)s”应归 %(planned)d 件，已归 %(filed)d 件。")
            params: dict[str, str | int] = {"title": line.title, "planned": line.planned, "filed": line.filed}
            remedy = N_("请补齐，或在归档计划中注明原因。")
            yield Finding(Outcome.FAIL, message, params, Place(reference_code=line.code), remedy=remedy)
