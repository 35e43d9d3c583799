"""The published log as files in a folder: a mirror that outlives the database, in the layout of C2SP tlog-tiles."""

from __future__ import annotations

import os
import secrets
import shutil
from pathlib import Path

from lantai.kit.evidence.merkle import SHA256, SM3, HashAlgorithm
from lantai.kit.evidence.tiles import TILE_HEIGHT, TILE_WIDTH, entries_path, tile_path
from lantai.platform.ledger import queries
from lantai.platform.ledger.queries.log import built_size
from lantai.platform.ledger.registry import cosignatures


def publish(folder: Path) -> int:
    """Bring a folder up to the newest checkpoint, which is written last; returns its size.

    What is there and full is never written again; a run that was cut off is made good by the next.
    """
    newest = queries.newest_checkpoint()
    if newest is None:
        return 0
    _tiles(folder, newest.size, SHA256)
    _tiles(folder / SM3.name, min(newest.size, built_size(SM3)), SM3)
    for index, width in _missing(folder, "entries", newest.size):
        _put(folder / entries_path(index, width), queries.bundle(index, width) or b"")
    _put(folder / "trust.txt", queries.trust_text().encode())
    _put(folder / "keys", queries.key_history().render().encode())
    _put(folder / "checkpoint", (newest.note + cosignatures(newest.size)).encode())
    return newest.size


def _tiles(folder: Path, size: int, algorithm: HashAlgorithm) -> None:
    level = 0
    while size:
        for index, width in _missing(folder, level, size):
            data = queries.tile(level, index, width, algorithm)
            if data is not None:
                _put(folder / tile_path(level, index, width), data)
        size >>= TILE_HEIGHT
        level += 1


def _missing(folder: Path, level: int | str, count: int) -> list[tuple[int, int]]:
    """Which files of a level are to be written, first one first: what is full was written in that order."""
    full, rest = divmod(count, TILE_WIDTH)
    found = [(full, rest)] if rest else []
    for index in reversed(range(full)):
        if (folder / tile_path(level, index)).exists():
            break
        found.append((index, TILE_WIDTH))
    return found[::-1]


def _put(path: Path, data: bytes) -> None:
    """A file whole or not at all; narrower ones of its place go when it is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    with unfinished.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    unfinished.replace(path)
    if path.parent.suffix == ".p":
        for other in path.parent.iterdir():
            if other.name != path.name:
                other.unlink(missing_ok=True)
    else:
        shutil.rmtree(path.with_name(f"{path.name}.p"), ignore_errors=True)
