"""Tables of the witnesses: what was sworn is kept as it was sworn."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from lantai.platform.witness.types import (
    AlarmKind,
    AnchorState,
    BallotState,
    Direction,
    PeerRole,
    PeerState,
    PollOutcome,
    Way,
)


class Peer(models.Model):
    """Another node: it witnesses our log, we witness its log, or both."""

    org = models.ForeignKey("orgs.Org", models.PROTECT, related_name="+", verbose_name=_("登记单位"))
    name = models.CharField(_("名称"), max_length=100)
    role = models.CharField(_("关系"), max_length=8, choices=PeerRole, default=PeerRole.BOTH)
    way = models.CharField(_("途径"), max_length=8, choices=Way, default=Way.WIRE)
    address = models.CharField(_("见证地址"), max_length=300, blank=True)
    log_origin = models.CharField(_("日志名称"), max_length=255, blank=True)
    keys = models.TextField(_("公钥"), max_length=8000)
    group = models.CharField(_("策略组"), max_length=60, blank=True)
    state = models.CharField(_("状态"), max_length=10, choices=PeerState, default=PeerState.ACTIVE)
    added_at = models.DateTimeField(_("登记时间"))
    cosigned_size = models.BigIntegerField(_("已见证到"), default=0)
    answered_at = models.DateTimeField(_("最近应答"), null=True, blank=True)
    try_after = models.DateTimeField(null=True, blank=True)
    failures = models.IntegerField(_("连续失败"), default=0)
    last_error = models.TextField(_("最近的问题"), blank=True)
    is_polled = models.BooleanField(_("互相普查"), default=False)
    ferried_in = models.BigIntegerField(default=0)  # the last message of theirs that was taken in

    class Meta:
        verbose_name = _("见证伙伴")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["name"], condition=~models.Q(state="retired"), name="witness_peer_name"
            ),
            # Other keys make another peer: the former one is retired, and may have had the same log.
            models.UniqueConstraint(
                fields=["log_origin"],
                condition=~models.Q(log_origin="") & ~models.Q(state="retired"),
                name="witness_peer_origin",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("witness:peer", args=[self.pk])


class WitnessedLog(models.Model):
    """The latest checkpoint that we cosigned of one log: the row that two requests race for."""

    origin = models.CharField(_("日志名称"), max_length=255, unique=True)
    peer = models.ForeignKey(Peer, models.PROTECT, related_name="+", verbose_name=_("伙伴"))
    size = models.BigIntegerField(_("条数"))
    root = models.BinaryField()
    note = models.TextField()
    seen_at = models.DateTimeField(_("见证时间"))


class SeenCheckpoint(models.Model):
    """One checkpoint that we cosigned, with the signature by which its log is held to it."""

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="+", verbose_name=_("伙伴"))
    origin = models.CharField(_("日志名称"), max_length=255)
    size = models.BigIntegerField(_("条数"))
    root = models.BinaryField()
    note = models.TextField()
    seen_at = models.DateTimeField(_("见证时间"))

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["origin", "size"], name="witness_seen_size")]
        indexes: ClassVar = [models.Index(fields=["seen_at"], name="witness_seen_at")]


class Refused(models.Model):
    """Requests that we did not cosign: one row a day, kind and peer, however many there were."""

    day = models.DateField(_("日期"))
    status = models.IntegerField(_("答复"))
    peer = models.ForeignKey(Peer, models.PROTECT, null=True, related_name="+", verbose_name=_("伙伴"))
    count = models.BigIntegerField(_("次数"), default=1)
    why = models.TextField(_("原因"), blank=True)
    last_at = models.DateTimeField(_("最近一次"))
    body = models.TextField(blank=True)  # only what a known log signed: it may be proof against it

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["day", "status", "peer"], name="witness_refused_once", nulls_distinct=False
            )
        ]

    @property
    def said(self) -> str:
        """The reason in the reader's language."""
        return gettext(self.why) if self.why else ""


class Cosignature(models.Model):
    """A witness's signature over one of our checkpoints, checked before it was kept."""

    size = models.BigIntegerField(_("条数"))
    peer = models.ForeignKey(Peer, models.PROTECT, related_name="+", verbose_name=_("见证伙伴"))
    key_name = models.CharField(_("见证人"), max_length=255)
    key_id = models.CharField(max_length=8)
    line = models.TextField()
    cosigned_at = models.DateTimeField(_("见证时间"))
    received_at = models.DateTimeField(_("收到时间"))

    class Meta:
        ordering: ClassVar = ["size", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["size", "key_name", "key_id"], name="witness_cosigned_once")
        ]


