"""Lists of this app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from lantai.apps.acquisition.models import AcquiredObject, Requirement
from lantai.apps.acquisition.permissions import P
from lantai.apps.acquisition.states import ACQUISITION, EVENT_LIST, SESSION
from lantai.apps.acquisition.types import (
    CaseState,
    EventKind,
    Means,
    ObjectForm,
    ObjectState,
    Progress,
    VoiceKind,
)
from lantai.platform.ui.pages import states_of
from lantai.platform.ui.tables import Choice, Column, DateRange, Kind, Table
from lantai.platform.ui.types import State, Tone

CASE_STATES = states_of(ACQUISITION.states)
EVENT_STATES = states_of(EVENT_LIST.states)
SESSION_STATES = states_of(SESSION.states)
OBJECT_STATES = {
    ObjectState.LISTED.value: State(ObjectState.LISTED.label),
    ObjectState.RECEIVED.value: State(ObjectState.RECEIVED.label, Tone.GOOD),
    ObjectState.MISSING.value: State(ObjectState.MISSING.label, Tone.WARN),
    ObjectState.RETURNED.value: State(ObjectState.RETURNED.label),
}


class CaseTable(Table):
    """Cases; the source is named on the page of a case only, for who may read it."""

    name = "acquisition.cases"
    noun = ngettext_lazy("%(n)s 项征集", "%(n)s 项征集", "number")
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


class ObjectTable(Table):
    """What was acquired or offered, line by line: the register on one page, to be exported."""

    name = "acquisition.objects"
    noun = ngettext_lazy("%(n)s 项材料", "%(n)s 项材料", "number")
    order = "-acquisition__number"
    search = ("title", "author", "acquisition__number", "acquisition__title", "reference_code")
    export_permission = P.CASE_READ
    columns = (
        Column("acquisition__number", _("征集编号"), kind=Kind.CODE, sort=True),
        Column("title", _("名称"), kind=Kind.TITLE, link=lambda row: row.acquisition.get_absolute_url()),
        Column("form", _("类别"), value=lambda row: row.get_form_display()),
        Column("quantity", _("数量"), kind=Kind.NUMBER),
        Column("unit", _("单位")),
        Column("dated", _("年代")),
        Column("state", _("状态"), kind=Kind.STATE, states=OBJECT_STATES),
        Column("place", _("存放位置")),
        Column("reference_code", _("档号"), kind=Kind.CODE),
        Column("acquisition__state", _("征集状态"), kind=Kind.STATE, states=CASE_STATES, default=False),
        Column("author", _("责任者"), default=False),
        Column("condition", _("完残情况"), default=False),
        Column("file_count", _("电子件"), kind=Kind.NUMBER, default=False),
        Column("acquisition__org__name", _("档案馆"), default=False),
    )
    filters = (
        Choice("form", _("类别"), choices=ObjectForm.choices),
        Choice("state", _("状态"), choices=ObjectState.choices),
        Choice("means", _("征集方式"), choices=Means.choices, lookup="acquisition__means"),
        Choice("case", _("征集状态"), choices=CaseState.choices, lookup="acquisition__state"),
    )

    def row_url(self, row: AcquiredObject) -> str:
        """The case of the line."""
        return row.acquisition.get_absolute_url()


class ProjectTable(Table):
    """Projects of oral history and dialects."""

    name = "acquisition.projects"
    noun = ngettext_lazy("%(n)s 个项目", "%(n)s 个项目", "number")
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
    noun = ngettext_lazy("%(n)s 项", "%(n)s 项", "number")
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


PROGRESS_STATES = {
    Progress.COMPLETE.value: State(Progress.COMPLETE.label, Tone.GOOD),
    Progress.LATE.value: State(Progress.LATE.label, Tone.BAD),
    Progress.WAITING.value: State(Progress.WAITING.label, Tone.BUSY),
}


class RequirementTable(Table):
    """What every unit is asked for, over all events: the archives' list of what is to come."""

    name = "acquisition.requirements"
    noun = ngettext_lazy("%(n)s 项材料", "%(n)s 项材料", "number")
    order = "due_on"
    search = ("title", "event__title", "agency__name", "submission_number")
    export_permission = P.EVENT_READ
    columns = (
        Column("title", _("应归档材料"), kind=Kind.TITLE, link=lambda row: row.event.get_absolute_url()),
        Column("event__title", _("活动或项目")),
        Column("agency__name", _("责任单位"), sort=True),
        Column("due_on", _("移交期限"), kind=Kind.DATE, sort=True),
        Column("expected_count", _("应收件数"), kind=Kind.NUMBER),
        Column("received_count", _("已收件数"), kind=Kind.NUMBER),
        Column("progress", _("进度"), kind=Kind.STATE, states=PROGRESS_STATES),
        Column("submission_number", _("移交批次编号"), kind=Kind.CODE, default=False),
        Column("note", _("说明"), default=False),
        Column("event__org__name", _("档案馆"), default=False),
    )
    filters = (
        Choice("progress", _("进度"), choices=Progress.choices, facet=False),
        Choice("kind", _("类别"), choices=EventKind.choices, lookup="event__kind"),
        DateRange("due_on", _("移交期限")),
    )

    def row_url(self, row: Requirement) -> str:
        """The event of the line."""
        return row.event.get_absolute_url()
