"""From entries to a signed log: one transaction a batch, one sequencer at a time."""

from __future__ import annotations

import hashlib
import os
import secrets
from datetime import datetime
from functools import partial

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from lantai.kit.crypto import SigningKey
from lantai.kit.errors import Invalid
from lantai.kit.evidence import tiles
from lantai.kit.evidence.canonical import canonical, leaf_of
from lantai.kit.evidence.checkpoints import Checkpoint as TreeHead
from lantai.kit.evidence.checkpoints import parse_checkpoint, sign_checkpoint, tree_head
from lantai.kit.evidence.merkle import SHA256, SM3
from lantai.kit.evidence.notes import parse_note
from lantai.platform.ledger.models import Checkpoint, Entry, Leaf
from lantai.platform.ledger.queries.log import StoredTiles, newest_checkpoint
from lantai.platform.ledger.queries.trust import NEWEST, remembered_checkpoint
from lantai.platform.ledger.services.growing import catch_up, grow
from lantai.platform.ledger.services.keys import ensure_keys
from lantai.platform.ledger.services.turns import try_turn
from lantai.platform.ledger.types import EntryChanged, LogDamaged, LogRolledBack

BATCH = 10_000


def sequence(now: datetime, *, at_most: int = BATCH) -> int:
    """Append up to `at_most` waiting entries and sign a checkpoint; returns how many.

    Returns 0 also while another sequencer works. Raises KeyUnavailable, LogDamaged, LogRolledBack or
    EntryChanged, and then appends nothing: what waits goes on waiting.
    """
    with transaction.atomic():
        if not try_turn():
            return 0
        keys = ensure_keys()
        entries = _take_waiting(at_most)
        if entries:
            _append(entries, keys, now)
        elif newest := newest_checkpoint():
            catch_up(newest.size)
    return len(entries)


def sequence_now() -> None:
    """Append everything that waits; the beat of the worker."""
    while sequence(timezone.now()) == BATCH:
        continue


def _take_waiting(at_most: int) -> list[Entry]:
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM ledger_pending WHERE entry_id IN"
            " (SELECT entry_id FROM ledger_pending ORDER BY entry_id LIMIT %s) RETURNING entry_id",
            [at_most],
        )
        taken = sorted(row[0] for row in cursor.fetchall())
    found = Entry.objects.in_bulk(taken)
    for entry_id in taken:
        entry = found.get(entry_id)
        if entry is None or hashlib.sha256(canonical(entry.form)).hexdigest() != entry.sha256:
            raise EntryChanged(entry=entry_id)
    return [found[entry_id] for entry_id in taken]


def _append(entries: list[Entry], keys: list[SigningKey], now: datetime) -> None:
    size = _signed_size()
    has_sm3 = catch_up(size)
    data = [leaf_of(entry.form) for entry in entries]
    hashes = SHA256.leaves(data)
    Leaf.objects.bulk_create(
        Leaf(index=index, entry_id=entry.id, data=leaf, hash=leaf_hash)
        for index, (entry, leaf, leaf_hash) in enumerate(zip(entries, data, hashes, strict=True), size)
    )
    grown = grow(hashes, size, SHA256)
    sm3_root = grow(SM3.leaves(data), size, SM3).root if has_sm3 else None
    note = _sign(tree_head(settings.LANTAI_LOG_ORIGIN, grown.size, grown.root, sm3_root), keys, now)
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
    path = settings.LANTAI_KEYS / NEWEST
    unfinished = path.with_name(f".{NEWEST}.{secrets.token_hex(8)}")
    with unfinished.open("w", encoding="utf-8") as stream:
        stream.write(note)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(path)
