"""Reads the whole log again and says where it is not what was signed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import islice

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, Max, OuterRef

from lantai.kit.digests import sm3
from lantai.kit.errors import N_, Invalid
from lantai.kit.evidence.canonical import canonical, leaf_of
from lantai.kit.evidence.checkpoints import parse_checkpoint
from lantai.kit.evidence.merkle import SHA256, SM3
from lantai.kit.evidence.notes import parse_note
from lantai.kit.evidence.receipts import check_signatures
from lantai.kit.evidence.verdicts import Findings
from lantai.platform.ledger.models import Checkpoint, Entry, Leaf, LogCheck, Pending
from lantai.platform.ledger.queries.regrown import RegrownTree
from lantai.platform.ledger.queries.trust import key_history, log_keys, remembered_checkpoint, trust_store
from lantai.platform.ledger.types import LogFault

MOST_FAULTS = 100
RESTORED = "ledger:log:restored"
_GOOD_FOR = timedelta(days=8)
_CHUNK = 2_000


def check_log() -> list[LogFault]:
    """Recompute digests, leaves, tiles and roots; the first hundred faults, first bad index first.

    An empty list means: every entry is as it was recorded, stands in the log once, and the log is the one
    whose checkpoints were signed.
    """
    with _one_moment():
        found = list(islice(_Walk().faults(), MOST_FAULTS))
    return sorted(found, key=lambda fault: (fault.index is None, fault.index or 0))


def last_check() -> LogCheck | None:
    """The newest reading of the whole log that was kept."""
    return LogCheck.objects.order_by("-checked_at", "-id").first()


def is_intact(now: datetime) -> bool | None:
    """What the last reading of the whole log said; None where none was made lately.

    What was found wrong stays so until a reading finds it right: old bad news is no old good news.
    """
    last = last_check()
    if last is None or (last.is_intact and now - last.checked_at > _GOOD_FOR):
        return None
    return last.is_intact


@contextmanager
def _one_moment() -> Iterator[None]:
    """All reads see the same moment, though the sequencer goes on; inside a transaction, that one decides."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


class _Walk:
    """One pass over the leaves in order, with the tree growing beside."""

    def __init__(self) -> None:
        self._tree, self._sm3 = RegrownTree(SHA256), RegrownTree(SM3)
        self._heads = iter(Checkpoint.objects.order_by("size").iterator(_CHUNK))
        self._head = next(self._heads, None)
        self._good = 0  # size of the last checkpoint that was right
        self._is_whole = True
        self._sm3_said = 0  # size of the last checkpoint that says the root of the SM3 tree
        self._trust = trust_store()
        self._lost = list(_told_lost())

    def faults(self) -> Iterator[LogFault]:
        last = -1
        while leaves := list(Leaf.objects.filter(index__gt=last).order_by("index")[:_CHUNK]):
            entries = Entry.objects.in_bulk([leaf.entry_id for leaf in leaves])
            for leaf in leaves:
                yield from self._leaf(leaf, entries.get(leaf.entry_id))
            last = leaves[-1].index
        yield from self._edge()
        yield from self._left_heads()
        yield from _unlogged()
        yield from _keyless()

    def _leaf(self, leaf: Leaf, entry: Entry | None) -> Iterator[LogFault]:
        if leaf.index != self._tree.size and self._is_whole:
            self._is_whole = False
            yield LogFault(
                N_("存证日志缺少第 %(index)d 条。"), self._tree.size, params={"index": self._tree.size}
            )
        is_told_lost = leaf.entry_id < 0 and any(leaf.index in lost for lost in self._lost)
        if entry is not None or not is_told_lost:
            yield from _entry_faults(leaf, entry)
        elif SHA256.leaf(bytes(leaf.data)) != bytes(leaf.hash):
            yield LogFault(
                N_("第 %(index)d 条的内容与其摘要不符。"), leaf.index, params={"index": leaf.index}
            )
        if self._is_whole:
            yield from self._grow(leaf)

    def _grow(self, leaf: Leaf) -> Iterator[LogFault]:
        data = bytes(leaf.data)
        yield from self._tree.grow(data)
        yield from self._sm3.grow(data)
        while self._head and self._head.size == self._tree.size:
            yield from self._check_head(self._head)
            self._head = next(self._heads, None)

    def _check_head(self, head: Checkpoint) -> Iterator[LogFault]:
        told = {"size": head.size, "index": self._good}
        if bytes(head.root) != self._tree.root():
            first = self._tree.first_wrong(self._good)
            told["index"] = first
            yield LogFault(
                N_("第 %(index)d 条至第 %(size)d 条之间的内容与签名的检查点不符。"), first, params=told
            )
        elif not self._is_signed(head):
            yield LogFault(N_("%(size)d 条时的检查点签名不正确。"), self._good, params=told)
        elif not self._is_sm3_said(head):
            yield LogFault(
                N_("%(size)d 条时的检查点没有写明 SM3 树根，或者写的与日志内容不符。"),
                self._good,
                params=told,
            )
        else:
            self._good = head.size

    def _is_sm3_said(self, head: Checkpoint) -> bool:
        """Whether a signed checkpoint says the right SM3 root; only before the first that says one may it be silent."""
        try:
            said = parse_checkpoint(parse_note(head.note).text).sm3_root
        except Invalid:
            return False
        if said is None:
            return not self._sm3_said
        self._sm3_said = head.size
        return said == self._sm3.root()

    def _is_signed(self, head: Checkpoint) -> bool:
        try:
            note = parse_note(head.note)
            said = parse_checkpoint(note.text)
        except Invalid:
            return False
        return (said.size, said.root) == (head.size, bytes(head.root)) and check_signatures(
            note, said.origin, self._trust, Findings()
        )

    def _edge(self) -> Iterator[LogFault]:
        """Tiles that are missing at the right edge, and tiles beyond the end."""
        if self._is_whole:
            yield from self._tree.beyond(self._tree.size)
            yield from self._sm3.beyond(self._sm3_said)

    def _left_heads(self) -> Iterator[LogFault]:
        """Checkpoints of more leaves than there are, leaves that no checkpoint covers, and our own memory."""
        size = self._tree.size
        if self._is_whole and self._head:
            told = {"size": self._head.size, "index": size}
            yield LogFault(
                N_("已签名的检查点有 %(size)d 条，日志只剩 %(index)d 条，末尾被删除。"), size, params=told
            )
        newest = Checkpoint.objects.aggregate(size=Max("size"))["size"] or 0
        if self._is_whole and newest < size:
            yield LogFault(N_("第 %(index)d 条及以后没有签名的检查点。"), newest, params={"index": newest})
        yield from _forgotten(newest)


