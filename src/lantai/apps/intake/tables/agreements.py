"""Lists of agreements, of the calendar, of announcements."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from lantai.apps.holdings import queries as holdings
from lantai.apps.intake.permissions import P
from lantai.apps.intake.states import AGREED, ANNOUNCED
from lantai.apps.intake.types import DueStatus, Mode
from lantai.platform.ui.pages import states_of
from lantai.platform.ui.tables import Bulk, Choice, Column, DateRange, Kind, Range, Table
from lantai.platform.ui.types import State, Tone

AGREEMENT_STATES = states_of(AGREED.states)
ANNOUNCEMENT_STATES = states_of(ANNOUNCED.states)
DUE_STATES = {
    DueStatus.PLANNED.value: State(DueStatus.PLANNED.label),
    DueStatus.SOON.value: State(DueStatus.SOON.label, Tone.WARN),
    DueStatus.OVERDUE.value: State(DueStatus.OVERDUE.label, Tone.BAD),
    DueStatus.DONE.value: State(DueStatus.DONE.label, Tone.GOOD),
    DueStatus.WAIVED.value: State(DueStatus.WAIVED.label),
}


def _kinds() -> list[tuple[str, str]]:
    return [(kind.slug, _(kind.name)) for kind in holdings.kinds()]


class AgreementTable(Table):
    """Agreements, every version."""

    name = "intake.agreements"
    noun = ngettext_lazy("%(n)s 份协议", "%(n)s 份协议", "number")
    search = ("number", "title", "agency__name")
    columns = (
        Column("number", _("协议编号"), kind=Kind.CODE, sort=True),
        Column("version", _("版次"), kind=Kind.NUMBER, sort=True),
        Column("title", _("协议名称"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("agency__name", _("移交单位")),
        Column("archives__name", _("接收单位"), default=False),
        Column("state", _("状态"), kind=Kind.STATE, states=AGREEMENT_STATES),
        Column("due_within_years", _("移交期限（年）"), kind=Kind.NUMBER),
        Column("valid_from", _("施行日期"), kind=Kind.DATE, sort=True),
        Column("valid_until", _("终止日期"), kind=Kind.DATE),
    )
    filters = (
        Choice("state", _("状态"), choices=AGREED.choices),
        DateRange("valid_from", _("施行日期")),
    )


class DueTable(Table):
    """The calendar of what is due when."""

    name = "intake.dues"
    noun = ngettext_lazy("%(n)s 项应移交", "%(n)s 项应移交", "number")
    order = "deadline"
    search = ("agency__name", "kind__name")
    columns = (
        Column("deadline", _("期限"), kind=Kind.DATE, sort=True),
        Column("title", _("应移交"), kind=Kind.TITLE, value=str, link=lambda row: row.get_absolute_url()),
        Column("agency__name", _("移交单位")),
        Column("archives__name", _("接收单位"), default=False),
        Column("status", _("状态"), kind=Kind.STATE, states=DUE_STATES),
        Column("extended_to", _("延期至"), kind=Kind.DATE, default=False),
        Column("extension_basis", _("延期依据"), default=False),
        Column("settled_by__number", _("完成的批次"), kind=Kind.CODE),
        Column("reminded_on", _("最近提醒"), kind=Kind.DATE, default=False),
    )
    filters = (
        Choice("status", _("状态"), choices=DueStatus.choices, facet=False),
        Choice("kind", _("档案种类"), choices=_kinds, lookup="kind__slug"),
        Range("year", _("年度")),
        DateRange("deadline", _("期限")),
    )
    bulk = (
        Bulk(
            "waive",
            _("免予移交"),
            "intake:waive_dues",
            permissions=(P.SUBMISSION_DECIDE,),
            needs_reason=True,
        ),
    )


class AnnouncementTable(Table):
    """Announcements."""

    name = "intake.announcements"
    noun = ngettext_lazy("%(n)s 份预告", "%(n)s 份预告", "number")
    search = ("number", "title", "agency__name")
    columns = (
        Column("number", _("预告编号"), kind=Kind.CODE, sort=True),
        Column("title", _("交接工作名称"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("agency__name", _("移交单位")),
        Column("kind__name", _("档案种类"), value=lambda row: _(row.kind.name)),
        Column("mode", _("移交方式"), value=lambda row: row.get_mode_display()),
        Column("item_count", _("预计件数"), kind=Kind.NUMBER, sort=True),
        Column("byte_count", _("预计数据量"), kind=Kind.SIZE, default=False),
        Column("planned_on", _("计划移交日期"), kind=Kind.DATE, sort=True),
        Column("proposed_on", _("档案馆建议日期"), kind=Kind.DATE),
        Column("state", _("状态"), kind=Kind.STATE, states=ANNOUNCEMENT_STATES),
    )
    filters = (
        Choice("state", _("状态"), choices=ANNOUNCED.choices),
        Choice("mode", _("移交方式"), choices=Mode.choices),
        DateRange("planned_on", _("计划移交日期")),
    )
