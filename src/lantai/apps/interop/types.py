"""Kinds and refusals of exchange with other systems."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_, Denied, Invalid, Missing, Refusal

PAGE = 100  # records
HEADERS_PAGE = 500
STAMP_LOCK = 0x4C490001  # one key of PostgreSQL's advisory locks: held while datestamps are given
SOURCE_OBJECT, CHANNEL_OBJECT = "interop:source", "interop:channel"
REPORTED_AT_ONCE = 500


class Way(models.TextChoices):
    """How another archives' catalogue comes to us."""

    HARVEST = "harvest", _("采集（OAI-PMH）")
    REPORT = "report", _("接收报送")


class NotShown(Missing):
    """A stranger followed an address to a record that is not open, or to none: both look the same."""

    message = N_(
        "没有找到这条档案，或者它还没有开放。需要查阅的，请从首页申请查档，写上档号；本馆工作人员请先登录。"
    )


@dataclass(frozen=True, slots=True)
class HarvestSource:
    """Harvest what a source has new."""

    source_id: int


@dataclass(frozen=True, slots=True)
class SendReport:
    """Send the superior what differs since the last time."""

    channel_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One record of another archives as it came."""

    identifier: str
    datestamp: str = ""
    is_deleted: bool = False
    title: str = ""
    author: str = ""
    reference_code: str = ""
    dated: str = ""
    fonds: str = ""
    archives: str = ""
    address: str = ""
    note: str = ""
    sets: tuple[str, ...] = ()
    body: str = ""  # as it came, whatever its format


class SourceNameTaken(Invalid):
    """Names are unique within an organisation."""

    message = N_("“%(name)s”已经登记，没有另建。请换一个名称。")


class AddressNeeded(Invalid):
    """A harvest needs to know where."""

    message = N_("采集需要对方的 OAI-PMH 基础地址，请填写。")


class ReporterNeeded(Invalid):
    """A report comes from a known organisation."""

    message = N_("接收报送需要选定报送单位，请选择。")


class ReporterUnknown(Denied):
    """Nobody has agreed to take reports from this account's organisation."""

    message = N_("没有登记接收“%(org)s”的目录报送。请上级单位先在“他馆目录”中登记报送单位，再重新报送。")


class ReportTooLarge(Invalid):
    """A batch is bounded."""

    message = N_("一批报送最多 %(most)d 条，这一批有 %(count)d 条，没有接收。请分批报送。")


class ReportUnread(Refusal):
    """The superior's answer is no answer of this interface."""

    message = N_("上级单位的回答不是报送回执（%(why)s），这一批将在下次原样重报，不会重复。")


class KeyMissing(Refusal):
    """The key by which we report is not among the settings."""

    message = N_(
        "设置中没有名为“%(name)s”的报送密钥，没有报送。请系统管理员在设置 report_%(name)s 中填写 key=密钥。"
    )


class GoesOn(Refusal):
    """One run at a time."""

    message = N_("“%(name)s”正在进行，请等它结束后再启动。")


class HarvestEndless(Refusal):
    """The other side always has one page more."""

    message = N_(
        "对方的清单看不到尽头：读到第 %(pages)d 页仍要求继续，采集已停止。已采集的部分保留；请联系对方。"
    )


class HarvestStuck(Refusal):
    """The other side keeps sending us back."""

    message = N_("对方一再返回同一个续传标记，采集无法结束，已停止。已采集的部分保留；请联系对方。")
