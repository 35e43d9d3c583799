"""Lists of this app."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Model, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from lantai.apps.filing.permissions import P
from lantai.apps.filing.states import BATCH, DOCUMENT
from lantai.apps.filing.types import Source
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings.types import Classification
from lantai.platform.ui.pages import states_of
from lantai.platform.ui.tables import Bulk, Choice, Column, DateRange, Kind, Range, Table

DOCUMENT_STATES = states_of(DOCUMENT.states)
BATCH_STATES = states_of(BATCH.states)
RETENTIONS = (("Y", _("永久")), ("D30", _("30年")), ("D10", _("10年")))


def _kinds() -> list[tuple[str, str]]:
    return [(str(row.pk), str(row)) for row in holdings.kinds()]


class DocumentTable(Table):
    """Electronic documents on the agency's desk."""

    name = "filing.documents"
    noun = ngettext_lazy("%(n)s 件", "%(n)s 件", "number")
    order = "-id"
    search = ("title", "document_number", "author", "reference_code", "external_key")
    columns = (
        Column("reference_code", _("档号"), kind=Kind.CODE, sort=True),
        Column("title", _("题名"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("document_number", _("文号"), sort=True),
        Column("dated_on", _("日期"), kind=Kind.DATE, sort=True),
        Column("year", _("年度"), sort=True),
        Column("scheme_class__name", _("机构或问题")),
        Column("retention", _("保管期限"), value=lambda row: holdings.retention_said(row.retention)),
        Column("state", _("状态"), kind=Kind.STATE, states=DOCUMENT_STATES),
        Column("file_count", _("文件"), kind=Kind.NUMBER),
        Column("kind__name", _("档案种类"), value=lambda row: _(row.kind.name), default=False),
        Column("author", _("责任者"), default=False),
        Column("fonds__name", _("全宗"), default=False),
        Column("page_count", _("页数"), kind=Kind.NUMBER, default=False, sort=True),
        Column("source", _("来源"), value=lambda row: row.get_source_display(), default=False),
        Column(
            "classification", _("密级"), value=lambda row: row.get_classification_display(), default=False
        ),
        Column("captured_at", _("收录时间"), kind=Kind.MOMENT, default=False, sort=True),
        Column("batch__code", _("批次"), kind=Kind.CODE, default=False),
    )
    bulk = (
        Bulk("arrange", _("整理"), "filing:arrange", permissions=(P.DOCUMENT_ARRANGE,), icon="edit"),
        Bulk("compose", _("组成归档批次"), "filing:preview", permissions=(P.BATCH_COMPOSE,), icon="package"),
        Bulk(
            "discard",
            _("列为不归档"),
            "filing:discard",
            permissions=(P.DOCUMENT_ARRANGE,),
            icon="ban",
            confirm=_("请在“理由”中写明为什么不归档。文件保留在系统中，可以恢复整理。"),
            needs_reason=True,
        ),
    )

    def __init__(self, rows: QuerySet, fonds: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(rows)
        self.filters = (
            Choice("state", _("状态"), choices=DOCUMENT.choices),
            Choice("kind", _("档案种类"), choices=_kinds),
            Choice("retention", _("保管期限"), choices=RETENTIONS),
            Choice("source", _("来源"), choices=Source.choices),
            Choice("fonds", _("全宗"), choices=fonds),
            Choice("classification", _("密级"), choices=Classification.choices),
            Range("year", _("年度")),
            DateRange("dated_on", _("日期")),
        )

    def preview(self, row: Model) -> str:
        """The document in the right pane."""
        return reverse("filing:pane", args=[row.pk])


class BatchTable(Table):
    """Filing batches."""

    name = "filing.batches"
    noun = ngettext_lazy("%(n)s 批", "%(n)s 批", "number")
    order = "-created_at"
    search = ("code", "title")
    columns = (
        Column("code", _("批次号"), kind=Kind.CODE, sort=True),
        Column("title", _("名称"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("fonds__name", _("全宗")),
        Column("item_count", _("件数"), kind=Kind.NUMBER, sort=True),
        Column("state", _("状态"), kind=Kind.STATE, states=BATCH_STATES),
        Column("created_at", _("组批时间"), kind=Kind.MOMENT, sort=True),
        Column("sealed_at", _("封存时间"), kind=Kind.MOMENT, sort=True),
        Column("agency__name", _("立档单位"), default=False),
    )
    filters = (
        Choice("state", _("状态"), choices=BATCH.choices),
        DateRange("created_at", _("组批时间"), lookup="created_at__date"),
    )
