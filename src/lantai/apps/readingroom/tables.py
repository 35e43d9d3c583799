"""Lists of this app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from lantai.apps.readingroom.permissions import P
from lantai.apps.readingroom.states import CERTIFICATE, REQUEST
from lantai.apps.readingroom.types import Relation, TopicKind
from lantai.platform.ui import pages
from lantai.platform.ui.tables import Choice, Column, DateRange, Kind, Table

REQUEST_STATES = pages.states_of(REQUEST.states)
CERTIFICATE_STATES = pages.states_of(CERTIFICATE.states)


class RequestTable(Table):
    """Requests at the desk; ``due_on`` comes from ``queries.desk_rows``."""

    name = "readingroom.requests"
    noun = ngettext_lazy("%(n)s 件申请", "%(n)s 件申请", "number")
    search = ("number", "applicant_name")
    export_permission = P.REQUEST_READ
    columns = (
        Column("number", _("办件编号"), kind=Kind.CODE, sort=True, link=lambda row: row.get_absolute_url()),
        Column("topic", _("查档类别"), value=lambda row: row.get_topic_display()),
        Column("persons", _("档案所载姓名"), value=lambda row: " ".join(row.persons)),
        Column("applicant_name", _("申请人")),
        Column(
            "relation", _("与档案所载人的关系"), value=lambda row: row.get_relation_display(), default=False
        ),
        Column("archives__name", _("受理档案馆"), default=False),
        Column("submitted_at", _("提交时间"), kind=Kind.MOMENT, sort=True),
        Column("due_on", _("办理期限"), kind=Kind.DATE, sort=True),
        Column("closed_at", _("办结时间"), kind=Kind.MOMENT, sort=True, default=False),
        Column("state", _("状态"), kind=Kind.STATE, states=REQUEST_STATES),
    )
    filters = (
        Choice("state", _("状态"), choices=[(slug, state.label) for slug, state in REQUEST_STATES.items()]),
        Choice("topic", _("查档类别"), choices=TopicKind.choices),
        Choice("relation", _("与档案所载人的关系"), choices=Relation.choices, facet=False),
        DateRange("submitted_at", _("提交时间"), lookup="submitted_at__date"),
        DateRange("due_on", _("办理期限")),
    )


class CertificateTable(Table):
    """Certificates that were handed out."""

    name = "readingroom.certificates"
    noun = ngettext_lazy("%(n)s 份证明", "%(n)s 份证明", "number")
    search = ("number", "request__number", "request__applicant_name")
    export_permission = P.REQUEST_READ
    columns = (
        Column("number", _("证明编号"), kind=Kind.CODE, sort=True, link=lambda row: row.get_absolute_url()),
        Column(
            "request__number",
            _("办件编号"),
            kind=Kind.CODE,
            link=lambda row: row.request.get_absolute_url(),
        ),
        Column("request__applicant_name", _("申请人")),
        Column("request__archives__name", _("出证档案馆"), default=False),
        Column("issued_at", _("出证时间"), kind=Kind.MOMENT, sort=True),
        Column("revoked_at", _("撤销时间"), kind=Kind.MOMENT, default=False),
        Column("state", _("状态"), kind=Kind.STATE, states=CERTIFICATE_STATES),
    )
    filters = (
        Choice("state", _("状态"), choices=[(slug, s.label) for slug, s in CERTIFICATE_STATES.items()]),
        DateRange("issued_at", _("出证时间"), lookup="issued_at__date"),
    )
