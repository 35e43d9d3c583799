"""Lists of this app."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from lantai.apps.holdings import queries as holdings
from lantai.apps.topics.models import Member, OwnField, Section
from lantai.apps.topics.permissions import P
from lantai.apps.topics.types import Share, Standing, TopicKind
from lantai.platform.ui.tables import Bulk, Choice, Column, Kind, Range, Table
from lantai.platform.ui.tables.filters import Filter
from lantai.platform.ui.types import State, Tone

SHARES = {
    Share.OWN.value: State(Share.OWN.label),
    Share.REGION.value: State(Share.REGION.label, Tone.BUSY),
    Share.PUBLIC.value: State(Share.PUBLIC.label, Tone.GOOD),
}


class TopicTable(Table):
    """Topic databases."""

    name = "topics.topics"
    noun = ngettext_lazy("%(n)s 个专题", "%(n)s 个专题", "number")
    order = "title"
    search = ("title", "introduction")
    export_permission = P.TOPIC_READ
    columns = (
        Column("title", _("专题名称"), kind=Kind.TITLE, sort=True, link=lambda row: row.get_absolute_url()),
        Column("kind", _("专题类型"), value=lambda row: row.get_kind_display()),
        Column("share", _("共享范围"), kind=Kind.STATE, states=SHARES),
        Column("refreshed_at", _("规则最近全部执行"), kind=Kind.MOMENT, sort=True),
        Column("org__name", _("建立单位")),
        Column("created_at", _("建立时间"), kind=Kind.MOMENT, sort=True, default=False),
    )
    filters = (
        Choice("kind", _("专题类型"), choices=TopicKind.choices),
        Choice("share", _("共享范围"), choices=Share.choices),
    )


class MemberTable(Table):
    """The records of one topic with its own fields."""

    name = "topics.members"
    noun = ngettext_lazy("%(n)s 条", "%(n)s 条", "number")
    order = "description__reference_code"
    search = ("description__title", "description__reference_code", "description__author")
    export_permission = P.TOPIC_READ
    bulk = (
        Bulk("exclude", _("排除"), "topics:exclude", (P.TOPIC_MANAGE,), icon="ban"),
        Bulk("place", _("放入栏目"), "topics:choose_place", (P.TOPIC_MANAGE,), icon="folder"),
    )

    def __init__(
        self,
        rows: QuerySet,
        own_fields: Sequence[OwnField],
        sections: Sequence[Section],
        *,
        may_manage: bool = False,
        is_excluded: bool = False,
    ) -> None:
        super().__init__(rows)
        if is_excluded:
            self.bulk = (
                Bulk("put_back", _("放回"), "topics:put_back", (P.TOPIC_MANAGE,), icon="arrow-back-up"),
            )
        elif not may_manage:
            self.bulk = ()
        kinds = [(kind.slug, _(kind.name)) for kind in holdings.kinds()]
        self.columns = (
            Column("description__reference_code", _("档号"), kind=Kind.CODE, sort=True),
            Column(
                "description__title",
                _("题名"),
                kind=Kind.TITLE,
                link=lambda row: row.description.get_absolute_url(),
            ),
            Column("description__dated_on", _("日期"), kind=Kind.DATE, sort=True),
            Column("description__year", _("年度"), sort=True, default=False),
            Column("description__kind", _("档案种类"), value=lambda row: _(row.description.kind.name)),
            Column("section__title", _("栏目")),
            Column("standing", _("收录方式"), value=lambda row: row.get_standing_display()),
            *(_own(field) for field in own_fields),
            *([_FILL] if may_manage and own_fields else []),
            Column("description__fonds__name", _("全宗"), default=False),
            Column("added_at", _("收录时间"), kind=Kind.MOMENT, sort=True, default=False),
        )
        self.filters: tuple[Filter, ...] = (
            Choice(
                "section",
                _("栏目"),
                choices=[(str(one.pk), one.title) for one in sections],
                lookup="section_id",
            ),
            Choice("standing", _("收录方式"), choices=Standing.choices),
            Choice("kind", _("档案种类"), choices=kinds, lookup="description__kind__slug"),
            Range("year", _("年度"), lookup="description__year"),
        )

    def row_url(self, row: Member) -> str:  # type: ignore[override]
        """The page of the record."""
        return row.description.get_absolute_url()


def _own(field: OwnField) -> Column:
    key = str(field.pk)
    return Column(f"own_{key}", field.label, value=lambda row: row.own.get(key, ""))


_FILL = Column(
    "fill",
    _("填写"),
    value=lambda row: _("填写字段"),
    link=lambda row: reverse("topics:values", args=[row.pk]),
)
