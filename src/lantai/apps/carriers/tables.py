"""Lists of this app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from lantai.apps.carriers.permissions import P
from lantai.apps.carriers.states import CARRIER
from lantai.apps.carriers.types import CarrierKind, CopyRole
from lantai.platform.ui.pages import states_of
from lantai.platform.ui.tables import Choice, Column, DateRange, Kind, Table

STATES = states_of(CARRIER.states)


class CarrierTable(Table):
    """The register."""

    name = "carriers.carriers"
    noun = ngettext_lazy("%(n)s 个载体", "%(n)s 个载体", "number")
    order = "number"
    search = ("number", "label", "content", "place", "came_from")
    export_permission = P.CARRIER_READ
    columns = (
        Column("number", _("载体编号"), kind=Kind.CODE, sort=True),
        Column("label", _("标签"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("kind", _("载体类型"), value=lambda row: row.get_kind_display()),
        Column("role", _("套别"), value=lambda row: row.get_role_display()),
        Column("state", _("状态"), kind=Kind.STATE, states=STATES),
        Column("capacity_bytes", _("容量"), kind=Kind.SIZE, sort=True),
        Column("place", _("存放位置")),
        Column("inspect_by", _("下次检查"), kind=Kind.DATE, sort=True),
        Column("received_on", _("入库日期"), kind=Kind.DATE, sort=True, default=False),
        Column("came_from", _("来源"), default=False),
        Column("org__name", _("保管单位"), default=False),
    )
    filters = (
        Choice("state", _("状态"), choices=CARRIER.choices),
        Choice("kind", _("载体类型"), choices=CarrierKind.choices),
        Choice("role", _("套别"), choices=CopyRole.choices),
        DateRange("inspect_by", _("下次检查")),
    )
