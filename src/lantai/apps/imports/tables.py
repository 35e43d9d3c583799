"""Lists of this app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from lantai.apps.catalogue.types import Level
from lantai.apps.imports.permissions import P
from lantai.apps.imports.states import MACHINE
from lantai.apps.imports.types import Severity, Standing
from lantai.apps.imports.wording import said
from lantai.platform.ui.pages import states_of
from lantai.platform.ui.tables import Choice, Column, DateRange, Flag, Kind, Table
from lantai.platform.ui.types import State, Tone

if TYPE_CHECKING:
    from lantai.apps.imports.models import ImportedRow

STATES = states_of(MACHINE.states)
SEVERITIES = {
    Severity.ERROR.value: State(Severity.ERROR.label, Tone.BAD),
    Severity.WARNING.value: State(Severity.WARNING.label, Tone.WARN),
}
_STANDINGS = {
    Standing.NEW.value: State(Standing.NEW.label, Tone.GOOD),
    Standing.CHANGED.value: State(Standing.CHANGED.label, Tone.WARN),
    Standing.SAME.value: State(Standing.SAME.label),
}


class BatchTable(Table):
    """Files on their way into the catalogue."""

    name = "imports.batches"
    noun = ngettext_lazy("%(n)s 批", "%(n)s 批", "number")
    order = "-made_at"
    search = ("file_name", "maker_name", "fonds__name", "fonds__code")
    export_permission = P.BATCH_READ
    columns = (
        Column("file_name", _("文件名"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("fonds", _("全宗"), value=lambda row: str(row.fonds)),
        Column("kind__name", _("档案种类")),
        Column("state", _("状态"), kind=Kind.STATE, states=STATES),
        Column("row_count", _("行数"), kind=Kind.NUMBER, sort=True),
        Column("error_count", _("错误"), kind=Kind.NUMBER, sort=True),
        Column("new_count", _("新增"), kind=Kind.NUMBER, default=False),
        Column("changed_count", _("更新"), kind=Kind.NUMBER, default=False),
        Column("maker_name", _("上传人")),
        Column("made_at", _("上传时间"), kind=Kind.MOMENT, sort=True),
        Column("entered_at", _("导入时间"), kind=Kind.MOMENT, sort=True, default=False),
    )
    filters = (
        Choice("state", _("状态"), choices=MACHINE.choices),
        DateRange("made_at", _("上传时间")),
    )


class ProblemTable(Table):
    """What is wrong with a batch, cell by cell."""

    name = "imports.problems"
    noun = ngettext_lazy("%(n)s 处", "%(n)s 处", "number")
    order = "number"
    search = ("place", "message")
    export_permission = P.BATCH_READ
    columns = (
        Column("number", _("行号"), kind=Kind.NUMBER, sort=True),
        Column("place", _("位置"), kind=Kind.CODE),
        Column("severity", _("程度"), kind=Kind.STATE, states=SEVERITIES),
        Column("message", _("说明"), value=said, kind=Kind.TITLE),
    )
    filters = (Choice("severity", _("程度"), choices=Severity.choices),)


def _changes(row: object) -> str:
    """What entering the row will change, field by field."""
    changes = getattr(row, "changes", {})
    return "；".join(f"{_FIELDS.get(name, name)}：{_shown(value)}" for name, value in changes.items())


def _shown(value: object) -> str:
    return "、".join(map(str, value)) if isinstance(value, list) else str(value)


_FIELDS = {
    "title": _("题名"),
    "author": _("责任者"),
    "document_number": _("文号"),
    "dated_on": _("日期"),
    "persons": _("人名"),
    "page_count": _("页数"),
    "note": _("附注"),
}


class EnteredTable(Table):
    """What a batch entered or changed, in the order of its rows."""

    name = "imports.entered"
    noun = ngettext_lazy("%(n)s 条", "%(n)s 条", "number")
    order = "description_id"
    search = ("description__reference_code", "description__title")
    export_permission = P.BATCH_READ
    columns = (
        Column("description__reference_code", _("档号"), kind=Kind.CODE),
        Column(
            "description__title",
            _("题名"),
            kind=Kind.TITLE,
            link=lambda row: row.description.get_absolute_url(),
        ),
        Column("level", _("著录层级"), value=lambda row: row.description.get_level_display()),
        Column(
            "is_new", _("处理"), value=lambda row: (Standing.NEW if row.is_new else Standing.CHANGED).label
        ),
    )
    filters = (Flag("is_new", _("处理"), yes=Standing.NEW.label, no=Standing.CHANGED.label),)

    def row_url(self, row: ImportedRow) -> str:  # type: ignore[override]
        """The page of the record."""
        return row.description.get_absolute_url()


class StagedTable(Table):
    """What entering a batch will do, row by row."""

    name = "imports.rows"
    noun = ngettext_lazy("%(n)s 行", "%(n)s 行", "number")
    order = "number"
    search = ("reference_code",)
    export_permission = P.BATCH_READ
    columns = (
        Column("number", _("行号"), kind=Kind.NUMBER, sort=True),
        Column("standing", _("处理"), kind=Kind.STATE, states=_STANDINGS),
        Column("level", _("著录层级"), value=lambda row: Level(row.level).label),
        Column("reference_code", _("档号"), kind=Kind.CODE, sort=True),
        Column("title", _("题名"), kind=Kind.TITLE, value=lambda row: row.values.get("title", "")),
        Column("changes", _("改为"), value=_changes),
        Column("above", _("上级档号"), kind=Kind.CODE, default=False),
    )
    filters = (Choice("standing", _("处理"), choices=Standing.choices),)
