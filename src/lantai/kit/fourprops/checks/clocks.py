"""1-5-2: do the clocks of sender and receiver agree? Our own split of 1-5."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from lantai.kit.errors import N_
from lantai.kit.fourprops.findings import Finding, at
from lantai.kit.fourprops.parameters import Parameter, ParameterKind
from lantai.kit.fourprops.registry import Item, Probe, check_of_series
from lantai.kit.fourprops.vocabulary import Outcome, Property

_SET_CLOCK = N_("请校准业务系统和服务器的时钟；记录的先后以接收序号为准。")
_EASTMOST = timedelta(hours=14)


@check_of_series(
    code="1-5-2",
    property=Property.AUTHENTICITY,
    name=N_("元数据项数据值合理性检测：系统时钟偏差"),
    needs=set(),
    basis="DA/T 70—2018 1-5",
    parameters=(
        Parameter(
            "most_minutes", ParameterKind.COUNT, N_("允许的时钟偏差（分钟）"), 10, least=0, most=1440
        ),
    ),
)  # fmt: skip
class Clocks:
    """A clock that is wrong is told and fails nothing: what came first is known by the order of receipt."""

    def __init__(self, probe: Probe) -> None:
        environment = probe.environment
        self._most = timedelta(minutes=probe.params.count("most_minutes"))
        self._sent, self._received = environment.sent_at, environment.received_at
        # without a time of receipt, the whole day of the test counts as now
        end_of_day = datetime.combine(environment.checked_on, time.max, tzinfo=UTC) + timedelta(hours=12)
        self._now = _aware(self._received) if self._received else end_of_day

    def see(self, item: Item) -> Iterator[Finding]:
        for event in item.facts.events:
            if event.at is not None and _earliest(event.at) - self._now > self._most:
                message = N_("“%(action)s”的时间 %(at)s 晚于接收时间，业务系统的时钟可能偏快。")
                params = {"action": event.action, "at": event.at.isoformat()}
                yield Finding(Outcome.WARN, message, params, at(item.facts), remedy=_SET_CLOCK)

    def finish(self) -> Iterator[Finding]:
        if self._sent is None or self._received is None:
            return
        lead = _aware(self._sent) - _aware(self._received)
        if lead > self._most:
            message = N_("发送方的时钟比接收方快约 %(minutes)d 分钟。")
            minutes = int(lead.total_seconds() // 60)
            yield Finding(Outcome.WARN, message, {"minutes": minutes}, remedy=_SET_CLOCK)


def _earliest(moment: datetime) -> datetime:
    """A day without an hour comes as its midnight in UTC; east of Greenwich it began before that."""
    aware = _aware(moment)
    is_day = aware.utcoffset() == timedelta(0) and aware.time() == time.min
    return aware - _EASTMOST if is_day else aware


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
