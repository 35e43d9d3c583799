"""Lists of this app."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext, ngettext, ngettext_lazy
from django.utils.translation import gettext_lazy as _

from lantai.apps.migration import registry
from lantai.apps.migration.models import PlanItem
from lantai.apps.migration.permissions import P
from lantai.apps.migration.states import PLAN
from lantai.apps.migration.types import ItemState, RiskLevel
from lantai.kit.formats.losses import LOSSES
from lantai.kit.formats.risk import CERTAINTIES
from lantai.platform.ui.pages import states_of
from lantai.platform.ui.tables import Choice, Column, DateRange, Flag, Kind, Range, Table, Text
from lantai.platform.ui.types import State, Tone

STATES = states_of(PLAN.states)
RISKS = {
    RiskLevel.LOW.value: State(RiskLevel.LOW.label, Tone.GOOD),
    RiskLevel.MEDIUM.value: State(RiskLevel.MEDIUM.label),
    RiskLevel.HIGH.value: State(RiskLevel.HIGH.label, Tone.WARN),
    RiskLevel.SEVERE.value: State(RiskLevel.SEVERE.label, Tone.BAD),
    RiskLevel.UNKNOWN.value: State(RiskLevel.UNKNOWN.label, Tone.WARN),
}
ITEM_STATES = {
    ItemState.WAITING.value: State(ItemState.WAITING.label),
    ItemState.MADE.value: State(ItemState.MADE.label, Tone.BUSY),
    ItemState.ADDED.value: State(ItemState.ADDED.label, Tone.GOOD),
    ItemState.FAILED.value: State(ItemState.FAILED.label, Tone.BAD),
    ItemState.UNDONE.value: State(ItemState.UNDONE.label),
}


PROOFS = {
    "pages": _("页数"),
    "characters": _("字数"),
    "pixels_sha256": _("画面摘要（SHA-256）"),
    "text_sha256": _("文字摘要（SHA-256）"),
    "largest_difference": _("画面最大差异"),
    "text_share": _("文字保留比例"),
    "duration_ms": _("时长（毫秒）"),
    "width_px": _("宽（像素）"),
    "height_px": _("高（像素）"),
    "channels": _("声道数"),
    "sample_rate_hz": _("采样率（Hz）"),
}


def converter_label(slug: str) -> str:
    """What a converter is called; its slug after an upgrade that dropped it."""
    found = registry.converter_named(slug)
    return str(found.label) if found else slug


def why_not(item: PlanItem) -> str:
    """Why a file was not converted, in the reader's language."""
    if not item.message:
        return ""
    text = gettext(item.message)
    return text % item.params if item.params else text


def losses(item: PlanItem) -> str:
    """What the new file does not carry, in the reader's language."""
    return "、".join(gettext(LOSSES[code]) if code in LOSSES else code for code in item.lost)


def proofs(item: PlanItem) -> Iterator[tuple[str, str]]:
    """What both files were found to have in common, in the reader's language; of long lists how many."""
    for name, value in item.proof.items():
        stem, _mark, kind = name.rpartition("_sha256")
        label = PROOFS.get(name) or (
            gettext("数据流 %(name)s 摘要（SHA-256）") % {"name": stem} if not kind else name
        )
        if isinstance(value, list) and len(value) > 1:
            value = ngettext("%(n)d 个，逐个相同", "%(n)d 个，逐个相同", len(value)) % {"n": len(value)}
        elif isinstance(value, list):
            value = "".join(map(str, value))
        yield str(label), str(value)


