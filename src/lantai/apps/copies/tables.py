"""Lists of this app."""

from __future__ import annotations

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from lantai.apps.copies.permissions import P
from lantai.apps.copies.states import CLEARING
from lantai.apps.copies.types import (
    ClearanceState,
    CopyState,
    DamageKind,
    MoveState,
    OrphanKind,
    ReadingKind,
    Settlement,
)
from lantai.platform.ui.pages import states_of
from lantai.platform.ui.tables import Choice, Column, DateRange, Flag, Kind, Table
from lantai.platform.ui.types import State, Tone

STATES = {
    CopyState.WANTED.value: State(CopyState.WANTED.label, Tone.WARN),
    CopyState.COPYING.value: State(CopyState.COPYING.label, Tone.BUSY),
    CopyState.WHOLE.value: State(CopyState.WHOLE.label, Tone.GOOD),
    CopyState.DAMAGED.value: State(CopyState.DAMAGED.label, Tone.BAD),
    CopyState.MISSING.value: State(CopyState.MISSING.label, Tone.BAD),
    CopyState.RETIRED.value: State(CopyState.RETIRED.label, Tone.PLAIN),
}
MOVE_STATES = {
    MoveState.OPEN.value: State(MoveState.OPEN.label, Tone.BUSY),
    MoveState.DONE.value: State(MoveState.DONE.label, Tone.GOOD),
    MoveState.STOPPED.value: State(MoveState.STOPPED.label, Tone.WARN),
}
CLEARANCE_STATES = states_of(CLEARING.states)
REPAIR = {
    "repaired": State(_("已修复"), Tone.GOOD),
    "open": State(_("待修复"), Tone.WARN),
    "lost": State(_("无可信副本"), Tone.BAD),
}


def repair_state(row: object) -> str:
    """How a damage stands."""
    if getattr(row, "repaired_at", None):
        return "repaired"
    return "lost" if getattr(row, "is_lost", False) else "open"


class CopyTable(Table):
    """Copies of packages."""

    name = "copies.copies"
    noun = ngettext_lazy("%(n)s 份副本", "%(n)s 份副本", "number")
    search = ("package__title", "package__object_id")
    export_permission = P.COPY_READ
    columns = (
        Column(
            "package__title",
            _("信息包"),
            kind=Kind.TITLE,
            link=lambda row: reverse("copies:package", args=[row.package_id]),
        ),
        Column("package__fonds__name", _("全宗")),
        Column("place__title", _("存储位置")),
        Column("state", _("状态"), kind=Kind.STATE, states=STATES),
        Column("version", _("版本"), kind=Kind.NUMBER),
        Column("file_count", _("文件数"), kind=Kind.NUMBER, default=False),
        Column("byte_count", _("数据量"), kind=Kind.SIZE, sort=True),
        Column("verified_at", _("最近校验"), kind=Kind.MOMENT, sort=True),
        Column("is_wanted", _("策略要求"), kind=Kind.FLAG, default=False),
        Column("why", _("说明")),
    )
    filters = (
        Choice("state", _("状态"), choices=CopyState.choices),
        Flag("is_wanted", _("策略要求")),
        Flag("is_due", _("待写入")),
        DateRange("verified_at", _("最近校验"), lookup="verified_at__date"),
    )

    def row_url(self, row: Model) -> str:
        """The copies of the same package."""
        return reverse("copies:package", args=[row.package_id])  # type: ignore[attr-defined]


