"""Lists of uploads of files for records."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from lantai.apps.imports.permissions import P
from lantai.apps.imports.states import ATTACHMENTS
from lantai.apps.imports.types import STOPPING, Verdict
from lantai.apps.imports.wording import why_of
from lantai.platform.ui.pages import states_of
from lantai.platform.ui.tables import Choice, Column, DateRange, Kind, Table
from lantai.platform.ui.types import State, Tone

ATTACHMENT_STATES = states_of(ATTACHMENTS.states)
_GOOD = (Verdict.MATCHED, Verdict.ATTACHED)
_BAD = (*STOPPING, Verdict.NO_RECORD, Verdict.TAKEN, Verdict.HELD_BACK)
VERDICTS = {
    one.value: State(one.label, Tone.GOOD if one in _GOOD else Tone.BAD if one in _BAD else Tone.PLAIN)
    for one in Verdict
}


class AttachmentTable(Table):
    """Uploads of files for records."""

    name = "imports.attachments"
    noun = ngettext_lazy("%(n)s 批", "%(n)s 批", "number")
    order = "-made_at"
    search = ("title", "maker_name", "fonds__name", "fonds__code")
    export_permission = P.FILES_READ
    columns = (
        Column("title", _("名称"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("fonds", _("全宗"), value=lambda row: str(row.fonds)),
        Column("state", _("状态"), kind=Kind.STATE, states=ATTACHMENT_STATES),
        Column("file_count", _("文件数"), kind=Kind.NUMBER, sort=True),
        Column("matched_count", _("符合的文件"), kind=Kind.NUMBER, sort=True),
        Column("trouble_count", _("有问题的文件"), kind=Kind.NUMBER, sort=True),
        Column("item_count", _("符合的条目"), kind=Kind.NUMBER, default=False),
        Column("unfilled_count", _("没有文件的条目"), kind=Kind.NUMBER, default=False),
        Column("maker_name", _("上传人")),
        Column("made_at", _("上传时间"), kind=Kind.MOMENT, sort=True),
        Column("sealed_at", _("挂接时间"), kind=Kind.MOMENT, sort=True, default=False),
    )
    filters = (
        Choice("state", _("状态"), choices=ATTACHMENTS.choices),
        DateRange("made_at", _("上传时间")),
    )


class AttachedFileTable(Table):
    """The files of an upload and what was found of each."""

    name = "imports.attached_files"
    noun = ngettext_lazy("%(n)s 个文件", "%(n)s 个文件", "number")
    order = "path"
    search = ("path", "code")
    export_permission = P.FILES_READ
    columns = (
        Column("path", _("文件"), kind=Kind.TITLE, sort=True),
        Column("verdict", _("结果"), kind=Kind.STATE, states=VERDICTS),
        Column("code", _("档号"), kind=Kind.CODE, sort=True),
        Column("order", _("序号"), kind=Kind.NUMBER, default=False),
        Column("why", _("说明"), value=why_of),
        Column("page_count", _("页数"), kind=Kind.NUMBER),
        Column("mime", _("格式"), default=False),
        Column("size_bytes", _("大小"), kind=Kind.SIZE, sort=True),
        Column("sha256", _("摘要"), kind=Kind.CODE, default=False),
    )
    filters = (Choice("verdict", _("结果"), choices=Verdict.choices),)


class UnfilledTable(Table):
    """Records for which no file came."""

    name = "imports.unfilled"
    noun = ngettext_lazy("%(n)s 件", "%(n)s 件", "number")
    order = "reference_code"
    search = ("reference_code", "title")
    export_permission = P.FILES_READ
    columns = (
        Column("reference_code", _("档号"), kind=Kind.CODE, sort=True),
        Column("title", _("题名"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("year", _("年度")),
        Column("page_count", _("页数"), kind=Kind.NUMBER, default=False),
    )