class Witnessing(models.Model):
    """That one of our checkpoints met the policy, and when; the policy in force then."""

    size = models.BigIntegerField(_("条数"), unique=True)
    policy = models.ForeignKey("witness.Policy", models.PROTECT, null=True, related_name="+")
    met_at = models.DateTimeField(_("达到策略的时间"))


class Policy(models.Model):
    """A C2SP tlog-policy; the newest row is in force."""

    text = models.TextField(_("见证策略"), max_length=60_000)
    set_at = models.DateTimeField(_("设定时间"))
    set_by = models.CharField(_("设定人"), max_length=150)

    class Meta:
        ordering: ClassVar = ["-id"]


class StampService(models.Model):
    """How a configured time-stamping service fares."""

    name = models.CharField(_("时间戳服务"), max_length=60, unique=True)
    answered_at = models.DateTimeField(_("最近应答"), null=True, blank=True)
    try_after = models.DateTimeField(null=True, blank=True)
    failures = models.IntegerField(_("连续失败"), default=0)
    last_error = models.TextField(_("最近的问题"), blank=True)


class Stamp(models.Model):
    """An RFC 3161 token over the text of one of our checkpoints, judged before it was kept."""

    size = models.BigIntegerField(_("条数"))
    service = models.CharField(_("时间戳服务"), max_length=60)
    algorithm = models.CharField(_("摘要算法"), max_length=10)
    token = models.BinaryField()
    signer = models.CharField(_("签发者"), max_length=300, blank=True)
    stamped_at = models.DateTimeField(_("时间戳时间"))
    expires_at = models.DateTimeField(_("证书到期"))
    kept_at = models.DateTimeField(_("收到时间"))
    entry_id = models.BigIntegerField(null=True)  # the ledger's line about it: later stamps renew it

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["size"], name="witness_stamp_size")]


class Chain(models.Model):
    """A configured chain, how it fares, and by which first block it is known again."""

    name = models.CharField(_("区块链"), max_length=60, unique=True)
    chain_id = models.BigIntegerField(_("链标识"), null=True)
    genesis = models.CharField(max_length=64, blank=True)
    known_since = models.DateTimeField(_("启用时间"))
    answered_at = models.DateTimeField(_("最近应答"), null=True, blank=True)
    try_after = models.DateTimeField(null=True, blank=True)
    failures = models.IntegerField(_("连续失败"), default=0)
    last_error = models.TextField(_("最近的问题"), blank=True)

    def __str__(self) -> str:
        return self.name


class Anchor(models.Model):
    """One of our checkpoints on a chain: signed and kept before it is sent, so that no end loses it."""

    size = models.BigIntegerField(_("条数"))
    chain = models.ForeignKey(Chain, models.PROTECT, related_name="+", verbose_name=_("区块链"))
    state = models.CharField(_("状态"), max_length=10, choices=AnchorState, default=AnchorState.WAITING)
    sender = models.CharField(_("链上账户"), max_length=42)
    nonce = models.BigIntegerField()
    transaction = models.CharField(_("交易"), max_length=66)
    raw = models.BinaryField()
    earlier = models.JSONField(default=list)  # the same at lower prices: any of them may still be taken
    made_at = models.DateTimeField(_("签名时间"))
    sent_at = models.DateTimeField(_("发送时间"), null=True, blank=True)
    block_number = models.BigIntegerField(_("区块"), null=True)
    block_hash = models.CharField(_("区块哈希"), max_length=66, blank=True)
    block_at = models.DateTimeField(_("区块时间"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("确认时间"), null=True, blank=True)
    record = models.TextField(blank=True)  # kit/evidence/anchors.py
    entry_id = models.BigIntegerField(null=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        indexes: ClassVar = [models.Index(fields=["size"], name="witness_anchor_size")]
        constraints: ClassVar = [
            # One at a time, so that two processes do not sign two transactions of one number.
            models.UniqueConstraint(
                fields=["chain"],
                condition=models.Q(state__in=["mined", "waiting"]),
                name="witness_anchor_one",
            )
        ]


class IssuedStamp(models.Model):
    """A time stamp that our own service gave; its number is the serial number in the token."""

    imprint = models.BinaryField()
    algorithm = models.CharField(max_length=10)
    issued_at = models.DateTimeField(_("签发时间"))
    token_sha256 = models.CharField(max_length=64, blank=True)
    is_logged = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["id"], name="witness_unlogged", condition=models.Q(is_logged=False))
        ]


