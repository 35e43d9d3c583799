"""How a standing and the lines of a report read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lantai.apps.backup.models import DrillFinding
from lantai.apps.backup.types import Light, Outcome, Standing
from lantai.platform.ui.types import State, Text, Tone

_TONES = {Light.GREEN: Tone.GOOD, Light.YELLOW: Tone.WARN, Light.RED: Tone.BAD}
_CODES: dict[str, Text] = {
    "signature": _("清单签名由本馆日志密钥作出"),
    "files": _("清单列出的文件全部恢复，摘要一致"),
    "table": _("数据表的行数和内容摘要一致"),
    "log_root": _("存证日志的条数和根一致"),
    "objects": _("每个信息包通过 OCFL 校验，摘要一致"),
    "packages": _("目录登记的每个信息包都已恢复，清单摘要一致"),
    "settings": _("设置一致"),
    "rto": _("恢复用时在时限之内"),
    "rpo": _("可能丢失的数据在容忍之内"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a report as people read it."""

    what: Text
    subject: str
    state: State
    expected: str
    found: str


def light(standing: Standing) -> State:
    """The colour of a plan as a badge."""
    return State(standing.light.label, _TONES[standing.light])


def lines(rows: Sequence[DrillFinding]) -> list[Line]:
    """What differs, one by one; below it what agrees, one line for each kind of comparison."""
    agreeing: dict[str, list[Line]] = {}
    for row in rows:
        if row.outcome == Outcome.PASS:
            agreeing.setdefault(row.code, []).append(line(row))
    differing = [line(row) for row in rows if row.outcome != Outcome.PASS]
    return [*differing, *(_together(found) for found in agreeing.values())]


def _together(found: Sequence[Line]) -> Line:
    if len(found) == 1:
        return found[0]
    count = ngettext("共 %(n)d 项", "共 %(n)d 项", len(found)) % {"n": len(found)}
    values = {(one.expected, one.found) for one in found}
    expected, restored = values.pop() if len(values) == 1 else ("", "")
    return replace(found[0], subject=count, expected=expected, found=restored)


def line(row: DrillFinding) -> Line:
    """One comparison as a line."""
    outcome = Outcome(row.outcome)
    tone = Tone.GOOD if outcome == Outcome.PASS else Tone.BAD
    return Line(
        _CODES.get(row.code, row.code), row.subject, State(outcome.label, tone), row.expected, row.found
    )
