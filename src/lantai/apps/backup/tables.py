"""Lists of this app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from lantai.apps.backup.permissions import P
from lantai.apps.backup.states import DRILL, SET
from lantai.platform.ui.pages import states_of
from lantai.platform.ui.tables import Choice, Column, DateRange, Kind, Table

SET_STATES = states_of(SET.states)
DRILL_STATES = states_of(DRILL.states)


class PlanTable(Table):
    """Plans."""

    name = "backup.plans"
    noun = ngettext_lazy("%(n)s 个备份方案", "%(n)s 个备份方案", "number")
    order = "title"
    search = ("title", "place__title")
    export_permission = P.PLAN_READ
    columns = (
        Column("title", _("方案名称"), kind=Kind.TITLE, sort=True, link=lambda row: row.get_absolute_url()),
        Column("place__title", _("存储位置")),
        Column("second_place__title", _("第二存储位置")),
        Column("is_active", _("启用"), kind=Kind.FLAG),
        Column("full_every_hours", _("完整备份间隔（小时）"), kind=Kind.NUMBER),
        Column("increment_every_minutes", _("增量间隔（分钟）"), kind=Kind.NUMBER),
        Column("rpo_minutes", _("可容忍丢失（分钟）"), kind=Kind.NUMBER),
        Column("rto_minutes", _("恢复时限（分钟）"), kind=Kind.NUMBER),
        Column("org__name", _("管理单位"), default=False),
    )


class SetTable(Table):
    """Sets of all plans."""

    name = "backup.sets"
    noun = ngettext_lazy("%(n)s 个备份集", "%(n)s 个备份集", "number")
    order = "-begun_at"
    search = ("set_id", "plan__title")
    export_permission = P.PLAN_READ
    columns = (
        Column("set_id", _("备份集编号"), kind=Kind.CODE, link=lambda row: row.get_absolute_url()),
        Column("plan__title", _("备份方案")),
        Column("state", _("状态"), kind=Kind.STATE, states=SET_STATES),
        Column("begun_at", _("开始时间"), kind=Kind.MOMENT, sort=True),
        Column("covered_from", _("可恢复自"), kind=Kind.MOMENT),
        Column("covered_until", _("可恢复至"), kind=Kind.MOMENT),
        Column("increments", _("增量次数"), kind=Kind.NUMBER),
        Column("file_count", _("文件数"), kind=Kind.NUMBER),
        Column("byte_count", _("内容大小"), kind=Kind.SIZE, sort=True),
        Column("new_bytes", _("新增占用"), kind=Kind.SIZE, sort=True),
        Column("verified_at", _("通读校验时间"), kind=Kind.MOMENT, default=False),
    )
    filters = (Choice("state", _("状态"), choices=SET.choices), DateRange("begun_at", _("开始时间")))


class DrillTable(Table):
    """Drills of all plans."""

    name = "backup.drills"
    noun = ngettext_lazy("%(n)s 次恢复演练", "%(n)s 次恢复演练", "number")
    order = "-begun_at"
    search = ("plan__title",)
    export_permission = P.PLAN_READ
    columns = (
        Column("plan__title", _("备份方案"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("state", _("结论"), kind=Kind.STATE, states=DRILL_STATES),
        Column("begun_at", _("开始时间"), kind=Kind.MOMENT, sort=True),
        Column("rto_seconds", _("恢复用时（秒）"), kind=Kind.NUMBER),
        Column("rpo_seconds", _("可能丢失（秒）"), kind=Kind.NUMBER),
        Column("file_count", _("恢复文件数"), kind=Kind.NUMBER),
        Column("byte_count", _("恢复大小"), kind=Kind.SIZE),
    )
    filters = (Choice("state", _("结论"), choices=DRILL.choices), DateRange("begun_at", _("开始时间")))
