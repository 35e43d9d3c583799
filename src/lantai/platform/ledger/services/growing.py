"""The trees over the leaves: SHA-256, and SM3 beside it in the same transaction.

A log that began without an SM3 tree gets one in the turns of the sequencer, some leaves at a time; until it has
caught up, checkpoints say the SHA-256 root alone, as the older ones do.
"""

from __future__ import annotations

from collections.abc import Sequence

from lantai.kit.evidence import tiles
from lantai.kit.evidence.merkle import SM3, HashAlgorithm
from lantai.kit.evidence.tiles import Appended
from lantai.platform.ledger.models import Leaf, Tile
from lantai.platform.ledger.queries.log import StoredTiles, built_size
from lantai.platform.ledger.types import LogDamaged

CATCH_UP = 20_000


def grow(leaf_hashes: Sequence[bytes], size: int, algorithm: HashAlgorithm) -> Appended:
    """Append to the tree of `size` leaves and store what changed of it."""
    appended = tiles.append(leaf_hashes, size, StoredTiles(algorithm), algorithm)
    Tile.objects.bulk_create(
        (
            Tile(algorithm=algorithm.name, level=t.level, index=t.index, width=t.width, data=t.data)
            for t in appended.tiles
        ),
        update_conflicts=True,
        unique_fields=["algorithm", "level", "index"],
        update_fields=["width", "data"],
    )
    return appended


def catch_up(size: int, *, at_most: int = CATCH_UP) -> bool:
    """Bring the SM3 tree nearer to a log of `size` leaves; whether it has caught up."""
    built = built_size(SM3)
    if built > size:
        raise LogDamaged
    if built < size:
        rows = Leaf.objects.filter(index__gte=built, index__lt=size).order_by("index")
        missing = [bytes(data) for data in rows.values_list("data", flat=True)[:at_most]]
        if len(missing) != min(at_most, size - built):
            raise LogDamaged
        grow(SM3.leaves(missing), built, SM3)
        built += len(missing)
    return built == size
