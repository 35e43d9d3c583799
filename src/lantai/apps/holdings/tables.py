"""Lists of this app."""

from __future__ import annotations

from django.utils.translation import gettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from lantai.apps.holdings.states import SCHEDULE
from lantai.apps.holdings.types import FondsKind
from lantai.platform.ui.pages import states_of
from lantai.platform.ui.tables import Choice, Column, Flag, Kind, Table
from lantai.platform.ui.types import State, Tone

SCHEDULE_STATES = states_of(SCHEDULE.states)
CONFIRMED = {"True": State(_("已核对原文"), Tone.GOOD), "False": State(_("未核对原文"), Tone.WARN)}


class FondsTable(Table):
    """Fonds."""

    name = "holdings.fonds"
    noun = ngettext_lazy("%(n)s 个全宗", "%(n)s 个全宗", "number")
    order = "code"
    search = ("code", "name", "creator__name")
    columns = (
        Column("code", _("全宗号"), kind=Kind.CODE, sort=True),
        Column("name", _("全宗名称"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("creator__name", _("立档单位"), sort=True),
        Column("kind", _("全宗类型"), value=lambda row: row.get_kind_display()),
        Column("archives__name", _("档案馆")),
        Column("started_year", _("起始年度"), sort=True),
        Column("ended_year", _("终止年度"), default=False),
    )
    filters = (Choice("kind", _("全宗类型"), choices=FondsKind.choices),)


class ScheduleTable(Table):
    """Versions of retention schedules."""

    name = "holdings.schedules"
    noun = ngettext_lazy("%(n)s 版", "%(n)s 版", "number")
    order = "-id"
    search = ("title", "org__name", "citation")
    columns = (
        Column("org__name", _("立档单位"), sort=True),
        Column("title", _("名称"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("version", _("版次"), kind=Kind.NUMBER),
        Column("line_count", _("条款"), kind=Kind.NUMBER),
        Column("state", _("状态"), kind=Kind.STATE, states=SCHEDULE_STATES),
        Column("valid_from", _("施行日期"), kind=Kind.DATE, sort=True),
        Column("citation", _("批复文号"), default=False),
    )
    filters = (Choice("state", _("状态"), choices=SCHEDULE.choices),)


class RuleTable(Table):
    """Versions of rules."""

    name = "holdings.rules"
    noun = ngettext_lazy("%(n)s 版", "%(n)s 版", "number")
    order = "slug"
    search = ("title", "slug", "citation")
    columns = (
        Column(
            "title",
            _("名称"),
            kind=Kind.TITLE,
            link=lambda row: row.get_absolute_url(),
            value=lambda row: gettext(row.title),
        ),
        Column("version", _("版次"), kind=Kind.NUMBER),
        Column("valid_from", _("施行日期"), kind=Kind.DATE, sort=True),
        Column("valid_to", _("废止日期"), kind=Kind.DATE),
        Column("citation", _("依据"), value=lambda row: gettext(row.citation)),
        Column("is_confirmed", _("核对"), kind=Kind.STATE, states=CONFIRMED),
        Column("slug", _("规则"), kind=Kind.CODE, default=False),
    )
    filters = (Flag("is_confirmed", _("已核对原文")),)
