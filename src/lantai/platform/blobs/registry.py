"""Which stores there are, and who uses content: both are told by their owners at start."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

from lantai.kit.errors import Fault
from lantai.platform.blobs.stores import BlobStore

StoreFactory = Callable[[str, Path], BlobStore]
UsesKeys = Callable[[Sequence[str]], Collection[str]]

_stores: dict[str, StoreFactory] = {}
_owners: dict[str, UsesKeys] = {}


def register_store(scheme: str, factory: StoreFactory) -> None:
    """Serve addresses ``scheme://…`` by ``factory(url, spool folder)``."""
    _stores[scheme] = factory


def register_owner(name: str, uses: UsesKeys) -> None:
    """Let ``uses(keys)`` say which of ``keys`` app ``name`` still needs; a sweep spares those."""
    _owners[name] = uses


def keys_in_use(keys: Sequence[str]) -> set[str]:
    """Those of `keys` that any owner needs."""
    return {key for uses in _owners.values() for key in uses(keys)}


def spool() -> Path:
    """The folder of unfinished files, on the same file system as the local store."""
    return Path(settings.LANTAI_STORE) / "incoming"


def store() -> BlobStore:
    """The store of this installation: ``LANTAI_STORE_URL``, else the folder ``blobs`` in ``LANTAI_STORE``."""
    return _store_at(settings.LANTAI_STORE_URL or (Path(settings.LANTAI_STORE) / "blobs").as_uri(), spool())


@lru_cache(maxsize=8)
def _store_at(url: str, folder: Path) -> BlobStore:
    scheme = urlsplit(url).scheme
    if scheme not in _stores:
        raise Fault("设置 LANTAI_STORE_URL 的存储类型“%(scheme)s”无人支持。", scheme=scheme)
    return _stores[scheme](url, folder)
