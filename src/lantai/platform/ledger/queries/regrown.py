"""One tree of the log, grown again from the leaves and compared with its stored tiles."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Max

from lantai.kit.errors import N_
from lantai.kit.evidence import tiles
from lantai.kit.evidence.merkle import CompactRange, HashAlgorithm, root_of
from lantai.platform.ledger.models import Tile
from lantai.platform.ledger.queries.log import built_size
from lantai.platform.ledger.types import LogFault


class RegrownTree:
    """Takes leaves in order; says where the tiles that are stored differ, and knows the root at any moment."""

    def __init__(self, algorithm: HashAlgorithm) -> None:
        self.algorithm = algorithm
        self._tree = CompactRange(algorithm)
        self._rows: list[list[bytes]] = []  # hashes of the unfinished tile at each level
        self._wrong: list[int] = []  # leaves that differ from their tile
        self._built = built_size(algorithm)  # an SM3 tree may still be on its way

    @property
    def size(self) -> int:
        """How many leaves it took."""
        return self._tree.size

    def root(self) -> bytes:
        """The root over the leaves so far."""
        return self._tree.root()

    def grow(self, data: bytes) -> Iterator[LogFault]:
        """Take the next leaf."""
        node = self.algorithm.leaf(data)
        self._tree.append(node)
        yield from self._fill(0, node)
        if self.size == self._built:
            yield from self._compare_edge()

    def _fill(self, level: int, node: bytes) -> Iterator[LogFault]:
        if level == len(self._rows):
            self._rows.append([])
        row = self._rows[level]
        row.append(node)
        if len(row) == tiles.TILE_WIDTH:
            self._rows[level] = []
            number = (self.size >> (tiles.TILE_HEIGHT * (level + 1))) - 1
            yield from self._compare(level, number, row)
            yield from self._fill(level + 1, root_of(row, self.algorithm))

    def _compare(self, level: int, number: int, row: list[bytes]) -> Iterator[LogFault]:
        if self.size > self._built:
            return  # not built so far; who shortened a tree that was signed is found by its checkpoint
        place = self._first_difference(level, number, row)
        if place is None:
            return
        first = (number * tiles.TILE_WIDTH + place) << (tiles.TILE_HEIGHT * level)
        if level == 0:
            self._wrong.append(first)
        elif self._wrong_between(first, first + (1 << (tiles.TILE_HEIGHT * level))) is not None:
            return  # told already, by the leaf itself
        told = {"index": first, "path": self._path(level, number, len(row))}
        yield LogFault(N_("日志块 %(path)s 从第 %(index)d 条起与日志内容不符。"), first, params=told)

    def _path(self, level: int, number: int, width: int) -> str:
        path = tiles.tile_path(level, number, width)
        return path if self.algorithm.name == "sha256" else f"{self.algorithm.name}/{path}"

    def _wrong_between(self, first: int, end: int) -> int | None:
        return min((index for index in self._wrong if first <= index < end), default=None)

    def first_wrong(self, good: int) -> int:
        """The first leaf from `good` on that differs from its tile, else `good`."""
        number, row = self.size // tiles.TILE_WIDTH, self._rows[0]
        place = self._first_difference(0, number, row)
        edge = [] if place is None else [number * tiles.TILE_WIDTH + place]
        return min([index for index in (*self._wrong, *edge) if index >= good], default=good)

    def _compare_edge(self) -> Iterator[LogFault]:
        """The unfinished tiles at the right edge of what is stored."""
        for level, row in enumerate(self._rows):
            if row:
                count = self.size >> (tiles.TILE_HEIGHT * level)
                yield from self._compare(level, count // tiles.TILE_WIDTH, row)

    def beyond(self, needed: int) -> Iterator[LogFault]:
        """At the end: tiles beyond the last leaf, and fewer of them than for the `needed` leaves."""
        if self._built < needed:
            told = {"index": self._built, "path": self._path(0, self._built // tiles.TILE_WIDTH, 1)}
            yield LogFault(
                N_("日志块 %(path)s 从第 %(index)d 条起与日志内容不符。"), self._built, params=told
            )
        stored = Tile.objects.filter(algorithm=self.algorithm.name).values("level")
        for level, last in stored.annotate(last=Max("index")).values_list("level", "last"):
            if last >= -(-(self.size >> (tiles.TILE_HEIGHT * level)) // tiles.TILE_WIDTH):
                yield LogFault(N_("存证日志中有超出末尾的日志块。"), self.size)

    def _first_difference(self, level: int, number: int, row: list[bytes]) -> int | None:
        """The first place at which a stored tile is not `row`, however wide the stored one is."""
        step = self.algorithm.size_bytes
        found = Tile.objects.filter(algorithm=self.algorithm.name, level=level, index=number)
        data = bytes(found.values_list("data", flat=True).first() or b"")
        return next((n for n, node in enumerate(row) if data[n * step : (n + 1) * step] != node), None)