class PolicyTable(Table):
    """Policies."""

    name = "copies.policies"
    noun = ngettext_lazy("%(n)s 条策略", "%(n)s 条策略", "number")
    search = ("title",)
    export_permission = P.COPY_READ
    columns = (
        Column("title", _("名称"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("org__name", _("保管单位")),
        Column("fonds__name", _("全宗")),
        Column("source_type", _("包类")),
        Column("copy_count", _("副本数"), kind=Kind.NUMBER, sort=True),
        Column("site_count", _("至少地点数"), kind=Kind.NUMBER),
        Column("medium_count", _("至少介质数"), kind=Kind.NUMBER),
        Column("cycle_days", _("校验周期（天）"), kind=Kind.NUMBER, sort=True),
        Column(
            "rate_mb_s",
            _("速率上限（MB/s）"),
            value=lambda row: str(row.rate_mb_s) if row.rate_mb_s else _("不限"),
        ),
        Column("changed_at", _("修改时间"), kind=Kind.MOMENT, sort=True),
    )


class ReadingTable(Table):
    """Rounds of reading."""

    name = "copies.readings"
    noun = ngettext_lazy("%(n)s 轮校验", "%(n)s 轮校验", "number")
    export_permission = P.COPY_READ
    columns = (
        Column("id", _("编号"), kind=Kind.CODE, sort=True, link=lambda row: row.get_absolute_url()),
        Column("kind", _("缘由"), value=lambda row: row.get_kind_display()),
        Column("org__name", _("保管单位")),
        Column("place__title", _("存储位置")),
        Column("fonds__name", _("全宗"), default=False),
        Column("started_at", _("开始时间"), kind=Kind.MOMENT, sort=True),
        Column("finished_at", _("结束时间"), kind=Kind.MOMENT),
        Column("copy_count", _("已读副本"), kind=Kind.NUMBER),
        Column("file_count", _("已读文件"), kind=Kind.NUMBER),
        Column("byte_count", _("已读数据量"), kind=Kind.SIZE),
        Column("damage_count", _("异常"), kind=Kind.NUMBER),
        Column("repaired_count", _("已修复"), kind=Kind.NUMBER),
    )
    filters = (
        Choice("kind", _("缘由"), choices=ReadingKind.choices),
        DateRange("started_at", _("开始时间"), lookup="started_at__date"),
    )


class DamageTable(Table):
    """What was found wrong, and what became of it."""

    name = "copies.damages"
    noun = ngettext_lazy("%(n)s 个异常", "%(n)s 个异常", "number")
    search = ("path", "copy__package__title")
    export_permission = P.COPY_READ
    columns = (
        Column("copy__place__title", _("存储位置")),
        Column(
            "copy__package__title",
            _("信息包"),
            kind=Kind.TITLE,
            link=lambda row: reverse("copies:package", args=[row.copy.package_id]),
        ),
        Column("path", _("文件"), kind=Kind.CODE, value=lambda row: row.path or _("整个对象")),
        Column("kind", _("异常"), value=lambda row: row.get_kind_display()),
        Column("repaired_at", _("处置"), kind=Kind.STATE, value=repair_state, states=REPAIR),
        Column("repaired_from__title", _("修复来源")),
        Column("lying_place__title", _("答错的位置")),
        Column("found_at", _("发现时间"), kind=Kind.MOMENT, sort=True),
        Column("repaired", _("修复时间"), kind=Kind.MOMENT, value=lambda row: row.repaired_at, default=False),
        Column("expected_sha512", _("应有摘要"), kind=Kind.CODE, default=False),
        Column("found_sha512", _("读到的摘要"), kind=Kind.CODE, default=False),
        Column("kept_as", _("隔离件"), kind=Kind.CODE, default=False),
    )
    filters = (
        Choice("kind", _("异常"), choices=DamageKind.choices),
        Flag("open", _("待修复"), lookup="repaired_at__isnull"),
        Flag("is_lost", _("无可信副本")),
        DateRange("found_at", _("发现时间"), lookup="found_at__date"),
    )

    def row_url(self, row: Model) -> str:
        """The copies of the package."""
        return reverse("copies:package", args=[row.copy.package_id])  # type: ignore[attr-defined]


class MoveTable(Table):
    """Moves and retirements."""

    name = "copies.moves"
    noun = ngettext_lazy("%(n)s 项搬迁", "%(n)s 项搬迁", "number")
    export_permission = P.COPY_READ
    columns = (
        Column("source__title", _("来源位置"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("goal__title", _("去向位置"), value=lambda row: row.goal.title if row.goal else _("退出")),
        Column("state", _("状态"), kind=Kind.STATE, states=MOVE_STATES),
        Column("moved_count", _("已搬副本"), kind=Kind.NUMBER),
        Column("waiting_count", _("等待中"), kind=Kind.NUMBER),
        Column("asked_by", _("发起人")),
        Column("started_at", _("开始时间"), kind=Kind.MOMENT, sort=True),
        Column("finished_at", _("结束时间"), kind=Kind.MOMENT),
        Column("reason", _("理由"), default=False),
    )
    filters = (Choice("state", _("状态"), choices=MoveState.choices),)


class ClearanceTable(Table):
    """Removals of surplus copies."""

    name = "copies.surplus"
    noun = ngettext_lazy("%(n)s 次撤除", "%(n)s 次撤除", "number")
    export_permission = P.COPY_READ
    columns = (
        Column("id", _("编号"), kind=Kind.CODE, sort=True, link=lambda row: row.get_absolute_url()),
        Column("org__name", _("保管单位")),
        Column(
            "place__title",
            _("存储位置"),
            value=lambda row: row.place.title if row.place else _("全部位置"),
        ),
        Column("state", _("状态"), kind=Kind.STATE, states=CLEARANCE_STATES),
        Column("copy_count", _("多余副本"), kind=Kind.NUMBER),
        Column("byte_count", _("数据量"), kind=Kind.SIZE),
        Column("cleared_count", _("已撤除"), kind=Kind.NUMBER),
        Column("kept_count", _("未撤除"), kind=Kind.NUMBER),
        Column("asked_by", _("提出人")),
        Column("asked_at", _("提出时间"), kind=Kind.MOMENT, sort=True),
        Column("finished_at", _("结束时间"), kind=Kind.MOMENT),
        Column("reason", _("理由"), default=False),
    )
    filters = (Choice("state", _("状态"), choices=ClearanceState.choices),)


class OrphanTable(Table):
    """Where the two sides do not agree."""

    name = "copies.orphans"
    noun = ngettext_lazy("%(n)s 项不一致", "%(n)s 项不一致", "number")
    search = ("name", "object_id")
    export_permission = P.COPY_READ
    columns = (
        Column(
            "name",
            _("名称"),
            kind=Kind.CODE,
            link=lambda row: reverse("copies:settle", args=[row.pk]) if row.settled_at is None else "",
        ),
        Column("kind", _("类别"), value=lambda row: row.get_kind_display()),
        Column("place__title", _("存储位置")),
        Column("object_id", _("对象标识"), kind=Kind.CODE),
        Column("file_count", _("文件数"), kind=Kind.NUMBER),
        Column("byte_count", _("数据量"), kind=Kind.SIZE, sort=True),
        Column("found_at", _("发现时间"), kind=Kind.MOMENT, sort=True),
        Column("settlement", _("处理办法"), value=lambda row: row.get_settlement_display()),
        Column("settled_by", _("处理人"), default=False),
        Column("settled_at", _("处理时间"), kind=Kind.MOMENT, default=False),
    )
    filters = (
        Choice("kind", _("类别"), choices=OrphanKind.choices),
        Flag("open", _("待处理"), lookup="settled_at__isnull"),
        Choice("settlement", _("处理办法"), choices=Settlement.choices),
    )

    def row_url(self, row: Model) -> str:
        """Where something can be done about it."""
        return "" if row.settled_at else reverse("copies:settle", args=[row.pk])  # type: ignore[attr-defined]
