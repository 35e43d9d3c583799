"""Lists of this app."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from lantai.apps.connectors.permissions import P
from lantai.apps.connectors.states import DELIVERY_MACHINE
from lantai.apps.connectors.types import Content, Way
from lantai.platform.ui.pages import states_of
from lantai.platform.ui.tables import Choice, Column, DateRange, Flag, Kind, Table

STATES = states_of(DELIVERY_MACHINE.states)


class ConnectorTable(Table):
    """Registered connectors."""

    name = "connectors.connectors"
    noun = ngettext_lazy("%(n)s 个接入", "%(n)s 个接入", "number")
    order = "code"
    search = ("name", "code", "source_system", "agency__name")
    columns = (
        Column("name", _("名称"), kind=Kind.TITLE, sort=True, link=lambda row: row.get_absolute_url()),
        Column("agency__name", _("立档单位"), sort=True),
        Column("code", _("代号"), kind=Kind.CODE, sort=True),
        Column("way", _("接入方式"), value=lambda row: row.get_way_display()),
        Column("is_enabled", _("启用"), kind=Kind.FLAG),
        Column("last_seen_at", _("最近联系"), kind=Kind.MOMENT, sort=True),
        Column("last_delivery_at", _("最近递送"), kind=Kind.MOMENT, sort=True),
        Column("delivery_count", _("递送"), kind=Kind.NUMBER),
        Column("failed_count", _("待处置"), kind=Kind.NUMBER),
        Column("waiting_count", _("处理中"), kind=Kind.NUMBER, default=False),
        Column("turned_away", _("未收下次数"), kind=Kind.NUMBER, default=False),
        Column("source_system", _("来源系统"), default=False),
        Column("fonds__name", _("全宗"), default=False),
    )
    filters = (Choice("way", _("接入方式"), choices=Way.choices), Flag("is_enabled", _("启用")))
    export_permission = P.CONNECTOR_READ


class DeliveryTable(Table):
    """What came through connectors."""

    name = "connectors.deliveries"
    noun = ngettext_lazy("%(n)s 次递送", "%(n)s 次递送", "number")
    order = "-id"
    search = ("key", "place")
    columns = (
        Column("key", _("流水号"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("connector__name", _("系统接入")),
        Column("received_at", _("收到时间"), kind=Kind.MOMENT, sort=True),
        Column("content", _("内容"), value=lambda row: row.get_content_display()),
        Column("item_count", _("份数"), kind=Kind.NUMBER, sort=True),
        Column("byte_count", _("大小"), kind=Kind.SIZE, sort=True),
        Column("state", _("状态"), kind=Kind.STATE, states=STATES),
        Column("ended_at", _("处理完成时间"), kind=Kind.MOMENT, sort=True, default=False),
        Column("attempts", _("处理次数"), kind=Kind.NUMBER, default=False),
        Column("agency__name", _("立档单位"), default=False),
        Column("place", _("来源位置"), default=False),
    )
    export_permission = P.DELIVERY_READ

    def __init__(self, rows: QuerySet, connectors: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(rows)
        self.filters = (
            Choice("state", _("状态"), choices=DELIVERY_MACHINE.choices),
            Choice("connector", _("系统接入"), choices=list(connectors)),
            Choice("content", _("内容"), choices=Content.choices),
            DateRange("received_at", _("收到时间"), lookup="received_at__date"),
        )
