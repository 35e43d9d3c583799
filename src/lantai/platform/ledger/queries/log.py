"""The stored log: checkpoints, tiles, bundles, proofs."""

from __future__ import annotations

from lantai.kit.errors import Missing
from lantai.kit.evidence import tiles
from lantai.kit.evidence.checkpoints import TlogProof
from lantai.kit.evidence.merkle import SHA256
from lantai.kit.evidence.notes import parse_note
from lantai.platform.ledger.models import Checkpoint, Entry, Leaf, Tile
from lantai.platform.ledger.types import NotYetLogged


class StoredTiles:
    """Tiles of the database, for the kit to read."""

    def read(self, level: int, index: int, width: int) -> bytes:
        """The first `width` hashes of a tile, or nothing when it is not that wide."""
        return tile(level, index, width) or b""


def tile(level: int, index: int, width: int) -> bytes | None:
    """The first `width` hashes of a tile; None when the log has not grown so far."""
    data = (
        Tile.objects.filter(level=level, index=index, width__gte=width).values_list("data", flat=True).first()
    )
    return None if data is None else bytes(data)[: width * SHA256.size_bytes]


def bundle(index: int, width: int) -> bytes | None:
    """The entry bundle over the first `width` leaves of a level-0 tile; None when there are fewer."""
    first = index * tiles.TILE_WIDTH
    rows = Leaf.objects.filter(index__gte=first, index__lt=first + width).order_by("index")
    entries = [bytes(data) for data in rows.values_list("data", flat=True)]
    return tiles.pack_entries(entries) if len(entries) == width else None


def newest_checkpoint() -> Checkpoint | None:
    """The largest checkpoint that was signed."""
    return Checkpoint.objects.order_by("-size").first()


def proof_of(entry_id: int) -> str:
    """The tlog-proof of an entry against the newest checkpoint; raises NotYetLogged or Missing."""
    leaf = Leaf.objects.filter(entry_id=entry_id).only("index").first()
    if leaf is None:
        raise NotYetLogged if Entry.objects.filter(id=entry_id).exists() else Missing
    checkpoint = Checkpoint.objects.order_by("-size")[0]  # written with the leaf
    hashes = tiles.inclusion(leaf.index, checkpoint.size, StoredTiles())
    return TlogProof(leaf.index, tuple(hashes), parse_note(checkpoint.note)).render()
