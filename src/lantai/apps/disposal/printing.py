"""销毁清册 as an official paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from lantai.apps.disposal.models import DisposalLine, DisposalList
from lantai.apps.disposal.types import OBJECT, SUPERVISORS, ListState, NotConcludedYet, Verdict
from lantai.platform.documents import services as documents
from lantai.platform.workflow.models import Transition

TEMPLATES = Path(__file__).resolve().parent / "typst"
UNDER_APPRAISAL = (ListState.DRAFTING, ListState.APPRAISING)
_ARCHIVES, _BUSINESS = "档案部门", "业务部门"  # as the duty of a member of the group is entered


def register_pdf(row: DisposalList) -> bytes:
    """PDF/A of a list with those who sign it: those who did by name, the others with a place to do so.

    Raises ``NotConcludedYet`` while the group may still change the list.
    """
    if row.state in UNDER_APPRAISAL:
        raise NotConcludedYet
    made_at = row.destroyed_at or timezone.now()
    with translation.override("zh-hans"):  # an official paper is Chinese, whoever asks
        return documents.render("register.typ", _said(row, made_at), root=TEMPLATES, made_at=made_at)


def _said(row: DisposalList, made_at: datetime) -> dict[str, object]:
    lines = row.lines.filter(verdict=Verdict.DESTROY).order_by("reference_code", "pk")
    year = timezone.localdate(made_at).year
    return {
        "archives": row.org.name,
        "title": _("档案销毁清册"),
        "notice": "" if row.destroyed_at else _("送审稿，尚未执行（%(state)s）") % {"state": row.get_state_display()},
        "number": row.number,
        "source": _("依据：%(title)s") % {"title": row.title},
        "facts": list(_facts(row, lines.count())),
        "head": [_("序号"), _("档号"), _("题名"), _("责任者"), _("日期"), _("页数"), _("原保管期限"),
                 _("已保管年限"), _("销毁理由"), _("备注")],
        "rows": [_line(row, one, n, year) for n, one in enumerate(lines.iterator(chunk_size=2000), 1)],
        "signers": list(_signers(row)),
    }  # fmt: skip


def _facts(row: DisposalList, count: int) -> Iterator[list[str]]:
    yield [_("销毁件数"), str(count)]
    yield [_("销毁方式"), row.method]
    yield [_("销毁地点"), row.place]
    yield [_("销毁时间"), _moment(row.destroyed_at) if row.destroyed_at else ""]
    yield [_("鉴定小组"), "、".join(f"{one.member_name}（{one.duty}）" for one in row.opinions.all())]


def _line(row: DisposalList, one: DisposalLine, number: int, year: int) -> list[str]:
    return [
        str(number),
        one.reference_code,
        one.title,
        one.author,
        one.dated_on.isoformat() if one.dated_on else "",
        "" if one.page_count is None else str(one.page_count),
        _("永久") if one.retention == "Y" else _("%(n)s年") % {"n": one.retention.removeprefix("D")},
        str(year - one.dated_on.year) if one.dated_on else "",
        row.reason,
        one.note,
    ]


def _signers(row: DisposalList) -> Iterator[list[str]]:
    """Label, name and moment of each place to sign; empty where nobody has."""
    steps = {step.move: step for step in _steps(row)}
    opinions = list(row.opinions.all())
    approved, confirmed, executed = (steps.get(n) for n in ("approve_first", "approve_second", "execute"))
    yield [_("单位负责人"), *_signed(confirmed)]
    yield [_("审批人"), *_signed(approved)]
    for duty, label in ((_ARCHIVES, _("档案部门负责人")), (_BUSINESS, _("业务部门负责人"))):
        spoke = next((one for one in opinions if duty in one.duty), None)
        yield [label, spoke.member_name if spoke else "", _moment(spoke.given_at) if spoke else ""]
    yield [_("执行人"), *_signed(executed)]
    watched = list(row.supervisors.all())
    for one in watched:
        label = _("监销人 %(name)s") % {"name": one.name}  # who has not confirmed signs by hand
        yield [label, one.name, _moment(one.confirmed_at)] if one.confirmed_at else [label, "", ""]
    for _n in range(len(watched), SUPERVISORS):
        yield [_("监销人"), "", ""]


def _steps(row: DisposalList) -> list[Transition]:
    """The steps of a list since it was last sent back, in order."""
    steps = list(Transition.objects.filter(object_type=OBJECT, object_id=str(row.pk)).order_by("pk"))
    since = max((n for n, step in enumerate(steps, 1) if step.move == "send_back"), default=0)
    return steps[since:]


def _signed(step: Transition | None) -> tuple[str, str]:
    return (step.actor_name, _moment(step.at)) if step else ("", "")


def _moment(at: datetime) -> str:
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
