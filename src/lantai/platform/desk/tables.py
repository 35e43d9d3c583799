"""Lists of this app."""

from __future__ import annotations

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from lantai.platform.desk import words
from lantai.platform.desk.progress import STATES
from lantai.platform.jobs.types import RunState
from lantai.platform.places.registry import kind_label
from lantai.platform.places.types import Medium, PlaceState
from lantai.platform.ui.tables import Choice, Column, DateRange, Flag, Kind, Table, Text
from lantai.platform.ui.types import State, Tone


class RunTable(Table):
    """Runs of long acts."""

    name = "desk.runs"
    noun = ngettext_lazy("%(n)s 个任务", "%(n)s 个任务", "number")
    search = ("label",)
    columns = (
        Column("id", _("编号"), kind=Kind.CODE, sort=True),
        Column(
            "label",
            _("任务"),
            kind=Kind.TITLE,
            value=lambda row: gettext(row.label),
            link=lambda row: reverse("desk:run", args=[row.pk]),
        ),
        Column("state", _("状态"), kind=Kind.STATE, states=STATES),
        Column("done", _("已完成"), kind=Kind.NUMBER),
        Column("total", _("总数"), kind=Kind.NUMBER),
        Column("user__name", _("发起人")),
        Column("created_at", _("提交时间"), kind=Kind.MOMENT, sort=True),
        Column("finished_at", _("结束时间"), kind=Kind.MOMENT, default=False),
    )
    filters = (
        Choice("state", _("状态"), choices=RunState.choices),
        DateRange("created_at", _("提交时间"), lookup="created_at__date"),
    )

    def row_url(self, row: Model) -> str:
        """The page of the run."""
        return reverse("desk:run", args=[row.pk])


class UserTable(Table):
    """Accounts."""

    name = "desk.users"
    noun = ngettext_lazy("%(n)s 个账号", "%(n)s 个账号", "number")
    order = "username"
    search = ("username", "name", "org__name")
    columns = (
        Column(
            "username",
            _("用户名"),
            kind=Kind.CODE,
            sort=True,
            link=lambda row: reverse("desk:user", args=[row.pk]),
        ),
        Column("name", _("姓名"), sort=True),
        Column("org__name", _("机构")),
        Column(
            "is_active",
            _("状态"),
            kind=Kind.STATE,
            states={True: State(_("启用"), Tone.GOOD), False: State(_("停用"), Tone.WARN)},
        ),
        Column("is_machine", _("机器账号"), kind=Kind.FLAG),
        Column("last_login", _("最近登录"), kind=Kind.MOMENT),
    )
    filters = (Flag("is_active", _("启用")), Flag("is_machine", _("机器账号")))

    def row_url(self, row: Model) -> str:
        """The page of the account."""
        return reverse("desk:user", args=[row.pk])


class EntryTable(Table):
    """Lines of the ledger."""

    name = "desk.entries"
    noun = ngettext_lazy("%(n)s 条", "%(n)s 条", "number")
    search = ("act", "actor_name", "object_name", "object_id", "request_id")
    columns = (
        Column("id", _("序号"), kind=Kind.CODE, sort=True),
        Column("at", _("时间"), kind=Kind.MOMENT),
        Column("actor_name", _("办理人")),
        Column("org_name", _("机构")),
        Column("act", _("操作"), value=lambda row: words.act_label(row.act)),
        Column("act_code", _("操作代码"), kind=Kind.CODE, value=lambda row: row.act, default=False),
        Column("object_name", _("对象"), kind=Kind.TITLE),
        Column("channel", _("途径"), value=lambda row: words.CHANNELS.get(row.channel, row.channel)),
        Column("request_id", _("请求编号"), kind=Kind.CODE, default=False),
        Column("sha256", _("数字摘要"), kind=Kind.CODE, default=False),
    )
    filters = (
        Text("act", _("操作代码"), lookup="act__startswith"),
        Text("actor_name", _("办理人")),
        DateRange("at", _("时间"), lookup="at__date"),
    )


PLACE_STATES = {
    PlaceState.ACTIVE.value: State(PlaceState.ACTIVE.label, Tone.GOOD),
    PlaceState.READ_ONLY.value: State(PlaceState.READ_ONLY.label, Tone.BUSY),
    PlaceState.RETIRING.value: State(PlaceState.RETIRING.label, Tone.WARN),
    PlaceState.RETIRED.value: State(PlaceState.RETIRED.label),
}


class PlaceTable(Table):
    """Where copies are kept."""

    name = "desk.places"
    noun = ngettext_lazy("%(n)s 个存储位置", "%(n)s 个存储位置", "number")
    order = "read_order"
    search = ("slug", "title", "address", "site")
    columns = (
        Column("slug", _("代号"), kind=Kind.CODE, sort=True),
        Column("title", _("名称"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("kind", _("类型"), value=lambda row: kind_label(row.kind)),
        Column("medium", _("介质"), value=lambda row: row.get_medium_display()),
        Column("state", _("状态"), kind=Kind.STATE, states=PLACE_STATES),
        Column("away_since", _("失联时间"), kind=Kind.MOMENT),
        Column("used_percent", _("已用（%）"), kind=Kind.NUMBER, sort=True),
        Column("read_order", _("读取顺序"), kind=Kind.NUMBER, sort=True),
        Column("is_sealed", _("加密"), kind=Kind.FLAG),
        Column("is_offline", _("离线"), kind=Kind.FLAG),
        Column("site", _("所在地"), sort=True),
        Column("address", _("地址"), default=False),
        Column("custodian__name", _("管理单位"), default=False),
    )
    filters = (
        Choice("state", _("状态"), choices=PlaceState.choices),
        Choice("medium", _("介质"), choices=Medium.choices),
        Flag("is_offline", _("离线")),
        Flag("is_sealed", _("加密")),
    )

    def row_url(self, row: Model) -> str:
        """The page of the place."""
        return reverse("desk:place", args=[row.pk])


class NoticeTable(Table):
    """Messages to me."""

    name = "desk.notices"
    noun = ngettext_lazy("%(n)s 条消息", "%(n)s 条消息", "number")
    columns = (
        Column("text", _("内容"), kind=Kind.TITLE, value=lambda row: row.said, link=lambda row: row.url),
        Column(
            "read_at",
            _("状态"),
            kind=Kind.STATE,
            value=lambda row: row.read_at is not None,
            states={True: State(_("已读")), False: State(_("未读"), Tone.BUSY)},
        ),
        Column("created_at", _("时间"), kind=Kind.MOMENT, sort=True),
    )
