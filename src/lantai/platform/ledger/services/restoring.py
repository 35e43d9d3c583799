"""The log's leaves and trees made again from entries that came back, in the order they once had."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import transaction

from lantai.kit.evidence.canonical import canonical, leaf_of
from lantai.kit.evidence.merkle import SHA256, SM3
from lantai.platform.ledger.models import Entry, Leaf
from lantai.platform.ledger.services.growing import grow
from lantai.platform.ledger.types import EntryChanged

_AT_ONCE = 5_000


@transaction.atomic
def restore_leaves(entry_ids: Iterable[int]) -> int:
    """Make leaves and trees of entries that are in the table already, the first as leaf 0; returns how many.

    Only for a log without any leaf. Raises ``EntryChanged`` for an entry that is not what its digest says.
    """
    todo, size = iter(entry_ids), 0
    while chunk := list(islice(todo, _AT_ONCE)):
        data = list(_leaves(chunk))
        hashes = SHA256.leaves(data)
        Leaf.objects.bulk_create(
            Leaf(index=index, entry_id=entry_id, data=leaf, hash=leaf_hash)
            for index, (entry_id, leaf, leaf_hash) in enumerate(zip(chunk, data, hashes, strict=True), size)
        )
        grow(hashes, size, SHA256)
        grow(SM3.leaves(data), size, SM3)
        size += len(chunk)
    return size


def _leaves(entry_ids: list[int]) -> Iterator[bytes]:
    found = Entry.objects.in_bulk(entry_ids)
    for entry_id in entry_ids:
        entry = found.get(entry_id)
        if entry is None or hashlib.sha256(canonical(entry.form)).hexdigest() != entry.sha256:
            raise EntryChanged(entry=entry_id)
        yield leaf_of(entry.form)
