"""The stored log: checkpoints, tiles, bundles, proofs."""

from __future__ import annotations

from lantai.kit.errors import Missing
from lantai.kit.evidence import tiles
from lantai.kit.evidence.checkpoints import TlogProof
from lantai.kit.evidence.merkle import SHA256, HashAlgorithm
from lantai.kit.evidence.notes import parse_note
from lantai.platform.ledger.models import Checkpoint, Entry, Leaf, Tile
from lantai.platform.ledger.types import NotYetLogged


class StoredTiles:
    """Tiles of one tree in the database, for the kit to read."""

    def __init__(self, algorithm: HashAlgorithm = SHA256) -> None:
        self._algorithm = algorithm

    def read(self, level: int, index: int, width: int) -> bytes:
        """The first `width` hashes of a tile, or nothing when it is not that wide."""
        return tile(level, index, width, self._algorithm) or b""


def tile(level: int, index: int, width: int, algorithm: HashAlgorithm = SHA256) -> bytes | None:
    """The first `width` hashes of a tile; None when the tree has not grown so far."""
    found = Tile.objects.filter(algorithm=algorithm.name, level=level, index=index, width__gte=width)
    data = found.values_list("data", flat=True).first()
    return None if data is None else bytes(data)[: width * algorithm.size_bytes]


def built_size(algorithm: HashAlgorithm) -> int:
    """How many leaves the stored tree of an algorithm has; the SM3 tree of an old log is built step by step."""
    last = Tile.objects.filter(algorithm=algorithm.name, level=0).order_by("-index").first()
    return 0 if last is None else last.index * tiles.TILE_WIDTH + last.width


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
