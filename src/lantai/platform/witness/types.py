"""Words, values and refusals of this app."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _

from lantai.kit.errors import N_, Denied, Fault, Invalid, Refusal
from lantai.kit.evidence.notes import VerifierKey

PEER = "witness:peer"
CHECKPOINT = "witness:checkpoint"
STAMPS = "witness:stamps"


class PeerRole(models.TextChoices):
    """Who asks whom."""

    ASKED = "asked", _("为我们见证")
    ASKS = "asks", _("由我们见证")
    BOTH = "both", _("互相见证")


ASKED = (PeerRole.ASKED, PeerRole.BOTH)
ASKS = (PeerRole.ASKS, PeerRole.BOTH)


class PeerState(models.TextChoices):
    """Whether a peer is in use."""

    ACTIVE = "active", _("使用中")
    PAUSED = "paused", _("暂停")
    RETIRED = "retired", _("已停用")


class Way(models.TextChoices):
    """How messages reach a peer."""

    WIRE = "wire", _("网络")
    FERRY = "ferry", _("摆渡文件")


class AlarmKind(models.TextChoices):
    """What the officers must be told at once."""

    FORK = "fork", _("日志分叉")
    ROLLED_BACK = "rolled_back", _("日志倒退")
    UNWITNESSED = "unwitnessed", _("见证超时")
    UNSTAMPED = "unstamped", _("时间戳超时")
    REFUSED = "refused", _("见证方拒绝")
    UNANCHORED = "unanchored", _("上链超时")
    REWOUND = "rewound", _("区块链回退")
    MISANCHORED = "misanchored", _("链上内容不符")
    POLLED = "polled", _("普查不一致")


class AnchorState(models.TextChoices):
    """How far the transaction of an anchor has come."""

    WAITING = "waiting", _("等待入块")
    MINED = "mined", _("等待确认")
    CONFIRMED = "confirmed", _("已确认")
    LOST = "lost", _("未能留在链上")


UNDER_WAY = (AnchorState.WAITING, AnchorState.MINED)


class BallotState(models.TextChoices):
    """How far a peer came with a poll of ours."""

    ASKED = "asked", _("待送达")
    CALLED = "called", _("待回执")
    VOTED = "voted", _("已回执")
    SILENT = "silent", _("没有回执")


class PollOutcome(models.TextChoices):
    """What a poll says of our copy of an item (kit/evidence/polls.py), and what became of it."""

    AGREED = "agreed", _("一致")
    DAMAGED = "damaged", _("本馆副本有损")
    INCONCLUSIVE = "inconclusive", _("各执一词")
    TOO_FEW = "too_few", _("回执不足")
    MENDED = "mended", _("已由伙伴修复")


class FerryKind(StrEnum):
    """Messages of polls in a file."""

    CALL = "poll/call"
    VOTE = "poll/vote"
    REPAIR = "poll/repair"
    CONTENT = "poll/content"


class Direction(models.TextChoices):
    """Which way a ferried message goes."""

    OUT = "out", _("寄出")
    IN = "in", _("收到")


@dataclass(frozen=True, slots=True)
class Judged:
    """What a log is answered: an HTTP status and a body of that media type."""

    status: int
    body: str
    kind: str = "text/plain; charset=utf-8"


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """The verifier keys that this node publishes, and the number by which people compare them."""

    keys: tuple[VerifierKey, ...]
    check: str

    def render(self) -> str:
        """One key a line."""
        return "".join(f"{key.render()}\n" for key in self.keys)


@dataclass(frozen=True, slots=True)
class AskWitnesses:
    """Arguments of the job that asks witnesses for cosignatures of the newest checkpoint."""


@dataclass(frozen=True, slots=True)
class StampCheckpoint:
    """Arguments of the job that has the newest checkpoint time-stamped."""


@dataclass(frozen=True, slots=True)
class CheckLog:
    """Arguments of the job that reads the whole log again."""


@dataclass(frozen=True, slots=True)
class AnchorCheckpoint:
    """Arguments of the job that brings the newest checkpoint onto the configured chains."""


@dataclass(frozen=True, slots=True)
class HoldPoll:
    """Arguments of the job that calls peers to a poll, gathers their votes and mends what it shows."""


@dataclass(frozen=True, slots=True)
class CastVotes:
    """Arguments of the job that reads what peers ask for and answers their polls."""


class NotPolled(Denied):
    """Only peers with whom polls are agreed take part."""

    message = N_("没有与这个单位约定互相普查。")


class TooManyPolls(Refusal):
    """A peer calls faster than its content can be read."""

    status = 429
    message = N_("上一次普查还没有答完，请稍后再试。")


class NotAHolder(Denied):
    """Content goes only to who proved once that it had the same."""

    message = N_("对方没有在本馆的普查中证明过持有这份内容，没有提供。")


class CannotPoll(Invalid):
    """A poll needs the keys of the peer's log, and by wire an address."""

    message = N_("互相普查的伙伴须登记日志名称和日志公钥；经网络往来的还须登记见证地址。")


class NameTaken(Invalid):
    """Two peers of one name could not be told apart."""

    message = N_("已有名为“%(name)s”的见证伙伴。")


class OriginTaken(Invalid):
    """One log, one peer."""

    message = N_("日志“%(origin)s”已登记在“%(name)s”名下。")


class KeyMissing(Invalid):
    """Without the keys nothing that the peer says can be believed."""

    message = N_("为我们见证的伙伴须有见证公钥，由我们见证的伙伴须有与日志名称相同的日志公钥。")


class KeyNotAsTold(Invalid):
    """The check number read out over another channel is not that of the key."""

    message = N_("核对号不符：所填公钥的核对号是 %(found)s。请通过另一渠道与对方重新核对公钥。")


class OwnKey(Invalid):
    """A log that witnesses itself proves nothing."""

    message = N_("这是本机自己的公钥，不能登记为伙伴。")


class BadAddress(Invalid):
    """The address may not be called."""

    message = N_("地址“%(address)s”不能使用：%(why)s")


class PeerSilent(Fault):
    """The other side could not be reached, or answered what cannot be an answer."""

    status = 503
    message = N_("对方没有正常应答：%(why)s")


class BadAnswer(PeerSilent):
    """The other side answered, and what it said is not true of what was asked."""

    message = N_("对方的答复不可信：%(why)s")


class ChainAsk(Fault):
    """A chain asks for more than the setting allows, or is not the one that it was."""

    status = 503
    message = N_("没有上链：%(why)s")


class TooManyRequests(Refusal):
    """A caller asks faster than its share."""

    status = 429
    retry_after_s = 60
    message = N_("请求过于频繁，请一分钟后再试。")
