"""Content in an S3 bucket, through obstore.

Address: ``s3://bucket/prefix?endpoint=http://127.0.0.1:8333&region=cn-north-1``; the keys of the account
come from ``AWS_ACCESS_KEY_ID`` and ``AWS_SECRET_ACCESS_KEY``, or from the address (``access_key_id`` and
``secret_access_key``).
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Self, cast
from urllib.parse import parse_qsl, urlsplit

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from lantai.kit.errors import Missing
from lantai.platform.blobs.stores import Kept, spooled, sync_file
from lantai.platform.blobs.types import StoreUnreachable, is_key

_PART_BYTES = 8 * 1024 * 1024
_WHOLE_BYTES = 32 * 1024 * 1024
_ADDRESS_OPTIONS = {"endpoint", "region", "access_key_id", "secret_access_key", "conditional_put"}


@contextmanager
def _asked() -> Iterator[None]:
    """What the bucket answers, in our words."""
    try:
        yield
    except FileNotFoundError as why:
        raise Missing from why
    except BaseError as why:
        raise StoreUnreachable(why=str(why)[:300]) from why


class _BucketFile(io.RawIOBase):
    """One object, read by ranges."""

    def __init__(self, store: S3Store, key: str, size: int) -> None:
        self._store, self._key, self._size, self._at = store, key, size, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise ValueError("negative seek position")
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        length = min(len(buffer), self._size - self._at)
        if length <= 0:
            return 0
        with _asked():
            data = obstore.get_range(self._store, self._key, start=self._at, length=length)
        buffer[: len(data)] = memoryview(data)
        self._at += len(data)
        return len(data)

    def readall(self) -> bytes:
        """All that is left in large pieces; what is inherited asks the store for 8 kB at a time."""
        return b"".join(iter(lambda: self.read(_PART_BYTES) or b"", b""))


class BucketStore:
    """Objects in one bucket under one prefix."""

    def __init__(self, store: S3Store, spool: Path) -> None:
        self._store, self._spool = store, spool

    @classmethod
    def from_url(cls, url: str, spool: Path) -> Self:
        """The store at ``s3://bucket/prefix?endpoint=…``; temporary copies go to `spool`."""
        address = urlsplit(url)
        options = {name: value for name, value in parse_qsl(address.query) if name in _ADDRESS_OPTIONS}
        plain = options.get("endpoint", "").startswith("http://")
        prefix = address.path.strip("/") or None
        store = S3Store(address.netloc, prefix=prefix, client_options={"allow_http": plain}, **options)  # type: ignore[arg-type]
        return cls(store, spool)

    def put(self, key: str, path: Path, *, replace: bool = False) -> None:
        """Small objects by one conditional request (of two writers one wins); large ones in parts.

        Not every S3 completes a multipart upload conditionally, but such an object appears whole or not at
        all, and under a digest a second writer can only bring the same bytes.
        """
        if not is_key(key):
            raise Missing
        with _asked():
            if path.stat().st_size > _WHOLE_BYTES:
                obstore.put(
                    self._store, key, path, use_multipart=True, chunk_size=_PART_BYTES, max_concurrency=4
                )
                return
            mode = "overwrite" if replace else "create"
            with suppress(AlreadyExistsError):  # another writer was first with the same bytes
                obstore.put(self._store, key, path, mode=mode, use_multipart=False)

    def open(self, key: str) -> BinaryIO:
        raw = _BucketFile(self._store, key, self._known_size(key))
        return cast(BinaryIO, io.BufferedReader(raw, buffer_size=1024 * 1024))

    def read_range(self, key: str, start: int, length: int) -> bytes:
        within = min(length, self._known_size(key) - start)
        if within <= 0:
            return b""
        with _asked():
            return bytes(obstore.get_range(self._store, key, start=start, length=within))

    def size(self, key: str) -> int | None:
        if not is_key(key):
            return None
        try:
            with _asked():
                return int(obstore.head(self._store, key)["size"])
        except Missing:
            return None

    def _known_size(self, key: str) -> int:
        size = self.size(key)
        if size is None:
            raise Missing
        return size

    @contextmanager
    def local_path(self, key: str) -> Iterator[Path]:
        self._known_size(key)
        with spooled(self._spool) as (file, path):
            with _asked():
                for chunk in obstore.get(self._store, key).stream(min_chunk_size=_PART_BYTES):
                    file.write(chunk)
            sync_file(file)
            yield path

    def remove(self, key: str) -> None:
        if self.size(key) is not None:
            with _asked():
                obstore.delete(self._store, key)

    def kept(self) -> Iterator[Kept]:
        with _asked():
            for batch in obstore.list(self._store):
                for found in batch:
                    if is_key(found["path"]):
                        yield Kept(found["path"], found["last_modified"])
