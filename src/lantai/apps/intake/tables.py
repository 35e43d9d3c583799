"""Lists of this app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.intake import queries
from lantai.apps.intake.states import SUBMISSION
from lantai.apps.intake.types import ItemVerdict, Mode
from lantai.platform.ui.pages import states_of
from lantai.platform.ui.tables import Choice, Column, DateRange, Kind, Range, Table
from lantai.platform.ui.types import State, Tone

STATES = states_of(SUBMISSION.states)
VERDICTS = {
    ItemVerdict.PENDING.value: State(ItemVerdict.PENDING.label, Tone.BUSY),
    ItemVerdict.PASSED.value: State(ItemVerdict.PASSED.label, Tone.GOOD),
    ItemVerdict.FAILED.value: State(ItemVerdict.FAILED.label, Tone.BAD),
    ItemVerdict.ACCEPTED.value: State(ItemVerdict.ACCEPTED.label, Tone.GOOD),
    ItemVerdict.RETURNED.value: State(ItemVerdict.RETURNED.label, Tone.WARN),
}


class SubmissionTable(Table):
    """Transfers, for those who send and those who receive."""

    name = "intake.submissions"
    noun = _("个移交批次")
    search = ("number", "title", "agency__name")
    columns = (
        Column("number", _("移交批次号"), kind=Kind.CODE, sort=True),
        Column("title", _("交接工作名称"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("agency__name", _("移交单位")),
        Column("archives__name", _("接收单位"), default=False),
        Column("mode", _("移交方式"), value=lambda row: row.get_mode_display()),
        Column("state", _("状态"), kind=Kind.STATE, states=STATES),
        Column("item_count", _("件数"), kind=Kind.NUMBER, sort=True),
        Column("failed_item_count", _("不合格件数"), kind=Kind.NUMBER, sort=True),
        Column("byte_count", _("数据量"), kind=Kind.SIZE, default=False),
        Column("submitted_at", _("提交时间"), kind=Kind.MOMENT, sort=True),
        Column("decided_at", _("办结时间"), kind=Kind.MOMENT),
    )
    filters = (
        Choice("state", _("状态"), choices=SUBMISSION.choices),
        Choice("mode", _("移交方式"), choices=Mode.choices),
        Range("failed_item_count", _("不合格件数")),
        DateRange("submitted_at", _("提交时间"), lookup="submitted_at__date"),
    )


class ItemTable(Table):
    """Items of one transfer with verdict and reasons."""

    name = "intake.items"
    noun = _("件")
    order = "item_key"
    search = ("reference_code", "title")
    columns = (
        Column("reference_code", _("档号"), kind=Kind.CODE, sort=True),
        Column("title", _("题名"), kind=Kind.TITLE),
        Column("kind__name", _("档案种类"), default=False),
        Column("verdict", _("结论"), kind=Kind.STATE, states=VERDICTS),
        Column("reasons", _("理由"), value=lambda row: "；".join(queries.reasons(row))),
    )
    filters = (Choice("verdict", _("结论"), choices=ItemVerdict.choices),)
