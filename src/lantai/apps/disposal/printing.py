"""销毁清册 as an official paper."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from lantai.apps.disposal.models import DisposalList
from lantai.apps.disposal.states import LIST
from lantai.apps.disposal.types import OBJECT, NotDestroyedYet, Verdict
from lantai.platform.documents import services as documents
from lantai.platform.workflow import queries as workflow

TEMPLATES = Path(__file__).resolve().parent / "typst"
_SIGNED = {"submit", "conclude", "approve_first", "approve_second", "execute"}


def register_pdf(row: DisposalList) -> bytes:
    """PDF/A of an executed list with those who signed it; raises ``NotDestroyedYet``."""
    if row.destroyed_at is None:
        raise NotDestroyedYet
    with translation.override("zh-hans"):  # an official paper is Chinese, whoever asks
        return documents.render("register.typ", _said(row), root=TEMPLATES, made_at=row.destroyed_at)


def _said(row: DisposalList) -> dict[str, object]:
    assert row.destroyed_at is not None
    year = timezone.localdate(row.destroyed_at).year
    lines = row.lines.filter(verdict=Verdict.DESTROY).order_by("reference_code", "pk")
    return {
        "archives": row.org.name,
        "title": _("档案销毁清册"),
        "number": row.number,
        "source": _("依据：%(title)s") % {"title": row.title},
        "facts": [
            [_("销毁理由"), row.reason],
            [_("销毁方式"), row.method],
            [_("销毁地点"), row.place],
            [_("销毁时间"), timezone.localtime(row.destroyed_at).strftime("%Y-%m-%d %H:%M")],
            [_("执行人"), row.executor_name],
            [_("监销人"), "、".join(row.supervisors.values_list("name", flat=True))],
            [_("鉴定小组"), "、".join(f"{o.member_name}（{o.duty}）" for o in row.opinions.all())],
            *_signatures(row),
        ],
        "head": [_("序号"), _("档号"), _("题名"), _("责任者"), _("日期"), _("页数"), _("原保管期限"),
                 _("已保管年限"), _("备注")],
        "rows": [
            [str(n), one.reference_code, one.title, one.author, one.dated_on.isoformat() if one.dated_on else "",
             "" if one.page_count is None else str(one.page_count), one.retention,
             str(year - one.dated_on.year) if one.dated_on else "", one.note]
            for n, one in enumerate(lines.iterator(chunk_size=2000), 1)
        ],
    }  # fmt: skip


def _signatures(row: DisposalList) -> list[list[str]]:
    labels = {str(move.label) for move in LIST.moves if move.name in _SIGNED}
    steps = [step for step in workflow.timeline(OBJECT, row.pk) if str(step.label) in labels]
    return [
        [str(step.label), f"{step.actor_name}，{timezone.localtime(step.at):%Y-%m-%d %H:%M}"]
        for step in steps
    ]
