"""Lists of this app."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from lantai.apps.holdings import queries as holdings
from lantai.apps.printing.permissions import P
from lantai.platform.ui.tables import Choice, Column, DateRange, Kind, Range, Table
from lantai.platform.ui.tables.filters import Filter

RETENTIONS = (("Y", _("永久")), ("D30", _("30年")), ("D10", _("10年")))


class FondsToPrint(Table):
    """Fonds, each leading to what can be printed of it."""

    name = "printing.fonds"
    noun = ngettext_lazy("%(n)s 个全宗", "%(n)s 个全宗", "number")
    order = "code"
    search = ("code", "name")
    columns = (
        Column("code", _("全宗号"), kind=Kind.CODE, sort=True),
        Column(
            "name", _("全宗名称"), kind=Kind.TITLE, link=lambda row: reverse("printing:fonds", args=[row.pk])
        ),
        Column("archives__name", _("档案馆")),
    )


class FileTable(Table):
    """Files of a fonds, each leading to its cover, contents and note."""

    name = "printing.files"
    noun = ngettext_lazy("%(n)s 卷", "%(n)s 卷", "number")
    order = "reference_code"
    search = ("reference_code", "title")
    export_permission = P.PAPER_PRINT
    columns = (
        Column("reference_code", _("档号"), kind=Kind.CODE, sort=True),
        Column(
            "title", _("案卷题名"), kind=Kind.TITLE, link=lambda row: reverse("printing:file", args=[row.pk])
        ),
        Column("year", _("年度"), sort=True),
        Column("retention", _("保管期限"), value=lambda row: holdings.retention_said(row.retention)),
        Column("item_count", _("件数"), kind=Kind.NUMBER),
        Column("page_sum", _("页数"), kind=Kind.NUMBER),
    )
    filters = (Choice("retention", _("保管期限"), choices=RETENTIONS), Range("year", _("年度")))


class BoxTable(Table):
    """Boxes in the order of the shelf."""

    name = "printing.boxes"
    noun = ngettext_lazy("%(n)s 盒", "%(n)s 盒", "number")
    order = "first_code"
    search = ("first_code", "last_code", "place")
    export_permission = P.BOX_READ
    columns = (
        Column(
            "first_code", _("起始档号"), kind=Kind.CODE, sort=True, link=lambda row: row.get_absolute_url()
        ),
        Column("last_code", _("终止档号"), kind=Kind.CODE),
        Column("number", _("盒号"), kind=Kind.NUMBER),
        Column("year", _("年度"), sort=True),
        Column("retention", _("保管期限"), value=lambda row: holdings.retention_said(row.retention)),
        Column("class_code", _("机构或问题"), default=False),
        Column("item_count", _("件数"), kind=Kind.NUMBER),
        Column("page_count", _("页数"), kind=Kind.NUMBER),
        Column("spine_mm", _("盒脊厚度"), value=lambda row: row.get_spine_mm_display()),
        Column("place", _("存放位置")),
        Column("made_at", _("装盒时间"), kind=Kind.MOMENT, sort=True, default=False),
        Column("fonds__name", _("全宗"), default=False),
    )

    def __init__(self, rows: QuerySet, fonds: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(rows)
        self.filters: tuple[Filter, ...] = (
            Choice("fonds", _("全宗"), choices=fonds, lookup="fonds_id"),
            Choice("retention", _("保管期限"), choices=RETENTIONS),
            Range("year", _("年度")),
            DateRange("made_at", _("装盒时间"), lookup="made_at__date"),
        )