class FormatTable(Table):
    """Formats that are held, with their risk."""

    name = "migration.formats"
    noun = ngettext_lazy("%(n)s 种格式", "%(n)s 种格式", "number")
    order = "-byte_count"
    search = ("puid", "family", "reason")
    export_permission = P.FORMAT_READ
    columns = (
        Column("puid", _("格式标识"), kind=Kind.CODE, sort=True, link=lambda row: row.get_absolute_url(),
               value=lambda row: str(row)),
        Column("family", _("格式"), kind=Kind.TITLE, value=lambda row: row.family or gettext("未识别")),
        Column("fonds__code", _("全宗"), kind=Kind.CODE, sort=True),
        Column("file_count", _("文件数"), kind=Kind.NUMBER, sort=True),
        Column("migrated_count", _("已迁移"), kind=Kind.NUMBER, sort=True),
        Column("byte_count", _("字节数"), kind=Kind.SIZE, sort=True),
        Column("package_count", _("信息包数"), kind=Kind.NUMBER, default=False),
        Column("risk", _("风险"), kind=Kind.STATE, states=RISKS),
        Column("reason", _("理由"), value=lambda row: gettext(row.reason) if row.reason else ""),
        Column("target", _("建议转换方式"), value=lambda row: converter_label(row.target) if row.target else ""),
        Column("certainty", _("把握"), value=lambda row: gettext(dict(CERTAINTIES).get(row.certainty, row.certainty)),
               default=False),
        Column("source", _("依据"), default=False),
        Column("counted_at", _("统计时间"), kind=Kind.MOMENT, sort=True),
        Column("org__name", _("保管单位"), default=False),
    )  # fmt: skip
    filters = (
        Choice("risk", _("风险"), choices=RiskLevel.choices),
        Text("fonds__code", _("全宗")),
        Range("file_count", _("文件数")),
    )


class PlanTable(Table):
    """Plans."""

    name = "migration.plans"
    noun = ngettext_lazy("%(n)s 份方案", "%(n)s 份方案", "number")
    search = ("number", "title", "puid", "drafter_name")
    export_permission = P.PLAN_READ
    columns = (
        Column("number", _("方案编号"), kind=Kind.CODE, sort=True),
        Column("title", _("名称"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column("state", _("状态"), kind=Kind.STATE, states=STATES),
        Column("puid", _("源格式"), kind=Kind.CODE, sort=True),
        Column("converter", _("转换方式"), value=lambda row: converter_label(row.converter)),
        Column("fonds__code", _("全宗"), kind=Kind.CODE, default=False),
        Column("file_count", _("文件数"), kind=Kind.NUMBER, sort=True),
        Column("added_count", _("已入包"), kind=Kind.NUMBER),
        Column("failed_count", _("未转换"), kind=Kind.NUMBER),
        Column("byte_count", _("原字节数"), kind=Kind.SIZE),
        Column("made_sum", _("新增字节数"), kind=Kind.SIZE),
        Column("drafter_name", _("提出人"), default=False),
        Column("drafted_at", _("提出时间"), kind=Kind.MOMENT, sort=True),
        Column("finished_at", _("完成时间"), kind=Kind.MOMENT, sort=True),
        Column("org__name", _("保管单位"), default=False),
    )
    filters = (
        Choice("state", _("状态"), choices=PLAN.choices),
        DateRange("drafted_at", _("提出时间"), lookup="drafted_at__date"),
    )


class ItemTable(Table):
    """The files of a plan."""

    name = "migration.items"
    noun = ngettext_lazy("%(n)s 个文件", "%(n)s 个文件", "number")
    order = "id"
    search = ("original_name", "logical_path", "package__title")
    export_permission = P.PLAN_READ
    columns = (
        Column("original_name", _("文件名"), kind=Kind.TITLE, link=lambda row: row.get_absolute_url()),
        Column(
            "package__title", _("信息包"), link=lambda row: reverse("custody:package", args=[row.package_id])
        ),
        Column("state", _("状态"), kind=Kind.STATE, states=ITEM_STATES),
        Column("size_bytes", _("原大小"), kind=Kind.SIZE, sort=True),
        Column("made_bytes", _("新大小"), kind=Kind.SIZE, sort=True),
        Column("message", _("原因"), value=why_not),
        Column("lost", _("不再保留"), value=losses, default=False),
        Column("seconds", _("用时（秒）"), kind=Kind.NUMBER, default=False),
        Column("is_sample", _("抽样"), kind=Kind.FLAG, default=False),
        Column("logical_path", _("包内路径"), default=False),
    )
    filters = (
        Choice("state", _("状态"), choices=ItemState.choices),
        Flag("is_sample", _("抽样")),
        Range("size_bytes", _("原大小（字节）")),
    )
