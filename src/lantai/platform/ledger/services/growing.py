"""The trees over the leaves: SHA-256, and SM3 beside it in the same transaction.

A log that began without an SM3 tree gets one in the turns of the sequencer, some leaves at a time; until it has
caught up, checkpoints say the SHA-256 root alone, as the older ones do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection

from lantai.kit.evidence import tiles
from lantai.kit.evidence.merkle import SHA256, SM3, HashAlgorithm
from lantai.kit.evidence.tilemaker import Hashed, TileMaker, hash_batch
from lantai.kit.evidence.tiles import Appended
from lantai.platform.ledger.models import Leaf, Tile
from lantai.platform.ledger.queries.log import StoredTiles, built_size
from lantai.platform.ledger.types import LogDamaged

CATCH_UP = 20_000
_COPY_LEAVES = "COPY ledger_leaf (index, entry_id, data, hash) FROM STDIN"


def add_leaves(
    entry_ids: Iterable[int],
    leaves: Sequence[bytes],
    size: int,
    *,
    has_sm3: bool = True,
    maker: TileMaker | None = None,
) -> tuple[bytes, bytes | None]:
    """Put leaves behind the first ``size`` and grow the trees over them; returns both roots."""
    hashed, *beside = hash_batch(leaves, size, (SHA256, SM3) if has_sm3 else (SHA256,), maker)
    with connection.cursor() as cursor, cursor.copy(_COPY_LEAVES) as copy:
        for index, row in enumerate(zip(entry_ids, leaves, hashed.leaves(), strict=True), size):
            copy.write_row((index, *row))
    root = grow(hashed, size, SHA256).root
    return root, grow(*beside, size, SM3).root if beside else None


def grow(hashed: Hashed, size: int, algorithm: HashAlgorithm) -> Appended:
    """Append to the tree of `size` leaves and store what changed of it."""
    appended = tiles.append_row(hashed.row, size, StoredTiles(algorithm), algorithm, roots=hashed.roots)
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


def catch_up(size: int, maker: TileMaker | None = None, *, at_most: int = CATCH_UP) -> bool:
    """Bring the SM3 tree nearer to a log of `size` leaves; whether it has caught up."""
    built = built_size(SM3)
    if built > size:
        raise LogDamaged
    if built < size:
        rows = Leaf.objects.filter(index__gte=built, index__lt=size).order_by("index")
        missing = [bytes(data) for data in rows.values_list("data", flat=True)[:at_most]]
        if len(missing) != min(at_most, size - built):
            raise LogDamaged
        grow(*hash_batch(missing, built, [SM3], maker), built, SM3)
        built += len(missing)
    return built == size
