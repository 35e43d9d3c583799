"""Lists of this app."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from lantai.apps.holdings import queries as holdings
from lantai.apps.quality.models import Finding, Snapshot
from lantai.apps.quality.permissions import P
from lantai.apps.quality.queries import percent
from lantai.apps.quality.types import Fault
from lantai.platform.ui.tables import Bulk, Choice, Column, Kind, Range, Table
from lantai.platform.ui.tables.filters import Filter
from lantai.platform.ui.types import State, Tone

FAULTS = {
    fault.value: State(fault.label, Tone.WARN if fault is Fault.DUPLICATE else Tone.BAD) for fault in Fault
}


def points(row: Snapshot) -> str:
    """A score in points."""
    return "" if row.score is None else f"{row.score / 10:.1f}"


def _rate(count: int, total: int) -> str:
    share = percent(count, total)
    return "" if share is None else f"{share:.1f}%"


class SnapshotTable(Table):
    """The newest look at each fonds."""

    name = "quality.snapshots"
    noun = ngettext_lazy("%(n)s 个全宗", "%(n)s 个全宗", "number")
    order = "score"
    search = ("fonds__code", "fonds__name")
    export_permission = P.QUALITY_READ
    columns = (
        Column("fonds__code", _("全宗号"), kind=Kind.CODE, sort=True),
        Column("fonds__name", _("全宗名称"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("score", _("得分"), value=points, sort=True),
        Column("row_count", _("条目"), kind=Kind.NUMBER, sort=True),
        Column("missing_count", _("必填未填"), kind=Kind.NUMBER, sort=True),
        Column("illegal_count", _("值不合规"), kind=Kind.NUMBER, sort=True),
        Column("duplicate_count", _("疑似重复"), kind=Kind.NUMBER, sort=True),
        Column("linked", _("挂接率"), value=lambda row: _rate(row.linked_count, row.item_count)),
        Column("digitised", _("数字化率"), value=lambda row: _rate(row.digitised_page_count, row.page_count)),
        Column("fulltext", _("全文率"), value=lambda row: _rate(row.fulltext_count, row.linked_count)),
        Column("began_at", _("检查时间"), kind=Kind.MOMENT, sort=True),
        Column("fonds__archives__name", _("档案馆"), default=False),
    )
    filters = (Range("row_count", _("条目")), Range("missing_count", _("必填未填")))


class FindingTable(Table):
    """The faults of one fonds."""

    name = "quality.findings"
    noun = ngettext_lazy("%(n)s 处问题", "%(n)s 处问题", "number")
    order = "description__reference_code"
    search = ("description__reference_code", "description__title")
    export_permission = P.QUALITY_READ
    bulk = (Bulk("mend", _("表格编辑"), "quality:mend", (P.QUALITY_COUNT,), icon="table"),)
    columns = (
        Column("description__reference_code", _("档号"), kind=Kind.CODE, sort=True),
        Column(
            "description__title",
            _("题名"),
            kind=Kind.TITLE,
            link=lambda row: row.description.get_absolute_url(),
        ),
        Column("label", _("字段"), sort=True),
        Column("fault", _("问题"), kind=Kind.STATE, states=FAULTS),
        Column("description__kind", _("档案种类"), value=lambda row: _(row.description.kind.name)),
        Column("description__year", _("年度"), sort=True, default=False),
        Column(
            "mend",
            _("改正"),
            value=lambda row: _("修改著录"),
            link=lambda row: reverse("catalogue:describe", args=[row.description_id]),
        ),
    )

    def __init__(self, rows: QuerySet, fields: Sequence[tuple[str, str]]) -> None:
        super().__init__(rows)
        kinds = [(kind.slug, _(kind.name)) for kind in holdings.kinds()]
        self.filters: tuple[Filter, ...] = (
            Choice("fault", _("问题"), choices=Fault.choices),
            Choice("field", _("字段"), choices=fields),
            Choice("kind", _("档案种类"), choices=kinds, lookup="description__kind__slug"),
            Range("year", _("年度"), lookup="description__year"),
        )

    def row_url(self, row: Finding) -> str:  # type: ignore[override]
        """The page of the record."""
        return row.description.get_absolute_url()


class LackingTable(Table):
    """Items that lack content or text."""

    name = "quality.lacking"
    noun = ngettext_lazy("%(n)s 件", "%(n)s 件", "number")
    order = "reference_code"
    search = ("reference_code", "title")
    export_permission = P.QUALITY_READ
    columns = (
        Column("reference_code", _("档号"), kind=Kind.CODE, sort=True),
        Column("title", _("题名"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("dated_on", _("日期"), kind=Kind.DATE, sort=True),
        Column("page_count", _("页数"), kind=Kind.NUMBER),
        Column("kind__name", _("档案种类"), value=lambda row: _(row.kind.name)),
    )
    filters = (Range("year", _("年度")),)
