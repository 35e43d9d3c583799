"""The approval as an official paper."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from lantai.apps.singleset import queries
from lantai.apps.singleset.models import Assessment
from lantai.apps.singleset.types import AssessmentState
from lantai.kit.errors import Missing
from lantai.platform.documents import services as documents

TEMPLATES = Path(__file__).resolve().parent / "typst"


def approval_pdf(row: Assessment) -> bytes:
    """PDF/A of an approval in force; raises ``Missing`` where there is none."""
    if row.state != AssessmentState.APPROVED:
        raise Missing
    with translation.override("zh-hans"):  # the paper is an official one: Chinese, whoever asks
        return documents.render("approval.typ", _data(row), root=TEMPLATES, made_at=timezone.now())


def _data(row: Assessment) -> dict[str, object]:
    terms, answers = queries.terms_of(row), queries.answers_of(row.pk)
    rows = [
        [one.code, one.text, str(answers[one.code].get_review_level_display()), answers[one.code].review_note]
        for one in terms.criteria
    ]
    return {
        "archives": row.approved_by,
        "title": _("电子档案单套管理批准书"),
        "source": row.citation,
        "facts": [
            [_("立档单位"), row.org.name],
            [_("档案种类"), _("、").join(row.kinds.values_list("name", flat=True))],
            [_("业务系统和档案系统"), row.systems],
            [_("单套起始日期"), row.valid_from.isoformat() if row.valid_from else ""],
            [_("复查日期"), row.recheck_on.isoformat() if row.recheck_on else ""],
            [_("审核得分"), str(row.review_score)],
            [_("评估标准"), terms.citation],
        ],
        "head": [_("序号"), _("评估条目"), _("审核"), _("审核意见")],
        "rows": rows,
        "list_title": _("审核结果"),
    }
