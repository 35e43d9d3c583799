"""Lists of this app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from lantai.apps.acquisition.permissions import P
from lantai.apps.acquisition.states import ACQUISITION, EVENT_LIST, SESSION
from lantai.apps.acquisition.types import EventKind, Means, VoiceKind
from lantai.platform.ui.pages import states_of
from lantai.platform.ui.tables import Choice, Column, DateRange, Kind, Table

CASE_STATES = states_of(ACQUISITION.states)
EVENT_STATES = states_of(EVENT_LIST.states)
SESSION_STATES = states_of(SESSION.states)


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


class ProjectTable(Table):
    """Projects of oral history and dialects."""

    name = "acquisition.projects"
    noun = _("个项目")
    order = "-number"
    search = ("number", "title", "background")
    export_permission = P.VOICE_READ
    columns = (
        Column("number", _("项目编号"), kind=Kind.CODE, sort=True),
        Column("title", _("主题"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("kind", _("类别"), value=lambda row: row.get_kind_display()),
        Column("session_count", _("录制次数"), kind=Kind.NUMBER, sort=True),
        Column("began_on", _("开始日期"), kind=Kind.DATE, sort=True),
        Column("ended_on", _("结束日期"), kind=Kind.DATE),
        Column("org__name", _("采集单位"), default=False),
    )
    filters = (Choice("kind", _("类别"), choices=VoiceKind.choices), DateRange("began_on", _("开始日期")))


class EventTable(Table):
    """Major events and key projects with how much of their lists is there."""

    name = "acquisition.events"
    noun = _("项")
    order = "-began_on"
    search = ("title", "place")
    export_permission = P.EVENT_READ
    columns = (
        Column("title", _("名称"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("kind", _("类别"), value=lambda row: row.get_kind_display()),
        Column("began_on", _("开始日期"), kind=Kind.DATE, sort=True),
        Column("ended_on", _("结束日期"), kind=Kind.DATE),
        Column("lead__name", _("牵头单位")),
        Column("expected", _("应收件数"), kind=Kind.NUMBER),
        Column("received", _("已收件数"), kind=Kind.NUMBER),
        Column("state", _("状态"), kind=Kind.STATE, states=EVENT_STATES),
        Column("org__name", _("档案馆"), default=False),
    )
    filters = (
        Choice("kind", _("类别"), choices=EventKind.choices),
        Choice("state", _("状态"), choices=EVENT_LIST.choices),
        DateRange("began_on", _("开始日期")),
    )
