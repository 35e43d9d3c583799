"""Stage content and read it back; one content is stored once, whoever brings it.

Stagings of one content share an advisory lock until their transaction ends; its removal needs the lock alone.
So a removal never takes away what somebody has just been told is there.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from lantai.kit.digests import Digests, Hasher, Source, digest_file, digest_stream, tee
from lantai.kit.errors import Missing
from lantai.platform.blobs import registry
from lantai.platform.blobs.models import Blob
from lantai.platform.blobs.stores import BlobStore, room_or_refusal, spooled, sync_file
from lantai.platform.blobs.types import DigestDiffers, Staged, StoredCopyDiffers, TooLarge, key_of

log = logging.getLogger(__name__)


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


def _note(staged: Staged, now: datetime) -> None:
    digests = staged.digests
    _blob, is_new = Blob.objects.get_or_create(
        key=staged.key,
        defaults={"size_bytes": staged.size, "sha256": digests.sha256, "sha512": digests.sha512,
                  "sm3": digests.sm3, "staged_at": now},
    )  # fmt: skip
    if not is_new:
        Blob.objects.filter(key=staged.key).update(holds=F("holds") + 1, staged_at=now)


def _lock_number(key: str) -> int:
    return int.from_bytes(bytes.fromhex(key[3:19]), "big", signed=True)


def _share(key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [_lock_number(key)])


def _alone(key: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_lock_number(key)])
        return bool(cursor.fetchone()[0])


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


def discard(key: str) -> None:
    """Give up one staging; the content goes after commit when nobody else holds, pins or uses it."""
    if Blob.objects.filter(key=key, holds__gt=0).update(holds=F("holds") - 1):
        transaction.on_commit(lambda: remove_unused(key))


def remove_unused(key: str, *, staged_before: datetime | None = None) -> bool:
    """Remove the content of `key` if it was given up, or staged before that instant, and nobody uses it.

    False when it was spared. The file goes first: a row without a file is found and removed by the next
    sweep, while a file without a row would have to be searched for.
    """
    with transaction.atomic():
        if not _alone(key) or registry.keys_in_use([key]):
            return False
        blob = Blob.objects.filter(key=key).first()  # read under the lock: it may just have been staged again
        if blob is not None and not _is_given_up(blob, staged_before):
            return False
        registry.store().remove(key)
        Blob.objects.filter(key=key).delete()
        return True


def _is_given_up(blob: Blob, staged_before: datetime | None) -> bool:
    if blob.pinned:
        return False
    return blob.holds <= 0 or (staged_before is not None and blob.staged_at < staged_before)
