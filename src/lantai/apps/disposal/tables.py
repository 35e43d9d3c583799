"""Lists of this app."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from lantai.apps.disposal.permissions import P
from lantai.apps.disposal.states import LIST
from lantai.apps.disposal.types import HoldScope, Verdict
from lantai.apps.holdings import queries as holdings
from lantai.platform.ui.pages import states_of
from lantai.platform.ui.tables import Choice, Column, DateRange, Kind, Table
from lantai.platform.ui.types import State, Tone

STATES = states_of(LIST.states)
VERDICTS = {
    Verdict.DESTROY.value: State(Verdict.DESTROY.label, Tone.WARN),
    Verdict.KEEP.value: State(Verdict.KEEP.label, Tone.GOOD),
}


class ListTable(Table):
    """Destruction lists."""

    name = "disposal.lists"
    noun = ngettext_lazy("%(n)s 份清册", "%(n)s 份清册", "number")
    search = ("number", "title", "reason", "drafter_name")
    export_permission = P.LIST_READ
    columns = (
        Column("number", _("清册编号"), kind=Kind.CODE, sort=True),
        Column("title", _("名称"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("state", _("状态"), kind=Kind.STATE, states=STATES),
        Column("line_count", _("销毁件数"), kind=Kind.NUMBER),
        Column("byte_sum", _("字节数"), kind=Kind.SIZE),
        Column("drafter_name", _("提出人")),
        Column("drafted_at", _("提出时间"), kind=Kind.MOMENT, sort=True),
        Column("destroyed_at", _("销毁时间"), kind=Kind.MOMENT, sort=True),
        Column("org__name", _("保管单位"), default=False),
    )
    filters = (
        Choice("state", _("状态"), choices=LIST.choices),
        DateRange("drafted_at", _("提出时间"), lookup="drafted_at__date"),
        DateRange("destroyed_at", _("销毁时间"), lookup="destroyed_at__date"),
    )


class LineTable(Table):
    """What stands on a list: the register that is kept."""

    name = "disposal.lines"
    noun = ngettext_lazy("%(n)s 件", "%(n)s 件", "number")
    order = "reference_code"
    search = ("reference_code", "title", "author")
    export_permission = P.LIST_READ
    columns = (
        Column("reference_code", _("档号"), kind=Kind.CODE, sort=True),
        Column(
            "title",
            _("题名"),
            kind=Kind.TITLE,
            link=lambda row: reverse("disposal:line", args=[row.pk]),
        ),
        Column("author", _("责任者")),
        Column("dated_on", _("日期"), kind=Kind.DATE, sort=True),
        Column("page_count", _("页数"), kind=Kind.NUMBER),
        Column("retention", _("原保管期限"), value=lambda row: holdings.retention_said(row.retention)),
        Column("expired_on", _("期满日期"), kind=Kind.DATE, sort=True),
        Column("verdict", _("鉴定结论"), kind=Kind.STATE, states=VERDICTS),
        Column("file_count", _("文件数"), kind=Kind.NUMBER, default=False),
        Column("destroyed_at", _("销毁时间"), kind=Kind.MOMENT),
        Column("note", _("备注")),
    )
    filters = (
        Choice("verdict", _("鉴定结论"), choices=Verdict.choices),
        DateRange("expired_on", _("期满日期")),
    )


class HoldTable(Table):
    """Legal holds."""

    name = "disposal.holds"
    noun = ngettext_lazy("%(n)s 项保全", "%(n)s 项保全", "number")
    search = ("target_name", "reason", "basis")
    export_permission = P.HOLD_READ
    columns = (
        Column("target_name", _("对象"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("scope", _("范围"), value=lambda row: row.get_scope_display()),
        Column("reason", _("原因")),
        Column("basis", _("依据文书"), default=False),
        Column("placed_by", _("登记人")),
        Column("placed_at", _("登记时间"), kind=Kind.MOMENT, sort=True),
        Column("ends_on", _("到期日"), kind=Kind.DATE, sort=True),
        Column("lifted_at", _("解除时间"), kind=Kind.MOMENT),
    )
    filters = (Choice("scope", _("范围"), choices=HoldScope.choices), DateRange("ends_on", _("到期日")))
