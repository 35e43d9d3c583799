"""The catalogue as a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

from django.db.models import Model, Q, QuerySet
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from lantai.apps.catalogue import queries, topics
from lantai.apps.catalogue.editing import BulkState
from lantai.apps.catalogue.models import FormerCode
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.tree import Deed
from lantai.apps.catalogue.types import Level
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings.types import Classification, Openness
from lantai.platform.context import Ctx
from lantai.platform.ui.tables import Bulk, Choice, Column, DateRange, Kind, Range, Table
from lantai.platform.ui.tables.filters import Filter
from lantai.platform.ui.types import State, Tone

OPENNESS = {
    Openness.UNREVIEWED.value: State(Openness.UNREVIEWED.label),
    Openness.OPEN.value: State(Openness.OPEN.label, Tone.GOOD),
    Openness.DELAYED.value: State(Openness.DELAYED.label, Tone.WARN),
    Openness.CONTROLLED.value: State(Openness.CONTROLLED.label, Tone.WARN),
}
RETENTIONS = (("Y", _("永久")), ("D30", _("30年")), ("D10", _("10年")))


_TOLD = frozenset({"author", "document_number", "dated_on", "page_count"})  # unless about persons


@dataclass(frozen=True, slots=True)
class InTopic(Choice):
    """The row is in one of the chosen topics."""

    facet: bool = False
    ctx: Ctx | None = None

    def narrow(self, rows: QuerySet, data: QueryDict) -> QuerySet:
        """See Filter."""
        chosen = self.chosen(data)
        if not chosen or self.ctx is None:
            return rows
        return rows.filter(topics.among(self.ctx, [int(one) for one in chosen]))


class DescriptionTable(Table):
    """Descriptions by reference code; works without the search index."""

    name = "catalogue.descriptions"
    noun = ngettext_lazy("%(n)s 条", "%(n)s 条", "number")
    order = "reference_code"
    export_permission = P.ITEM_EXPORT
    bulk = (Bulk("choose", _("修改所选"), "catalogue:choose", (P.ITEM_DESCRIBE,), icon="edit"),)
    columns = (
        Column("reference_code", _("档号"), kind=Kind.CODE, sort=True),
        Column("title", _("题名"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("author", _("责任者")),
        Column("document_number", _("文号"), default=False),
        Column("dated_on", _("日期"), kind=Kind.DATE, sort=True),
        Column("year", _("年度"), sort=True, default=False),
        Column("retention", _("保管期限"), value=lambda row: holdings.retention_said(row.retention)),
        Column("class_code", _("机构或问题"), default=False),
        Column("openness", _("开放标识"), kind=Kind.STATE, states=OPENNESS),
        Column(
            "classification", _("密级"), value=lambda row: row.get_classification_display(), default=False
        ),
        Column("level", _("著录层级"), value=lambda row: row.get_level_display(), default=False),
        Column("page_count", _("页数"), kind=Kind.NUMBER, default=False),
        Column("fonds__name", _("全宗"), default=False),
        Column("custodian__name", _("保管单位"), default=False),
    )

    def __init__(
        self, ctx: Ctx, rows: QuerySet, fonds: Sequence[tuple[str, str]] = (), ways: Sequence[Q] = ()
    ) -> None:
        super().__init__(rows)
        self._ways = ways
        schemes = queries.Schemes()
        self.columns = tuple(
            replace(one, value=partial(_told, ctx, schemes, one.name)) if one.name in _TOLD else one
            for one in type(self).columns
        )
        kinds = [(kind.slug, _(kind.name)) for kind in holdings.kinds()]
        self.filters: tuple[Filter, ...] = (
            Choice("fonds", _("全宗"), choices=fonds, lookup="fonds_id"),
            Choice("kind", _("档案种类"), choices=kinds, lookup="kind__slug"),
            Choice("level", _("著录层级"), choices=Level.choices),
            Choice("retention", _("保管期限"), choices=RETENTIONS),
            Choice("openness", _("开放标识"), choices=Openness.choices),
            Choice("classification", _("密级"), choices=Classification.choices),
            Range("year", _("年度")),
            DateRange("dated_on", _("日期")),
            InTopic("topic", _("专题"), choices=cache(partial(topics.choices_of, ctx)), ctx=ctx),
        )

    def find(self, rows: QuerySet, text: str) -> QuerySet:
        """Rows whose code begins so, or whose title, number or author contains every word."""
        for word in text.split():
            rows = rows.filter(
                Q(reference_code__startswith=word)
                | Q(pk__in=FormerCode.objects.filter(code__startswith=word).values("description"))
                | Q(title__icontains=word)
                | Q(document_number__icontains=word)
                | Q(author__icontains=word)
            )
        return rows

    def ways_of(self, data: QueryDict) -> Sequence[Q]:
        """By code: each custodian's and what is open; the codes of one fonds have an index of their own."""
        is_by_code = self.order_of(data).removeprefix("-") == "reference_code"
        return self._ways if is_by_code and not data.get("fonds") else ()

    def preview(self, row: Model) -> str:
        """The pane on the right."""
        return reverse("catalogue:pane", args=[row.pk])


def _told(ctx: Ctx, schemes: queries.Schemes, name: str, row: Model) -> object:
    return getattr(queries.as_told(ctx, row, schemes), name)  # type: ignore[arg-type]


def table_of(ctx: Ctx, rows: QuerySet) -> DescriptionTable:
    """The list around some rows; it narrows by the fonds that the actor sees."""
    fonds = [(str(row.pk), str(row)) for row in holdings.visible_fonds(ctx)]
    return DescriptionTable(ctx, rows, fonds, queries.ways_to_see(ctx))


def narrowed(ctx: Ctx, rows: QuerySet, data: QueryDict) -> QuerySet:
    """The rows that the list shows at an address."""
    return table_of(ctx, rows).narrowed(data)


class BulkTable(Table):
    """What was changed in bulk."""

    name = "catalogue.bulk_changes"
    noun = ngettext_lazy("%(n)s 次修改", "%(n)s 次修改", "number")
    order = "-made_at"
    search = ("summary", "actor_name", "reason")
    export_permission = P.ITEM_DESCRIBE
    columns = (
        Column("summary", _("修改内容"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("state", _("状态"), value=lambda row: row.get_state_display()),
        Column("row_count", _("选中条数"), kind=Kind.NUMBER),
        Column("changed_count", _("改动条数"), kind=Kind.NUMBER),
        Column("actor_name", _("修改人")),
        Column("made_at", _("提出时间"), kind=Kind.MOMENT, sort=True),
        Column("undone_by", _("撤销人"), default=False),
    )
    filters = (Choice("state", _("状态"), choices=BulkState.choices[1:]),)


class RearrangementTable(Table):
    """What was done to the tree."""

    name = "catalogue.rearrangements"
    noun = ngettext_lazy("%(n)s 次整理", "%(n)s 次整理", "number")
    order = "-done_at"
    search = ("summary", "actor_name", "reason")
    export_permission = P.ITEM_EXPORT
    columns = (
        Column("deed", _("整理方式"), value=lambda row: row.get_deed_display()),
        Column("summary", _("整理内容"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("fonds__name", _("全宗")),
        Column("row_count", _("条数"), kind=Kind.NUMBER),
        Column("reason", _("理由"), default=False),
        Column("actor_name", _("整理人")),
        Column("done_at", _("整理时间"), kind=Kind.MOMENT, sort=True),
        Column("undone_at", _("撤销时间"), kind=Kind.MOMENT),
    )
    filters = (Choice("deed", _("整理方式"), choices=Deed.choices), DateRange("done_at", _("整理时间")))