def _told_lost() -> Iterator[range]:
    """Which leaves came back without their acts: a line of the log itself says so."""
    lines = Entry.objects.filter(act=RESTORED, object_type="ledger:log")
    for detail in lines.values_list("detail", flat=True):
        yield from (range(first, last + 1) for first, last in detail.get("lost", ()))


def _entry_faults(leaf: Leaf, entry: Entry | None) -> Iterator[LogFault]:
    told = {"index": leaf.index, "entry": leaf.entry_id}
    where = (leaf.index, leaf.entry_id, told)
    if entry is None:
        yield LogFault(N_("第 %(index)d 条对应的第 %(entry)d 号操作记录已不存在。"), *where)
        return
    form = canonical(entry.form)
    if (entry.sha256, entry.sm3) != (hashlib.sha256(form).hexdigest(), sm3(form).hex()):
        yield LogFault(N_("第 %(index)d 条对应的第 %(entry)d 号操作记录与其摘要不符，内容被改动。"), *where)
    elif leaf_of(entry.form) != bytes(leaf.data):
        yield LogFault(N_("第 %(index)d 条与第 %(entry)d 号操作记录不符，记录被替换或调换。"), *where)
    if SHA256.leaf(bytes(leaf.data)) != bytes(leaf.hash):
        yield LogFault(N_("第 %(index)d 条的内容与其摘要不符。"), *where)


def _unlogged() -> Iterator[LogFault]:
    """Entries that are neither in the log nor waiting for it were put in, or held back, by hand."""
    stray = Entry.objects.filter(
        ~Exists(Leaf.objects.filter(entry_id=OuterRef("id"))),
        ~Exists(Pending.objects.filter(entry_id=OuterRef("id"))),
    )
    for entry_id in stray.order_by("id").values_list("id", flat=True)[:MOST_FAULTS]:
        yield LogFault(
            N_("第 %(entry)d 号操作记录不在存证日志中，也不在等待编入。"), None, entry_id, {"entry": entry_id}
        )


def _keyless() -> Iterator[LogFault]:
    """Keys in force that are not in their folder: nothing can be signed until they are."""
    held = {key.public.raw for key in log_keys()}
    for key in key_history().in_force():
        if key.public.raw not in held:
            told = {"id": key.key_id.hex()}
            yield LogFault(
                N_("日志的签名私钥 %(id)s 不在密钥目录中，操作记录在等待，不能编入存证日志。"), params=told
            )


def _forgotten(newest: int) -> Iterator[LogFault]:
    """What this machine signed and the database no longer knows."""
    remembered = remembered_checkpoint()
    if remembered is None:
        return
    head = parse_checkpoint(remembered.text)
    if head.origin == settings.LANTAI_LOG_ORIGIN and head.size > newest:
        told = {"signed": head.size, "found": newest}
        yield LogFault(
            N_("本机签发过 %(signed)d 条的检查点，数据库最多只有 %(found)d 条的，日志被恢复到较早的状态。"),
            newest,
            params=told,
        )