class Alarm(models.Model):
    """Something that the officers must know of, open until it has passed; a fork stays and carries its proof."""

    kind = models.CharField(_("告警"), max_length=12, choices=AlarmKind)
    subject = models.CharField(_("对象"), max_length=255)
    peer = models.ForeignKey(Peer, models.PROTECT, null=True, related_name="+", verbose_name=_("伙伴"))
    text = models.TextField(_("说明"))
    params = models.JSONField(default=dict, blank=True)
    proof = models.TextField(blank=True)
    found_at = models.DateTimeField(_("发现时间"))
    ended_at = models.DateTimeField(_("解除时间"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["kind", "subject"],
                condition=models.Q(ended_at__isnull=True),
                name="witness_alarm_open",
            )
        ]

    @property
    def said(self) -> str:
        """The message in the reader's language."""
        return gettext(self.text) % self.params if self.params else gettext(self.text)


class Poll(models.Model):
    """A poll that we called: our peers read their copies and answer with what only the content gives."""

    call = models.CharField(max_length=64, unique=True)
    note = models.TextField()
    item_count = models.IntegerField(_("内容数"))
    called_at = models.DateTimeField(_("发起时间"))
    until = models.DateTimeField(_("截止时间"))
    closed_at = models.DateTimeField(_("计票时间"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]

    def get_absolute_url(self) -> str:
        """Its page."""
        return reverse("witness:poll", args=[self.pk])


class Ballot(models.Model):
    """One peer's part in a poll of ours, its vote as it was signed."""

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="ballots")
    peer = models.ForeignKey(Peer, models.PROTECT, related_name="+", verbose_name=_("伙伴"))
    state = models.CharField(_("状态"), max_length=8, choices=BallotState, default=BallotState.ASKED)
    vote = models.TextField(blank=True)
    try_after = models.DateTimeField(null=True, blank=True)
    last_error = models.TextField(_("最近的问题"), blank=True)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["poll", "peer"], name="witness_ballot_once")]


class PollItem(models.Model):
    """What a poll said of one content."""

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="items")
    item = models.CharField(_("内容"), max_length=200)
    outcome = models.CharField(_("结果"), max_length=14, choices=PollOutcome)
    agree = models.JSONField(_("一致的"), default=list)
    disagree = models.JSONField(_("不一致的"), default=list)
    without = models.JSONField(_("没有的"), default=list)
    mended_by = models.CharField(_("修复来源"), max_length=255, blank=True)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["poll", "item"], name="witness_polled_once")]


class AskedPoll(models.Model):
    """A poll to which a peer called us, and our vote."""

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="+", verbose_name=_("伙伴"))
    call = models.CharField(max_length=64, unique=True)
    note = models.TextField()
    until = models.DateTimeField(_("截止时间"))
    asked_at = models.DateTimeField(_("收到时间"))
    vote = models.TextField(blank=True)
    voted_at = models.DateTimeField(_("回执时间"), null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-id"]


class Possession(models.Model):
    """That a peer proved in a poll of ours that it holds a content as we do: such a peer we help to repair."""

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="+")
    item = models.CharField(max_length=200)
    proved_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["peer", "item"], name="witness_possession_once")
        ]


class FerryMessage(models.Model):
    """A message to or from a peer that no wire reaches, in the order of its sequence."""

    peer = models.ForeignKey(Peer, models.PROTECT, related_name="+", verbose_name=_("伙伴"))
    direction = models.CharField(_("方向"), max_length=3, choices=Direction)
    sequence = models.BigIntegerField(_("序号"))
    kind = models.CharField(max_length=40)
    body = models.JSONField(default=dict)
    made_at = models.DateTimeField(_("时间"))
    is_acknowledged = models.BooleanField(default=False)

    class Meta:
        ordering: ClassVar = ["id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["peer", "direction", "sequence"], name="witness_ferry_place")
        ]
