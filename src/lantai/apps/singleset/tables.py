"""Lists of this app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from lantai.apps.singleset.permissions import P
from lantai.apps.singleset.states import ASSESSMENT
from lantai.platform.ui.pages import states_of
from lantai.platform.ui.tables import Choice, Column, DateRange, Kind, Table

STATES = states_of(ASSESSMENT.states)


class AssessmentTable(Table):
    """Rounds of assessment."""

    name = "singleset.assessments"
    noun = ngettext_lazy("%(n)s 次评估", "%(n)s 次评估", "number")
    order = "-id"
    search = ("org__name", "systems", "citation")
    export_permission = P.ASSESSMENT_READ
    columns = (
        Column(
            "org__name", _("立档单位"), kind=Kind.TITLE, sort=True, link=lambda row: row.get_absolute_url()
        ),
        Column("number", _("次数"), kind=Kind.NUMBER),
        Column("state", _("状态"), kind=Kind.STATE, states=STATES),
        Column("self_score", _("自评得分"), kind=Kind.NUMBER),
        Column("review_score", _("审核得分"), kind=Kind.NUMBER),
        Column("valid_from", _("单套起始日期"), kind=Kind.DATE, sort=True),
        Column("recheck_on", _("复查日期"), kind=Kind.DATE, sort=True),
        Column("drafted_at", _("开始时间"), kind=Kind.MOMENT, sort=True),
        Column("systems", _("业务系统和档案系统"), default=False),
        Column("citation", _("批复文号"), default=False),
    )
    filters = (
        Choice("state", _("状态"), choices=ASSESSMENT.choices),
        DateRange("recheck_on", _("复查日期")),
    )
