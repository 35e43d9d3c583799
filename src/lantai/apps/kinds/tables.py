"""Lists of this app."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from lantai.apps.kinds.permissions import P
from lantai.apps.kinds.states import VERSION
from lantai.platform.ui.pages import states_of
from lantai.platform.ui.tables import Choice, Column, Kind, Table

STATES = states_of(VERSION.states)
YES_NO = (("True", _("是")), ("False", _("否")))


class KindTable(Table):
    """The kinds of an archives with what holds there."""

    name = "kinds.kinds"
    noun = ngettext_lazy("%(n)s 种档案", "%(n)s 种档案", "number")
    order = "category_code"
    search = ("name", "slug", "category_code")
    export_permission = P.KIND_READ
    columns = (
        Column(
            "name", _("档案种类"), kind=Kind.TITLE, link=lambda row: reverse("kinds:kind", args=[row.slug])
        ),
        Column("slug", _("代码"), kind=Kind.CODE, sort=True),
        Column("category_code", _("门类代码"), kind=Kind.CODE, sort=True),
        Column("is_personal", _("涉及个人信息"), value=lambda row: _("是") if row.is_personal else ""),
        Column("held", _("现行版"), value=lambda row: row.held or _("出厂")),
        Column("under_way", _("在办"), value=lambda row: row.draft or ""),
    )
    filters = (Choice("is_personal", _("涉及个人信息"), choices=YES_NO),)
