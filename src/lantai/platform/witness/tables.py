"""Lists of this app."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from lantai.platform.ui.pages import states_of
from lantai.platform.ui.tables import Choice, Column, DateRange, Flag, Kind, Table
from lantai.platform.ui.types import State, Tone
from lantai.platform.witness.permissions import P
from lantai.platform.witness.states import MACHINE
from lantai.platform.witness.types import AlarmKind, AnchorState, PeerRole, PollOutcome, Way

STATES = states_of(MACHINE.states)
ANCHORED = {
    AnchorState.WAITING.value: State(AnchorState.WAITING.label, Tone.BUSY),
    AnchorState.MINED.value: State(AnchorState.MINED.label, Tone.BUSY),
    AnchorState.CONFIRMED.value: State(AnchorState.CONFIRMED.label, Tone.GOOD),
    AnchorState.LOST.value: State(AnchorState.LOST.label, Tone.WARN),
}
OUTCOMES = {
    PollOutcome.AGREED.value: State(PollOutcome.AGREED.label, Tone.GOOD),
    PollOutcome.MENDED.value: State(PollOutcome.MENDED.label, Tone.GOOD),
    PollOutcome.TOO_FEW.value: State(PollOutcome.TOO_FEW.label, Tone.PLAIN),
    PollOutcome.INCONCLUSIVE.value: State(PollOutcome.INCONCLUSIVE.label, Tone.WARN),
    PollOutcome.DAMAGED.value: State(PollOutcome.DAMAGED.label, Tone.BAD),
}
WITNESSED = {True: State(_("已见证"), Tone.GOOD), False: State(_("待见证"), Tone.BUSY)}


class PeerTable(Table):
    """Peers."""

    name = "witness.peers"
    noun = ngettext_lazy("%(n)s 个伙伴", "%(n)s 个伙伴", "number")
    order = "name"
    search = ("name", "address", "log_origin", "group")
    export_permission = P.PEER_READ
    columns = (
        Column("name", _("名称"), kind=Kind.TITLE, sort=True, link=lambda row: row.get_absolute_url()),
        Column("role", _("关系"), value=lambda row: row.get_role_display()),
        Column("way", _("途径"), value=lambda row: row.get_way_display()),
        Column("state", _("状态"), kind=Kind.STATE, states=STATES),
        Column("cosigned_size", _("已见证到"), kind=Kind.NUMBER, sort=True),
        Column("answered_at", _("最近应答"), kind=Kind.MOMENT, sort=True),
        Column("failures", _("连续失败"), kind=Kind.NUMBER, sort=True),
        Column("last_error", _("最近的问题"), default=False),
        Column("group", _("策略组"), default=False),
        Column("log_origin", _("日志名称"), kind=Kind.CODE, default=False),
        Column("address", _("见证地址"), kind=Kind.CODE, default=False),
        Column("org__name", _("登记单位"), default=False),
    )
    filters = (
        Choice("state", _("状态"), choices=MACHINE.choices),
        Choice("role", _("关系"), choices=PeerRole.choices),
        Choice("way", _("途径"), choices=Way.choices),
    )


class CheckpointTable(Table):
    """Our checkpoints."""

    name = "witness.checkpoints"
    noun = ngettext_lazy("%(n)s 个检查点", "%(n)s 个检查点", "number")
    order = "-size"
    export_permission = P.LOG_READ
    columns = (
        Column(
            "size",
            _("条数"),
            kind=Kind.NUMBER,
            sort=True,
            link=lambda row: reverse("witness:checkpoint", args=[row.pk]),
        ),
        Column("signed_at", _("签名时间"), kind=Kind.MOMENT),
        Column("is_witnessed", _("见证"), kind=Kind.STATE, states=WITNESSED),
        Column("cosignature_count", _("见证签名"), kind=Kind.NUMBER),
        Column("stamp_count", _("时间戳"), kind=Kind.NUMBER),
        Column(
            "root_hex", _("根摘要"), kind=Kind.CODE, value=lambda row: bytes(row.root).hex(), default=False
        ),
    )
    filters = (
        Flag("is_witnessed", _("已见证")),
        Flag("is_stamped", _("有时间戳")),
        DateRange("signed_at", _("签名时间"), lookup="signed_at__date"),
    )


class SeenTable(Table):
    """Checkpoints of others that we cosigned."""

    name = "witness.seen"
    noun = ngettext_lazy("%(n)s 个检查点", "%(n)s 个检查点", "number")
    search = ("origin", "peer__name")
    export_permission = P.LOG_READ
    columns = (
        Column("id", _("编号"), kind=Kind.CODE, sort=True),
        Column("peer__name", _("伙伴"), kind=Kind.TITLE),
        Column("origin", _("日志名称"), kind=Kind.CODE),
        Column("size", _("条数"), kind=Kind.NUMBER, sort=True),
        Column("seen_at", _("见证时间"), kind=Kind.MOMENT),
        Column(
            "root_hex", _("根摘要"), kind=Kind.CODE, value=lambda row: bytes(row.root).hex(), default=False
        ),
    )
    filters = (DateRange("seen_at", _("见证时间"), lookup="seen_at__date"),)


class RefusedTable(Table):
    """Requests that we did not cosign."""

    name = "witness.refused"
    noun = ngettext_lazy("%(n)s 条", "%(n)s 条", "number")
    search = ("peer__name", "why")
    export_permission = P.LOG_READ
    columns = (
        Column("day", _("日期"), kind=Kind.DATE, sort=True),
        Column("peer__name", _("伙伴"), kind=Kind.TITLE),
        Column("status", _("答复"), kind=Kind.CODE, sort=True),
        Column("why", _("原因"), value=lambda row: row.said),
        Column("count", _("次数"), kind=Kind.NUMBER, sort=True),
        Column("last_at", _("最近一次"), kind=Kind.MOMENT),
    )
    filters = (DateRange("day", _("日期")),)


class StampTable(Table):
    """Time stamps over our checkpoints."""

    name = "witness.stamps"
    noun = ngettext_lazy("%(n)s 个时间戳", "%(n)s 个时间戳", "number")
    search = ("service", "signer")
    export_permission = P.LOG_READ
    columns = (
        Column("id", _("编号"), kind=Kind.CODE, sort=True),
        Column("service", _("时间戳服务"), kind=Kind.TITLE),
        Column("size", _("条数"), kind=Kind.NUMBER, sort=True),
        Column("stamped_at", _("时间戳时间"), kind=Kind.MOMENT, sort=True),
        Column("algorithm", _("摘要算法"), kind=Kind.CODE),
        Column("signer", _("签发者")),
        Column("expires_at", _("证书到期"), kind=Kind.MOMENT, sort=True),
        Column(
            "token",
            _("时间戳文件"),
            value=lambda row: _("下载"),
            link=lambda row: reverse("witness:stamp", args=[row.pk]),
            export=lambda row: "",
        ),
    )
    filters = (DateRange("stamped_at", _("时间戳时间"), lookup="stamped_at__date"),)


class AnchorTable(Table):
    """Our checkpoints on chains."""

    name = "witness.anchors"
    noun = ngettext_lazy("%(n)s 次登记", "%(n)s 次登记", "number")
    search = ("chain__name", "transaction", "block_hash")
    export_permission = P.LOG_READ
    columns = (
        Column("id", _("编号"), kind=Kind.CODE, sort=True),
        Column("chain__name", _("区块链"), kind=Kind.TITLE),
        Column("size", _("条数"), kind=Kind.NUMBER, sort=True),
        Column("state", _("状态"), kind=Kind.STATE, states=ANCHORED),
        Column("block_number", _("区块"), kind=Kind.CODE),
        Column("block_at", _("区块时间"), kind=Kind.MOMENT),
        Column("confirmed_at", _("确认时间"), kind=Kind.MOMENT, sort=True),
        Column("transaction", _("交易"), kind=Kind.CODE, default=False),
        Column("block_hash", _("区块哈希"), kind=Kind.CODE, default=False),
        Column("sender", _("链上账户"), kind=Kind.CODE, default=False),
        Column("made_at", _("签名时间"), kind=Kind.MOMENT, default=False),
        Column(
            "file",
            _("登记记录"),
            value=lambda row: _("下载") if row.confirmed_at else "",
            link=lambda row: reverse("witness:anchor", args=[row.pk]) if row.confirmed_at else "",
            export=lambda row: "",
        ),
    )
    filters = (
        Choice("state", _("状态"), choices=AnchorState.choices),
        DateRange("made_at", _("签名时间"), lookup="made_at__date"),
    )


class PollTable(Table):
    """Polls that we called."""

    name = "witness.polls"
    noun = ngettext_lazy("%(n)s 次普查", "%(n)s 次普查", "number")
    export_permission = P.LOG_READ
    columns = (
        Column("id", _("编号"), kind=Kind.CODE, sort=True, link=lambda row: row.get_absolute_url()),
        Column("called_at", _("发起时间"), kind=Kind.MOMENT),
        Column(
            "closed_at",
            _("状态"),
            kind=Kind.STATE,
            value=lambda row: row.closed_at is not None,
            states={True: State(_("已计票"), Tone.GOOD), False: State(_("进行中"), Tone.BUSY)},
        ),
        Column("item_count", _("内容数"), kind=Kind.NUMBER),
        Column("ballot_count", _("伙伴数"), kind=Kind.NUMBER),
        Column("vote_count", _("回执数"), kind=Kind.NUMBER),
        Column("bad_count", _("不一致"), kind=Kind.NUMBER),
        Column("mended_count", _("已修复"), kind=Kind.NUMBER),
        Column("until", _("截止时间"), kind=Kind.MOMENT, default=False),
    )
    filters = (DateRange("called_at", _("发起时间"), lookup="called_at__date"),)


class AlarmTable(Table):
    """Alarms, open ones and ended ones."""

    name = "witness.alarms"
    noun = ngettext_lazy("%(n)s 条告警", "%(n)s 条告警", "number")
    search = ("subject",)
    export_permission = P.LOG_READ
    columns = (
        Column("id", _("编号"), kind=Kind.CODE, sort=True),
        Column("kind", _("告警"), value=lambda row: row.get_kind_display()),
        Column("text", _("说明"), kind=Kind.TITLE, value=lambda row: row.said),
        Column("subject", _("对象"), kind=Kind.CODE),
        Column(
            "ended_at",
            _("状态"),
            kind=Kind.STATE,
            value=lambda row: row.ended_at is None,
            states={True: State(_("未解除"), Tone.BAD), False: State(_("已解除"), Tone.GOOD)},
        ),
        Column("found_at", _("发现时间"), kind=Kind.MOMENT, sort=True),
        Column(
            "proof",
            _("证据文件"),
            value=lambda row: _("下载") if row.proof else "",
            link=lambda row: reverse("witness:proof", args=[row.pk]) if row.proof else "",
            export=lambda row: "",
        ),
    )
    filters = (
        Choice("kind", _("告警"), choices=AlarmKind.choices),
        DateRange("found_at", _("发现时间"), lookup="found_at__date"),
    )
