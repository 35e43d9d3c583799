"""From entries to a signed log: one transaction a batch, one sequencer at a time."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from lantai.kit.crypto import SigningKey
from lantai.kit.errors import Invalid
from lantai.kit.evidence import tiles
from lantai.kit.evidence.canonical import canonical, entry_digests, leaf_from
from lantai.kit.evidence.checkpoints import Checkpoint as TreeHead
from lantai.kit.evidence.checkpoints import parse_checkpoint, sign_checkpoint, tree_head
from lantai.kit.evidence.merkle import SM3
from lantai.kit.evidence.notes import parse_note
from lantai.kit.evidence.tilemaker import TileMaker, tile_maker
from lantai.platform.ledger.models import Checkpoint, Entry, Pending
from lantai.platform.ledger.queries.log import StoredTiles, newest_checkpoint
from lantai.platform.ledger.queries.trust import NEWEST, remembered_checkpoint
from lantai.platform.ledger.services.growing import add_leaves, catch_up
from lantai.platform.ledger.services.keys import ensure_keys
from lantai.platform.ledger.services.memory import keep
from lantai.platform.ledger.services.turns import try_turn
from lantai.platform.ledger.types import EntryChanged, LogDamaged, LogRolledBack

BATCH = 10_000
GREAT = 5 * BATCH  # waiting entries from which a second process is worth its start


def sequence(now: datetime, *, at_most: int = BATCH, maker: TileMaker | None = None) -> int:
    """Append up to `at_most` waiting entries and sign a checkpoint; returns how many.

    Returns 0 also while another sequencer works. Raises KeyUnavailable, LogDamaged, LogRolledBack or
    EntryChanged, and then appends nothing: what waits goes on waiting.
    """
    with transaction.atomic():
        if not try_turn():
            return 0
        keys = ensure_keys()
        leaves = _take_waiting(at_most)
        if leaves:
            _append(leaves, keys, now, maker)
        elif newest := newest_checkpoint():
            catch_up(newest.size, maker)
    return len(leaves)


def sequence_now() -> None:
    """Append everything that waits, a great lot with a second process; the beat of the worker."""
    if sequence(timezone.now()) < BATCH:
        return
    is_great = Pending.objects.all()[GREAT:].exists()
    with tile_maker() if is_great else nullcontext() as maker:
        while sequence(timezone.now(), maker=maker) == BATCH:
            continue


def _take_waiting(at_most: int) -> dict[int, bytes]:
    """The leaves of what waits, by the numbers of their entries, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM ledger_pending WHERE entry_id IN"
            " (SELECT entry_id FROM ledger_pending ORDER BY entry_id LIMIT %s) RETURNING entry_id",
            [at_most],
        )
        taken = sorted(row[0] for row in cursor.fetchall())
    found = Entry.objects.in_bulk(taken)
    return {entry_id: leaf_of_entry(entry_id, found.get(entry_id)) for entry_id in taken}


def leaf_of_entry(entry_id: int, entry: Entry | None) -> bytes:
    """What the log holds of an entry; raises EntryChanged unless both digests are those that were recorded."""
    if entry is not None:
        form = entry.form
        digests = entry_digests(canonical(form))
        if digests == (entry.sha256, entry.sm3):
            return leaf_from(entry.act, str(form["at"]), *digests)
    raise EntryChanged(entry=entry_id)


def _append(leaves: dict[int, bytes], keys: list[SigningKey], now: datetime, maker: TileMaker | None) -> None:
    size = _signed_size()
    has_sm3 = catch_up(size, maker)
    root, sm3_root = add_leaves(leaves, list(leaves.values()), size, has_sm3=has_sm3, maker=maker)
    note = _sign(tree_head(settings.LANTAI_LOG_ORIGIN, size + len(leaves), root, sm3_root), keys, now)
    transaction.on_commit(partial(remember, note))


def _sign(head: TreeHead, keys: list[SigningKey], now: datetime) -> str:
    note = sign_checkpoint(head, keys).render()
    Checkpoint.objects.create(size=head.size, root=head.root, note=note, signed_at=now)
    return note


def _signed_size() -> int:
    """The size of the log, after making sure that what is stored is what was signed."""
    newest = newest_checkpoint()
    size = newest.size if newest else 0
    if newest:
        said = _said(newest.note)
        if (said.size, said.root) != (size, bytes(newest.root)):
            raise LogDamaged
        _require_trees(said)
    remembered = remembered_checkpoint()
    if remembered is None:
        return size
    head = parse_checkpoint(remembered.text)
    if head.origin != settings.LANTAI_LOG_ORIGIN:
        return size
    if head.size > size:
        raise LogRolledBack(found=size, signed=head.size, path=str(settings.LANTAI_KEYS / NEWEST))
    _require_trees(head)
    return size


def _said(note: str) -> TreeHead:
    try:
        return parse_checkpoint(parse_note(note).text)
    except Invalid as changed:
        raise LogDamaged from changed


def _require_trees(head: TreeHead) -> None:
    """The stored trees are those of a checkpoint that was signed."""
    sm3_root = head.sm3_root
    if tiles.root(head.size, StoredTiles()) != head.root:
        raise LogDamaged
    if sm3_root is not None and tiles.root(head.size, StoredTiles(SM3), SM3) != sm3_root:
        raise LogDamaged


def remember(note: str) -> None:
    """Keep the checkpoint beside the keys, where a restored database cannot take it back.

    Nothing shorter is signed from then on.
    """
    keep(NEWEST, note)
