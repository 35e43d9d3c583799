"""From files to packs: what is new is read once, hashed, packed and kept; what is known is only listed.

A line stands in the list on this machine only when the content lies safely in the place. After a kill the walk
begins anew, so that nothing added meanwhile is missed, but what the torn list knows is not read again.
"""

from __future__ import annotations

import gzip
import hashlib
import heapq
import io
import os
import tarfile
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Protocol

from lantai.kit.backups import lists
from lantai.kit.backups.types import PACK_BYTES, PACK_FILES, SMALL_BYTES, Entry, Located, NewPack, Source

_CHUNK = 1 << 20
_BATCH = 500


class Known(Protocol):
    """Who remembers what lies in the place already, and notes what is added."""

    def where(self, digests: Collection[str]) -> Mapping[str, Located]:
        """Where contents lie, of those that are known."""
        ...

    def keep(self, pack: NewPack) -> None:
        """Keep a pack in the place, then note its contents."""
        ...


def save(
    sources: Iterable[Source],
    known: Known,
    *,
    listing: Path,
    scratch: Path,
    previous: Iterable[Entry] = (),
    step: Callable[[str, int], None] = lambda path, count: None,
) -> None:
    """Save `sources`, in order of path, and list them in `listing`.

    What `previous`, or the list of an earlier try that was killed, knows unchanged is listed and not read.
    `step` is called after every batch that is safely kept, with its last path and its count, and may raise. A
    file that vanished meanwhile is left out.
    """
    scratch.mkdir(parents=True, exist_ok=True)
    earlier = _earlier(listing)
    both = heapq.merge(lists.read_lines(earlier), previous, key=lambda entry: entry.order)
    pairs = _beside(both, sources)
    with listing.open("wb") as out:
        while batch := list(islice(pairs, _BATCH)):
            entries = _save_batch(batch, known, scratch)
            out.write("".join(map(lists.line_of, entries)).encode("ascii"))
            out.flush()
            os.fsync(out.fileno())
            step(batch[-1][0].path, len(batch))
    earlier.unlink(missing_ok=True)


def _earlier(listing: Path) -> Path:
    """What all earlier tries have listed, as one list in order; killed in here, nothing of it is lost."""
    kept, merging = listing.with_suffix(".earlier"), listing.with_suffix(".merging")
    if listing.exists():
        tries = heapq.merge(lists.read_lines(kept), lists.read_lines(listing), key=lambda entry: entry.order)
        with merging.open("wb") as out:
            out.writelines(lists.line_of(entry).encode("ascii") for entry in tries)
        merging.replace(kept)
    return kept


def _beside(previous: Iterable[Entry], todo: Iterable[Source]) -> Iterator[tuple[Source, Entry | None]]:
    known = iter(previous)
    at = next(known, None)
    for source in todo:
        found = None
        while at is not None and at.order <= source.order:
            if (at.path, at.size, at.modified_ns) == (source.path, source.size, source.modified_ns):
                found = at
            at = next(known, None)
        yield source, found


def _save_batch(batch: list[tuple[Source, Entry | None]], known: Known, scratch: Path) -> list[Entry]:
    """The entries of a batch, all of them kept; memory is bounded by the size of a pack."""
    entries: list[Entry] = []
    small: list[tuple[Source, bytes, str]] = []
    held = 0
    for source, earlier in batch:
        if source.is_folder:
            entries.append(Entry(source.path))
        elif earlier is not None:
            entries.append(earlier)
        elif source.size > SMALL_BYTES:
            entries += _save_large(source, known, scratch)
        elif (data := _read(source)) is not None:
            small.append((source, data, hashlib.sha256(data).hexdigest()))
            held += len(data)
        if held >= PACK_BYTES or len(small) >= PACK_FILES:
            entries += _save_small(small, known, scratch)
            small, held = [], 0
    entries += _save_small(small, known, scratch)
    return sorted(entries, key=lambda entry: entry.order)


def _read(source: Source) -> bytes | None:
    try:
        with source.open() as stream:
            return stream.read()
    except FileNotFoundError:
        return None


def _save_small(small: list[tuple[Source, bytes, str]], known: Known, scratch: Path) -> list[Entry]:
    where = dict(known.where({digest for _, _, digest in small}))
    fresh = {digest: (source, data) for source, data, digest in small if digest not in where}
    if fresh:
        pack = _tar({d: (data, source.is_compressed) for d, (source, data) in fresh.items()}, scratch)
        try:
            known.keep(pack)
        finally:
            pack.file.unlink(missing_ok=True)
        where |= pack.contents
    return [
        Entry(source.path, len(data), digest, source.modified_ns, where[digest])
        for source, data, digest in small
    ]


def _tar(contents: Mapping[str, tuple[bytes, bool]], scratch: Path) -> NewPack:
    """A tar archive whose members are named by digest, without dates: the same contents, the same bytes."""
    located: dict[str, tuple[int, int, bool]] = {}
    handle, name = tempfile.mkstemp(prefix="pack-", dir=scratch)
    with (
        os.fdopen(handle, "wb") as raw,
        tarfile.open(fileobj=raw, mode="w", format=tarfile.USTAR_FORMAT) as tar,
    ):
        for digest in sorted(contents):
            data, is_compressed = contents[digest]
            stored = gzip.compress(data, compresslevel=1, mtime=0) if is_compressed else data
            member = tarfile.TarInfo(digest + (".gz" if is_compressed else ""))
            member.size, member.mode = len(stored), 0o444
            located[digest] = (tar.offset + tarfile.BLOCKSIZE, len(stored), is_compressed)
            tar.addfile(member, io.BytesIO(stored))
    file = Path(name)
    own = _digest_of(file)
    called = f"packs/{own[:2]}/{own}.tar"
    spots = {digest: Located(called, *spot) for digest, spot in located.items()}
    return NewPack(called, file, file.stat().st_size, spots)


def _save_large(source: Source, known: Known, scratch: Path) -> list[Entry]:
    """A large file is a pack of its own: copied once, hashed on the way, so that what is kept is what is listed."""
    handle, name = tempfile.mkstemp(prefix="file-", dir=scratch)
    file = Path(name)
    try:
        content, size = _copy(source, handle)
        where = known.where({content})
        if content not in where:
            own = _digest_of(file) if source.is_compressed else content
            called = f"packs/{own[:2]}/{own}.{'gz' if source.is_compressed else 'bin'}"
            stored = file.stat().st_size
            located = Located(called, 0, stored, source.is_compressed)
            known.keep(NewPack(called, file, stored, {content: located}))
            where = {content: located}
        return [Entry(source.path, size, content, source.modified_ns, where[content])]
    except FileNotFoundError:
        return []
    finally:
        file.unlink(missing_ok=True)


def _copy(source: Source, handle: int) -> tuple[str, int]:
    content, size = hashlib.sha256(), 0
    with os.fdopen(handle, "wb") as raw:
        packed = (
            gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="", compresslevel=1)
            if source.is_compressed
            else None
        )
        with source.open() as stream:
            while chunk := stream.read(_CHUNK):
                content.update(chunk)
                size += len(chunk)
                (packed or raw).write(chunk)
        if packed is not None:
            packed.close()
    return content.hexdigest(), size


def _digest_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
