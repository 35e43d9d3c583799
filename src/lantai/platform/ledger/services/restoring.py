"""The log's leaves and trees made again from entries that came back, in the order they once had."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import transaction

from lantai.platform.ledger.models import Entry
from lantai.platform.ledger.services.growing import add_leaves
from lantai.platform.ledger.services.sequencing import leaf_of_entry

_AT_ONCE = 5_000


@transaction.atomic
def restore_leaves(entry_ids: Iterable[int]) -> int:
    """Make leaves and trees of entries that are in the table already, the first as leaf 0; returns how many.

    Only for a log without any leaf. Raises ``EntryChanged`` for an entry that is not what its digest says.
    """
    todo, size = iter(entry_ids), 0
    while chunk := list(islice(todo, _AT_ONCE)):
        add_leaves(chunk, list(_leaves(chunk)), size)
        size += len(chunk)
    return size


def _leaves(entry_ids: list[int]) -> Iterator[bytes]:
    found = Entry.objects.in_bulk(entry_ids)
    for entry_id in entry_ids:
        yield leaf_of_entry(entry_id, found.get(entry_id))
