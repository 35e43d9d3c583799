"""Lists of this app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.acquisition.permissions import P
from lantai.apps.acquisition.states import ACQUISITION
from lantai.apps.acquisition.types import Means
from lantai.platform.ui.pages import states_of
from lantai.platform.ui.tables import Choice, Column, DateRange, Kind, Table

CASE_STATES = states_of(ACQUISITION.states)


class CaseTable(Table):
    """Cases; the source is named on the page of a case only, for who may read it."""

    name = "acquisition.cases"
    noun = _("项征集")
    order = "-number"
    search = ("number", "title", "topic")
    export_permission = P.CASE_READ
    columns = (
        Column("number", _("征集编号"), kind=Kind.CODE, sort=True),
        Column("title", _("征集内容"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("means", _("征集方式"), value=lambda row: row.get_means_display()),
        Column("topic", _("专题")),
        Column("object_count", _("件数"), kind=Kind.NUMBER, sort=True),
        Column("state", _("状态"), kind=Kind.STATE, states=CASE_STATES),
        Column("opened_at", _("登记线索时间"), kind=Kind.MOMENT, sort=True),
        Column("registered_at", _("登记时间"), kind=Kind.MOMENT, sort=True, default=False),
        Column("certificate_number", _("证书编号"), default=False),
        Column("org__name", _("档案馆"), default=False),
    )
    filters = (
        Choice("state", _("状态"), choices=ACQUISITION.choices),
        Choice("means", _("征集方式"), choices=Means.choices),
        DateRange("opened_at", _("登记线索时间"), lookup="opened_at__date"),
    )
