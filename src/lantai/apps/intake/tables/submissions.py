"""Lists of this app."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from lantai.apps.custody import queries as custody
from lantai.apps.custody.types import FileRole, FileState
from lantai.apps.intake import queries
from lantai.apps.intake.models import SubmissionItem
from lantai.apps.intake.states import SUBMISSION
from lantai.apps.intake.types import ItemVerdict, Mode
from lantai.kit.handover import opinions
from lantai.kit.handover.opinions import HEADINGS
from lantai.platform.ui.pages import states_of
from lantai.platform.ui.tables import Choice, Column, DateRange, Kind, Range, Table
from lantai.platform.ui.types import State, Tone

STATES = states_of(SUBMISSION.states)
VERDICTS = {
    ItemVerdict.PENDING.value: State(ItemVerdict.PENDING.label, Tone.BUSY),
    ItemVerdict.PASSED.value: State(ItemVerdict.PASSED.label, Tone.GOOD),
    ItemVerdict.FAILED.value: State(ItemVerdict.FAILED.label, Tone.BAD),
    ItemVerdict.ACCEPTED.value: State(ItemVerdict.ACCEPTED.label, Tone.GOOD),
    ItemVerdict.RETURNED.value: State(ItemVerdict.RETURNED.label, Tone.WARN),
}


# What opening a file has shown, and what was found before it could be opened.
FILE_STATES = {
    "": State(_("尚未读取"), Tone.BUSY),
    "missing": State(_("缺失"), Tone.BAD),
    **{
        state.value: State(state.label, Tone.GOOD if state is FileState.OK else Tone.BAD)
        for state in FileState
    },
}


def opinion_row(row: object) -> dict[str, str]:
    """What the annex says of an item, by heading; words that are none are left out."""
    opinion, _wrong = opinions.read(row.opinion)  # type: ignore[attr-defined]
    return opinions.as_row(opinion)


def _in_one_line(sentences: Sequence[str]) -> str:
    """Sentences in one cell: only the last keeps its full stop."""
    return "；".join([*(one.rstrip("。.") for one in sentences[:-1]), *sentences[-1:]])


class SubmissionTable(Table):
    """Transfers, for those who send and those who receive."""

    name = "intake.submissions"
    noun = ngettext_lazy("%(n)s 个移交批次", "%(n)s 个移交批次", "number")
    search = ("number", "title", "agency__name")
    columns = (
        Column("number", _("移交批次号"), kind=Kind.CODE, sort=True),
        Column("title", _("交接工作名称"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("agency__name", _("移交单位")),
        Column("archives__name", _("接收单位"), default=False),
        Column("mode", _("移交方式"), value=lambda row: row.get_mode_display()),
        Column("state", _("状态"), kind=Kind.STATE, states=STATES),
        Column("item_count", _("件数"), kind=Kind.NUMBER, sort=True),
        Column("failed_item_count", _("不合格件数"), kind=Kind.NUMBER, sort=True),
        Column("accepted_item_count", _("接收件数"), kind=Kind.NUMBER, default=False),
        Column("returned_item_count", _("退回件数"), kind=Kind.NUMBER, default=False),
        Column("byte_count", _("数据量"), kind=Kind.SIZE, default=False),
        Column("submitted_at", _("提交时间"), kind=Kind.MOMENT, sort=True),
        Column("decided_at", _("办结时间"), kind=Kind.MOMENT),
    )
    filters = (
        Choice("state", _("状态"), choices=SUBMISSION.choices),
        Choice("mode", _("移交方式"), choices=Mode.choices),
        Range("failed_item_count", _("不合格件数")),
        DateRange("submitted_at", _("提交时间"), lookup="submitted_at__date"),
    )


class ItemTable(Table):
    """Items of one transfer with verdict and reasons."""

    name = "intake.items"
    noun = ngettext_lazy("%(n)s 件", "%(n)s 件", "number")
    order = "item_key"
    search = ("reference_code", "title")
    columns = (
        Column("reference_code", _("档号"), kind=Kind.CODE, sort=True),
        Column("title", _("题名"), kind=Kind.TITLE),
        Column("kind__name", _("档案种类"), value=lambda row: _(row.kind.name), default=False),
        Column("verdict", _("结论"), kind=Kind.STATE, states=VERDICTS),
        Column("opening", _("到期开放意见"), value=lambda row: opinion_row(row).get("到期开放意见", "")),
        Column(
            "disclosure",
            _("政府信息公开情况"),
            value=lambda row: opinion_row(row).get("政府信息公开情况", ""),
            default=False,
        ),
        Column(
            "change",
            _("密级变更情况"),
            value=lambda row: opinion_row(row).get("密级变更情况", ""),
            default=False,
        ),
        Column("reasons", _("理由"), value=lambda row: _in_one_line(queries.reasons(row))),
    )
    filters = (Choice("verdict", _("结论"), choices=ItemVerdict.choices),)


class FileTable(Table):
    """Every file of a transfer with what reading it has shown."""

    name = "intake.files"
    noun = ngettext_lazy("%(n)s 个文件", "%(n)s 个文件", "number")
    order = "path"
    search = ("path", "name")
    columns = (
        Column("path", _("路径"), kind=Kind.CODE, sort=True),
        Column("item__reference_code", _("档号"), kind=Kind.CODE),
        Column("role", _("稿本"), value=lambda row: row.get_role_display()),
        Column("state", _("可读性"), kind=Kind.STATE, states=FILE_STATES),
        Column("size_bytes", _("大小"), kind=Kind.SIZE, sort=True),
        Column("puid", _("格式标识"), kind=Kind.CODE),
        Column("examination", _("签名与检查"), value=lambda row: custody.words_of(row, row.scan)),
        Column("page_count", _("页数"), kind=Kind.NUMBER, default=False),
        Column("sm3", _("SM3"), kind=Kind.CODE, default=False),
        Column("sha512", _("SHA-512"), kind=Kind.CODE, default=False),
    )
    filters = (
        Choice("state", _("可读性"), choices=[(k, v.label) for k, v in FILE_STATES.items() if k]),
        Choice("role", _("稿本"), choices=FileRole.choices),
    )


class EntryTable(Table):
    """What went back, with reasons, remedies and answers."""

    name = "intake.returned"
    noun = ngettext_lazy("%(n)s 件", "%(n)s 件", "number")
    order = "item_key"
    search = ("reference_code", "title")
    columns = (
        Column("reference_code", _("档号"), kind=Kind.CODE, sort=True),
        Column("title", _("题名"), kind=Kind.TITLE),
        Column("why", _("不合格原因"), value=lambda row: _in_one_line(queries.reasons_and_remedies(row)[0])),
        Column("remedy", _("补正办法"), value=lambda row: _in_one_line(queries.reasons_and_remedies(row)[1])),
        Column("answer", _("补正情况"), value=lambda row: answer_of(row)),
    )

    def __init__(self, rows: QuerySet[SubmissionItem], *, drops: bool = False) -> None:
        super().__init__(rows)
        if drops:
            act = Column(
                "drop", _("办理"), kind=Kind.LINK, value=_drop_word, link=_drop_url, export=_drop_word
            )
            self.columns = (*self.columns, act)


def _drop_word(item: SubmissionItem) -> str:
    return str(_("这一件不再移交")) if _drop_url(item) else ""


def _drop_url(item: SubmissionItem) -> str:
    """Where an item that is still to come is given up; "" where nothing is."""
    entry = getattr(item, "return_entry", None)
    if entry is None or entry.answered_by_id or entry.dropped_at:
        return ""
    return reverse("intake:drop_entry", args=[item.submission_id, entry.pk])


def answer_of(item: object) -> str:
    """How a returned item was settled, in words."""
    entry = getattr(item, "return_entry", None)
    if entry is None:
        return ""
    if entry.answered_by:
        return str(_("已由 %(code)s 补正") % {"code": entry.answered_by.reference_code})
    return str(_("不再移交")) if entry.dropped_at else str(_("待补正"))


class OpinionTable(Table):
    """The annex of a sealed package, item by item; rows carry what was prepared as ``said``."""

    name = "intake.annex"
    noun = ngettext_lazy("%(n)s 件", "%(n)s 件", "number")
    order = "reference_code"
    search = ("reference_code", "title")
    columns = (
        Column("reference_code", _("档号"), kind=Kind.CODE, sort=True),
        Column(
            "title",
            _("题名"),
            kind=Kind.TITLE,
            link=lambda row: reverse("intake:annex_item", args=[row.package_id, row.pk]),
        ),
        Column("classification", _("密级"), value=lambda row: row.get_classification_display()),
        *(
            Column(name, label, value=lambda row, label=label: said_row(row).get(label, ""))
            for name, label in HEADINGS.items()
        ),
    )

    def row_url(self, row: object) -> str:
        """The line of the annex, not the description."""
        return reverse("intake:annex_item", args=[row.package_id, row.pk])  # type: ignore[attr-defined]


def said_row(row: object) -> dict[str, str]:
    """What was prepared for an item, by heading."""
    return opinions.as_row(opinions.read(row.said or {})[0])  # type: ignore[attr-defined]
