"""Whether what others signed over our log still stands: for `lantai check`."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from lantai.kit import chains
from lantai.kit.errors import N_, Invalid
from lantai.kit.evidence.anchors import judge_anchor
from lantai.kit.evidence.notes import VerifierKey, parse_note
from lantai.kit.evidence.stamps import read_stamp
from lantai.platform.ledger.models import Checkpoint
from lantai.platform.ledger.queries.checking import MOST_FAULTS
from lantai.platform.ledger.types import LogFault
from lantai.platform.witness.models import Alarm, Anchor, Cosignature, Peer, Stamp
from lantai.platform.witness.queries.peers import keys_of

_CHUNK = 500


def check_evidence() -> list[LogFault]:
    """Open alarms, cosignatures, stamps and anchors that are not true of their checkpoint; the first hundred."""
    return list(islice(_faults(), MOST_FAULTS))


def _faults() -> Iterator[LogFault]:
    for alarm in Alarm.objects.filter(ended_at__isnull=True).order_by("id"):
        yield LogFault(alarm.text, params=alarm.params)
    yield from _cosignature_faults()
    yield from _stamp_faults()
    yield from _anchor_faults()


def _cosignature_faults() -> Iterator[LogFault]:
    keys = {peer.pk: keys_of(peer) for peer in Peer.objects.all()}
    last = 0
    while rows := list(Cosignature.objects.filter(pk__gt=last).order_by("pk")[:_CHUNK]):
        texts = _texts({row.size for row in rows})
        for row in rows:
            if not _is_good(row, texts.get(row.size, ""), keys[row.peer_id]):
                told = {"size": row.size, "name": row.key_name}
                yield LogFault(N_("“%(name)s”对 %(size)d 条时检查点的见证签名不正确。"), params=told)
        last = rows[-1].pk


def _stamp_faults() -> Iterator[LogFault]:
    last = 0
    while rows := list(Stamp.objects.filter(pk__gt=last).order_by("pk")[:_CHUNK]):
        texts = _texts({row.size for row in rows})
        for row in rows:
            if not _is_stamped(row, texts.get(row.size, "")):
                told = {"size": row.size, "name": row.service}
                yield LogFault(N_("“%(name)s”对 %(size)d 条时检查点的时间戳不正确。"), params=told)
        last = rows[-1].pk


def _anchor_faults() -> Iterator[LogFault]:
    """Every anchor is of the checkpoint that we signed, and what was confirmed proves it."""
    last = 0
    while rows := list(Anchor.objects.filter(pk__gt=last).order_by("pk")[:_CHUNK]):
        texts = _texts({row.size for row in rows})
        for row in rows:
            if not _is_anchored(row, texts.get(row.size, "")):
                told = {"size": row.size}
                yield LogFault(N_("%(size)d 条时检查点的链上登记记录不正确。"), params=told)
        last = rows[-1].pk


def _is_anchored(row: Anchor, text: str) -> bool:
    try:
        signed = chains.parse(bytes(row.raw))
        proved = judge_anchor(row.record.encode()).transaction if row.record else row.transaction
    except Invalid:
        return False
    is_same = f"0x{signed.hash.hex()}" == row.transaction == proved
    return is_same and chains.text_in(signed.transaction.data) == text.encode()


def _texts(sizes: set[int]) -> dict[int, str]:
    found = Checkpoint.objects.filter(size__in=sizes).values_list("size", "note")
    return {size: note.partition("\n\n")[0] + "\n" for size, note in found}


def _is_good(row: Cosignature, text: str, keys: tuple[VerifierKey, ...]) -> bool:
    try:
        line = parse_note(f"{text}\n{row.line}").signatures[0]
    except Invalid:
        return False
    named = [key for key in keys if (key.name, key.key_id) == (line.name, line.key_id)]
    return any(key.is_witness and key.verify(text, line.blob) for key in named)


def _is_stamped(stamp: Stamp, text: str) -> bool:
    try:
        return read_stamp(bytes(stamp.token), text.encode()).is_signed
    except Invalid:
        return False
