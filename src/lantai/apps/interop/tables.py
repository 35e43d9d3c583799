"""Lists of this app."""

from __future__ import annotations

from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from lantai.apps.interop.models import Channel, Source
from lantai.apps.interop.permissions import P
from lantai.apps.interop.types import Way
from lantai.platform.ui.tables import Choice, Column, DateRange, Flag, Kind, Table


def problem_of(row: Source | Channel) -> str:
    """What went wrong last, in the reader's language; "" when the last time went well."""
    text = gettext(row.last_error) if row.last_error else ""
    return text % row.last_error_params if row.last_error_params else text


class SourceTable(Table):
    """Archives whose catalogues are collected."""

    name = "interop.sources"
    noun = ngettext_lazy("%(n)s 个来源", "%(n)s 个来源", "number")
    order = "name"
    search = ("name", "address")
    export_permission = P.SOURCE_READ
    columns = (
        Column("name", _("名称"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url(), sort=True),
        Column("way", _("方式"), value=lambda row: row.get_way_display()),
        Column("address", _("地址或报送单位"), value=lambda row: row.address or str(row.reporter or "")),
        Column("harvested_until", _("已采集到"), kind=Kind.CODE),
        Column("next_at", _("下次采集"), kind=Kind.MOMENT, sort=True),
        Column("problem", _("最近差错"), value=lambda row: problem_of(row)),
        Column("org__name", _("汇集单位"), default=False),
    )
    filters = (Choice("way", _("方式"), choices=Way.choices),)


class ForeignTable(Table):
    """Records of other archives."""

    name = "interop.foreign"
    noun = ngettext_lazy("%(n)s 条目录", "%(n)s 条目录", "number")
    order = "-id"
    export_permission = P.SOURCE_READ
    columns = (
        Column("title", _("题名"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url(), value=str),
        Column("reference_code", _("档号"), kind=Kind.CODE),
        Column("author", _("责任者"), default=False),
        Column("dated", _("日期")),
        Column("archives", _("保管机构"), value=lambda row: row.archives or row.source.name),
        Column("changed_at", _("最近变化"), kind=Kind.MOMENT),
        Column("is_deleted", _("已撤回"), value=lambda row: _("已撤回") if row.is_deleted else ""),
        Column("source__name", _("来源"), default=False),
    )
    filters = (
        Flag("is_deleted", _("已撤回")),
        DateRange("changed_at", _("最近变化"), lookup="changed_at__date"),
    )


class ChannelTable(Table):
    """Where the catalogue is reported to."""

    name = "interop.channels"
    noun = ngettext_lazy("%(n)s 个报送", "%(n)s 个报送", "number")
    order = "name"
    search = ("name", "address")
    export_permission = P.REPORT_READ
    columns = (
        Column("name", _("名称"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url(), sort=True),
        Column("address", _("上级平台地址")),
        Column("sent_until", _("已报送到"), kind=Kind.MOMENT, sort=True),
        Column("next_at", _("下次报送"), kind=Kind.MOMENT, sort=True),
        Column("problem", _("最近差错"), value=lambda row: problem_of(row)),
        Column("org__name", _("报送单位"), default=False),
    )
