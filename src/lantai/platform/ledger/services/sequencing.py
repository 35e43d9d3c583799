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
from lantai.kit.evidence import tiles
from lantai.kit.evidence.canonical import canonical, leaf_of
from lantai.kit.evidence.checkpoints import Checkpoint as TreeHead
from lantai.kit.evidence.checkpoints import parse_checkpoint, sign_checkpoint
from lantai.kit.evidence.merkle import SHA256
from lantai.kit.evidence.tiles import Appended
from lantai.platform.ledger.models import Checkpoint, Entry, Leaf, Tile
from lantai.platform.ledger.queries.log import StoredTiles, newest_checkpoint
from lantai.platform.ledger.queries.trust import NEWEST, remembered_checkpoint
from lantai.platform.ledger.services.keys import ensure_keys
from lantai.platform.ledger.types import EntryChanged, LogDamaged, LogRolledBack

BATCH = 10_000
_TURN = int.from_bytes(b"lantailg", "big")  # the advisory lock of the sequencer


def sequence(now: datetime, *, at_most: int = BATCH) -> int:
    """Append up to `at_most` waiting entries and sign a checkpoint; returns how many.

    Returns 0 also while another sequencer works. Raises LogDamaged, LogRolledBack or EntryChanged, and
    then appends nothing.
    """
    keys = ensure_keys()
    with transaction.atomic():
        if not _is_our_turn():
            return 0
        entries = _take_waiting(at_most)
        if entries:
            _append(entries, keys, now)
    return len(entries)


def sequence_now() -> None:
    """Append everything that waits; the beat of the worker."""
    while sequence(timezone.now()) == BATCH:
        continue


def _is_our_turn() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_TURN])
        return bool(cursor.fetchone()[0])


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
    data = [leaf_of(entry.form) for entry in entries]
    hashes = [SHA256.leaf(leaf) for leaf in data]
    appended = tiles.append(hashes, size, StoredTiles())
    Leaf.objects.bulk_create(
        Leaf(index=index, entry_id=entry.id, data=leaf, hash=leaf_hash)
        for index, (entry, leaf, leaf_hash) in enumerate(zip(entries, data, hashes, strict=True), size)
    )
    Tile.objects.bulk_create(
        (Tile(level=t.level, index=t.index, width=t.width, data=t.data) for t in appended.tiles),
        update_conflicts=True,
        unique_fields=["level", "index"],
        update_fields=["width", "data"],
    )
    note = _sign(appended, keys, now)
    transaction.on_commit(partial(_remember, note))


def _sign(appended: Appended, keys: list[SigningKey], now: datetime) -> str:
    head = TreeHead(settings.LANTAI_LOG_ORIGIN, appended.size, appended.root)
    note = sign_checkpoint(head, keys).render()
    Checkpoint.objects.create(size=appended.size, root=appended.root, note=note, signed_at=now)
    return note


def _signed_size() -> int:
    """The size of the log, after making sure that what is stored is what was signed."""
    newest = newest_checkpoint()
    size = newest.size if newest else 0
    if newest and tiles.root(size, StoredTiles()) != bytes(newest.root):
        raise LogDamaged
    remembered = remembered_checkpoint()
    if remembered is None:
        return size
    head = parse_checkpoint(remembered.text)
    if head.origin != settings.LANTAI_LOG_ORIGIN:
        return size
    if head.size > size:
        raise LogRolledBack(found=size, signed=head.size, path=str(settings.LANTAI_KEYS / NEWEST))
    if tiles.root(head.size, StoredTiles()) != head.root:
        raise LogDamaged
    return size


def _remember(note: str) -> None:
    """Keep the checkpoint beside the keys, where a restored database cannot take it back."""
    path = settings.LANTAI_KEYS / NEWEST
    unfinished = path.with_name(f".{NEWEST}.{secrets.token_hex(8)}")
    with unfinished.open("w", encoding="utf-8") as stream:
        stream.write(note)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(path)
