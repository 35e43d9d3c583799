"""Stage content and read it back; one content is stored once, whoever brings it.

Stagings of one content share an advisory lock until their transaction ends; its removal needs the lock alone.
So a removal never takes away what somebody has just been told is there.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.db import connection, transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from lantai.kit.digests import Digests, Hasher, Source, digest_file, digest_stream, tee
from lantai.kit.errors import Missing
from lantai.platform.blobs import registry
from lantai.platform.blobs.models import Blob
from lantai.platform.blobs.stores import BlobStore, room_or_refusal, spooled, sync_file
from lantai.platform.blobs.types import DigestDiffers, Staged, StoredCopyDiffers, TooLarge, key_of

log = logging.getLogger(__name__)
_BATCH = 200  # contents removed in one transaction: each holds a lock


def stage(source: Source, *, limit_bytes: int | None = None, expected: Digests | None = None) -> Staged:
    """Store `source` durably, read it back and compare; raises `TooLarge`, `DigestDiffers`, `StoreFull`.

    Nothing is left of refused content. The caller holds the content until it calls `discard`, or until an
    owner registered in `registry.register_owner` uses the key; without either, a sweep removes it.
    """
    hasher = Hasher()
    with spooled(registry.spool()) as (file, path):
        for piece in _within(tee(source, hasher), hasher, limit_bytes):
            write_all(file, piece)
        sync_file(file)
        return keep(path, hasher.digests(), hasher.size_bytes, expected=expected)


def put_file(path: Path, *, limit_bytes: int | None = None, expected: Digests | None = None) -> Staged:
    """`stage` the file at `path`, which stays where it is."""
    with path.open("rb", buffering=0) as file:
        return stage(file, limit_bytes=limit_bytes, expected=expected)


def adopt(path: Path) -> Staged:
    """`stage` a durable file of our own spool folder without copying it; the file moves away."""
    digests, size = digest_file(path)
    return keep(path, digests, size)


def write_all(file: BinaryIO, data: bytes) -> None:
    """Write every byte of `data` to an unbuffered file: a disk that fills up writes short, then refuses."""
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]


def _within(pieces: Iterable[bytes], hasher: Hasher, limit_bytes: int | None) -> Iterator[bytes]:
    for piece in pieces:
        if limit_bytes is not None and hasher.size_bytes > limit_bytes:
            raise TooLarge(limit_bytes=limit_bytes)
        yield piece


def keep(path: Path, digests: Digests, size: int, *, expected: Digests | None = None) -> Staged:
    """Move the durable file at `path` under its key, verify what the store now holds, and note it."""
    if expected is not None and expected != digests:
        raise DigestDiffers
    staged = Staged(key_of(digests), size, digests)
    with transaction.atomic():
        _share(staged.key)
        with room_or_refusal():
            _store_verified(registry.store(), path, staged)
        _note(staged, timezone.now())
    return staged


def _store_verified(store: BlobStore, path: Path, staged: Staged) -> None:
    """Leave a verified copy in the store; a damaged one that lies there is replaced."""
    found = store.size(staged.key)
    if found is not None and _reads_back(store, staged):
        return
    if found is not None:
        log.warning("stored copy of %s was damaged and is replaced by the one now staged", staged.key)
    store.put(staged.key, path, replace=found is not None)
    if not _reads_back(store, staged):
        store.remove(staged.key)
        raise StoredCopyDiffers(key=staged.key)


def _reads_back(store: BlobStore, staged: Staged) -> bool:
    with store.open(staged.key) as file:
        return digest_stream(file) == (staged.digests, staged.size)


_NOTE = """
    INSERT INTO blobs_blob (key, size_bytes, sha256, sha512, sm3, staged_at, holds, pinned)
    VALUES (%s, %s, %s, %s, %s, %s, 1, false)
    ON CONFLICT (key) DO UPDATE SET holds = blobs_blob.holds + 1, staged_at = excluded.staged_at
"""


def _note(staged: Staged, now: datetime) -> None:
    digests = staged.digests
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [staged.key, staged.size, digests.sha256, digests.sha512, digests.sm3, now])


def _lock_number(key: str) -> int:
    return int.from_bytes(bytes.fromhex(key[3:19]), "big", signed=True)


def _share(key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_lock_number(key)])


def _alone(keys: Sequence[str]) -> list[str]:
    """Those of `keys` that nobody stages at this moment, locked until commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key FROM unnest(%s::text[], %s::bigint[]) AS t (key, number)"
            " WHERE pg_try_advisory_xact_lock(number)",
            [list(keys), [_lock_number(key) for key in keys]],
        )
        return [key for (key,) in cursor.fetchall()]


def open_blob(key: str) -> BinaryIO:
    """The content under `key`, seekable; close it. Raises `Missing`."""
    return registry.store().open(key)


def read_range(key: str, start: int, length: int) -> bytes:
    """At most `length` bytes from `start`. Raises `Missing`."""
    return registry.store().read_range(key, start, length)


def local_path(key: str) -> AbstractContextManager[Path]:
    """``with local_path(key) as path``: a file to read, never to change. Raises `Missing`."""
    return registry.store().local_path(key)


def size_of(key: str) -> int:
    """Length in bytes. Raises `Missing`."""
    size = registry.store().size(key)
    if size is None:
        raise Missing
    return size


def exists(key: str) -> bool:
    """Whether the store holds `key` now."""
    return registry.store().size(key) is not None


def pin(key: str, *, is_pinned: bool = True) -> None:
    """Spare the content from every sweep, or no longer. Raises `Missing`."""
    if not Blob.objects.filter(key=key).update(pinned=is_pinned):
        raise Missing


def discard(*keys: str) -> None:
    """Give up one staging of each key; the content goes after commit when nobody holds, pins or uses it."""
    for count, once in _by_count(keys).items():
        Blob.objects.filter(key__in=once).update(holds=Greatest(F("holds") - count, 0))
    transaction.on_commit(lambda: _remove_in_batches(sorted(set(keys))))


def _by_count(keys: Iterable[str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for key, count in Counter(keys).items():
        found.setdefault(count, []).append(key)
    return found


def _remove_in_batches(keys: Sequence[str]) -> None:
    for start in range(0, len(keys), _BATCH):
        remove_unused(*keys[start : start + _BATCH])


def remove_unused(*keys: str, staged_before: datetime | None = None) -> set[str]:
    """Remove the content of `keys` that was given up, or staged before that instant, and nobody uses.

    Returns what was removed. The file goes first: a row without a file is found and removed by the next
    sweep, while a file without a row would have to be searched for.
    """
    with transaction.atomic():
        ours = _alone(keys)
        free = set(ours) - registry.keys_in_use(ours)
        for blob in Blob.objects.filter(key__in=free):  # read under the lock: it may have been staged again
            if not _is_given_up(blob, staged_before):
                free.discard(blob.key)
        for key in sorted(free):
            registry.store().remove(key)
        Blob.objects.filter(key__in=free).delete()
    return free


def _is_given_up(blob: Blob, staged_before: datetime | None) -> bool:
    if blob.pinned:
        return False
    return blob.holds <= 0 or (staged_before is not None and blob.staged_at < staged_before)
