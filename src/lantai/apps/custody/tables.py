"""Lists of this app."""

from __future__ import annotations

from django.db.models import Model
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from lantai.apps.custody import queries
from lantai.apps.custody.types import Conclusion, Occasion, Stage
from lantai.platform.ui.tables import Choice, Column, DateRange, Kind, Table
from lantai.platform.ui.types import State, Tone

CONCLUSIONS = {
    Conclusion.PASSED.value: State(Conclusion.PASSED.label, Tone.GOOD),
    Conclusion.FAILED.value: State(Conclusion.FAILED.label, Tone.BAD),
    Conclusion.NEEDS_PERSON.value: State(Conclusion.NEEDS_PERSON.label, Tone.WARN),
}


class PackageTable(Table):
    """Sealed packages."""

    name = "custody.packages"
    noun = ngettext_lazy("%(n)s 个信息包", "%(n)s 个信息包", "number")
    search = ("title", "object_id")
    columns = (
        Column(
            "title", _("名称"), kind=Kind.TITLE, link=lambda row: reverse("custody:package", args=[row.pk])
        ),
        Column("fonds__name", _("全宗")),
        Column("custodian__name", _("保管单位")),
        Column("item_count", _("件数"), kind=Kind.NUMBER, sort=True),
        Column("file_count", _("文件数"), kind=Kind.NUMBER, default=False),
        Column("byte_count", _("数据量"), kind=Kind.SIZE, sort=True),
        Column("stored_at", _("封存时间"), kind=Kind.MOMENT, sort=True),
        Column("object_id", _("对象标识"), kind=Kind.CODE, default=False),
    )
    filters = (DateRange("stored_at", _("封存时间"), lookup="stored_at__date"),)

    def row_url(self, row: Model) -> str:
        """The page of the package."""
        return reverse("custody:package", args=[row.pk])


class CheckTable(Table):
    """Four-property tests."""

    name = "custody.checks"
    noun = ngettext_lazy("%(n)s 次检测", "%(n)s 次检测", "number")
    columns = (
        Column(
            "id",
            _("编号"),
            kind=Kind.CODE,
            sort=True,
            link=lambda row: reverse("custody:check", args=[row.pk]),
        ),
        Column("occasion", _("时机"), value=lambda row: row.get_occasion_display()),
        Column("stage", _("环节"), value=lambda row: row.get_stage_display(), default=False),
        Column("subject_name", _("检测对象")),
        Column("scheme", _("检测方案"), value=lambda row: _(row.scheme_title)),
        Column("org__name", _("检测单位")),
        Column("subject_org__name", _("被检测单位")),
        Column("item_count", _("件数"), kind=Kind.NUMBER),
        Column("failed_item_count", _("不合格件数"), kind=Kind.NUMBER),
        Column("conclusion", _("结论"), kind=Kind.STATE, states=CONCLUSIONS),
        Column("finished_at", _("检测时间"), kind=Kind.MOMENT, sort=True),
    )
    filters = (
        Choice("occasion", _("时机"), choices=Occasion.choices),
        Choice("stage", _("环节"), choices=Stage.choices),
        Choice("conclusion", _("结论"), choices=Conclusion.choices),
        DateRange("finished_at", _("检测时间"), lookup="finished_at__date"),
    )

    def row_url(self, row: Model) -> str:
        """The report."""
        return reverse("custody:check", args=[row.pk])


class FileTable(Table):
    """Files of a package."""

    name = "custody.files"
    noun = ngettext_lazy("%(n)s 个文件", "%(n)s 个文件", "number")
    order = "item_key"
    search = ("original_name", "item_key", "logical_path")
    columns = (
        Column("item_key", _("档号"), kind=Kind.CODE, sort=True),
        Column("original_name", _("文件名"), kind=Kind.TITLE),
        Column("role", _("稿本"), value=lambda row: row.get_role_display()),
        Column("size_bytes", _("大小"), kind=Kind.SIZE, sort=True),
        Column("puid", _("格式标识"), kind=Kind.CODE),
        Column("examination", _("签名与检查"), value=lambda row: queries.words_of(row, row.scan)),
        Column(
            "is_intact",
            _("内容"),
            kind=Kind.STATE,
            states={True: State(_("完好"), Tone.GOOD), False: State(_("异常"), Tone.BAD)},
        ),
        Column("read_at", _("最近校验"), kind=Kind.MOMENT),
        Column("sha512", _("SHA-512 摘要"), kind=Kind.CODE, default=False),
        Column("sm3", _("SM3 摘要"), kind=Kind.CODE, default=False),
    )


BUNDLE_STATES = {
    "making": State(_("制作中"), Tone.BUSY),
    "ready": State(_("可下载"), Tone.GOOD),
    "expired": State(_("已过期"), Tone.PLAIN),
    "destroyed": State(_("已随内容销毁"), Tone.PLAIN),
}


class BundleTable(Table):
    """Evidence bundles."""

    name = "custody.bundles"
    noun = ngettext_lazy("%(n)s 个证据包", "%(n)s 个证据包", "number")
    search = ("title", "item_key")
    columns = (
        Column(
            "title", _("名称"), kind=Kind.TITLE, link=lambda row: reverse("custody:bundle", args=[row.pk])
        ),
        Column("org__name", _("保管单位")),
        Column("asked_by", _("制作人")),
        Column("asked_at", _("开始时间"), kind=Kind.MOMENT, sort=True),
        Column("file_count", _("文件数"), kind=Kind.NUMBER),
        Column("size_bytes", _("大小"), kind=Kind.SIZE),
        Column("expires_at", _("保存到"), kind=Kind.MOMENT),
        Column("standing", _("状态"), kind=Kind.STATE, states=BUNDLE_STATES),
    )
    filters = (DateRange("asked_at", _("开始时间"), lookup="asked_at__date"),)

    def row_url(self, row: Model) -> str:
        """The page of the bundle."""
        return reverse("custody:bundle", args=[row.pk])
