"""Lists of this app."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from lantai.apps.authorities.models import Name
from lantai.apps.authorities.permissions import P
from lantai.apps.authorities.types import AuthorityKind, Maturity
from lantai.kit.text import fold
from lantai.platform.ui.tables import Bulk, Choice, Column, DateRange, Kind, Range, Table
from lantai.platform.ui.types import State, Tone

MATURITY = {
    Maturity.DRAFT.value: State(Maturity.DRAFT.label),
    Maturity.REVISED.value: State(Maturity.REVISED.label, Tone.BUSY),
    Maturity.FINAL.value: State(Maturity.FINAL.label, Tone.GOOD),
}


class AuthorityTable(Table):
    """The records that stand."""

    name = "authorities.authorities"
    noun = ngettext_lazy("%(n)s 条规范记录", "%(n)s 条规范记录", "number")
    order = "folded"
    export_permission = P.AUTHORITY_READ
    columns = (
        Column(
            "name", _("规范名称"), kind=Kind.TITLE, sort="folded", link=lambda row: row.get_absolute_url()
        ),
        Column("kind", _("种类"), value=lambda row: row.get_kind_display()),
        Column("began", _("起始日期"), sort="began_year"),
        Column("ended", _("终止日期"), sort="ended_year"),
        Column("code", _("代码"), kind=Kind.CODE, default=False),
        Column("maturity", _("完成程度"), kind=Kind.STATE, states=MATURITY),
        Column("unit__name", _("平台单位"), default=False),
        Column("org__name", _("建立单位"), default=False),
        Column("updated_at", _("修改时间"), kind=Kind.MOMENT, sort=True),
    )
    filters = (
        Choice("kind", _("种类"), choices=AuthorityKind.choices),
        Choice("maturity", _("完成程度"), choices=Maturity.choices),
        Range("began_year", _("起始年")),
        DateRange("updated_at", _("修改时间"), lookup="updated_at__date"),
    )
    bulk = (
        Bulk(
            "merge", _("合并为一条"), "authorities:choose_merge", (P.AUTHORITY_MERGE,), icon="link",
        ),
    )  # fmt: skip

    def find(self, rows: QuerySet, text: str) -> QuerySet:
        """Records any of whose names, or of those merged into them, contains every word or sounds so."""
        for word in map(fold, text.split()):
            met = Name.objects.filter(
                Q(folded__contains=word) | Q(sound__startswith=word) | Q(initials=word) | Q(code=word)
            )
            rows = rows.filter(
                Q(pk__in=met.values("authority"))
                | Q(pk__in=met.values("authority__merged_into"))
                | Q(code=word.upper())
            )
        return rows


class VocabularyTable(Table):
    """Controlled lists."""

    name = "authorities.vocabularies"
    noun = ngettext_lazy("%(n)s 个词表", "%(n)s 个词表", "number")
    order = "name"
    search = ("name", "slug", "note")
    export_permission = P.AUTHORITY_READ
    columns = (
        Column("name", _("词表名称"), kind=Kind.TITLE, sort=True, link=lambda row: row.get_absolute_url()),
        Column("slug", _("标识"), kind=Kind.CODE, sort=True),
        Column("term_count", _("在用词数"), kind=Kind.NUMBER),
        Column("is_open", _("著录时可以添词"), kind=Kind.FLAG),
        Column("org__name", _("建立单位"), default=False),
    )


class TermTable(Table):
    """The words of one list."""

    name = "authorities.terms"
    noun = ngettext_lazy("%(n)s 个词", "%(n)s 个词", "number")
    order = "label"
    search = ("label", "code", "sound")
    page_size = 100
    export_permission = P.AUTHORITY_READ
    columns = (
        Column("label", _("词"), kind=Kind.TITLE, sort=True),
        Column("code", _("代码"), kind=Kind.CODE, sort=True),
        Column("note", _("说明")),
        Column("is_active", _("在用"), kind=Kind.FLAG),
    )
    bulk = (Bulk("retire", _("停用所选的词"), "authorities:retire_terms", (P.VOCABULARY_MANAGE,), icon="x"),)
