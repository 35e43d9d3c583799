"""What a set is made of: the data folder, the log, the store, the settings; never a private key."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import chain
from pathlib import Path

from django.conf import settings

from lantai.apps.custody import queries as custody
from lantai.kit.backups.trees import walk
from lantai.kit.backups.types import Source
from lantai.kit.packages.ocfl.reader import object_folders
from lantai.platform.blobs import registry as blobs
from lantai.platform.blobs.models import Blob
from lantai.platform.blobs.stores import Kept

# Keys are handed on by other ways (envelopes, shares): whoever finds a medium must not be able to sign for us.
EXCLUDED = ("keys/*.pem", "keys/*.key", "secret_key", "lantai.toml", "index", "staging", "incoming")
_PUBLIC = ("*.crt", "trusted.txt", "log-newest-checkpoint", "*.pub", "*.note")
_SECRET = re.compile(r"KEY|SECRET|PASSWORD|TOKEN|DATABASE|PLACES|URL")
_MARGIN = timedelta(minutes=10)  # clocks of file servers


def full(spool: Path, *, includes_store: bool) -> Iterator[Source]:
    """Everything of a full set, in order of path; `spool` holds `database`, `wal` and `keys`."""
    yield from walk(spool / "base", "database", compress=True)
    yield from walk(spool / "keys", "keys")
    yield _settings()
    if includes_store:
        yield from _staged(blobs.store().kept())
        yield from walk(custody.storage_root(), "store/ocfl")
    yield from walk(spool / "wal", "wal", compress=True)


def added(spool: Path, since: datetime, *, includes_store: bool) -> Iterator[Source]:
    """What was added since a moment, in order of path: content staged and objects touched, and the log."""
    yield from walk(spool / "keys", "keys")
    if includes_store:
        fresh = Blob.objects.filter(staged_at__gte=since - _MARGIN).order_by("key")
        yield from _blobs((row.key, row.staged_at) for row in fresh.iterator())
        yield from _touched(custody.storage_root(), since - _MARGIN)
    yield from walk(spool / "wal", "wal", compress=True)


def keep_public_keys(target: Path) -> None:
    """Copy what is no secret of the keys folder: certificates, trusted keys, the newest checkpoint signed."""
    target.mkdir(parents=True, exist_ok=True)
    for pattern in _PUBLIC:
        for path in settings.LANTAI_KEYS.glob(pattern):
            (target / path.name).write_bytes(path.read_bytes())


def _settings() -> Source:
    """Settings of the product that are no secrets, as JSON."""
    names = sorted(name for name in dir(settings) if name.startswith("LANTAI_") and not _SECRET.search(name))
    plain = {name: str(getattr(settings, name)) for name in [*names, "TIME_ZONE", "ALLOWED_HOSTS"]}
    data = json.dumps(plain, ensure_ascii=False, indent=1).encode()
    return Source("settings/settings.json", len(data), 0, partial(io.BytesIO, data))


def _staged(kept: Iterator[Kept]) -> Iterator[Source]:
    """Staged content is swept within days, so there are few keys to sort."""
    yield from _blobs(sorted((found.key, found.modified_at) for found in kept))


def _blobs(found: Iterable[tuple[str, datetime]]) -> Iterator[Source]:
    store = blobs.store()
    for key, at in found:
        size = store.size(key)
        if size is not None:  # swept meanwhile otherwise
            modified_ns = int(at.timestamp() * 1_000_000) * 1000
            yield Source(f"store/blobs/{key}", size, modified_ns, partial(store.open, key))


def _touched(root: Path, since: datetime) -> Iterator[Source]:
    """Objects whose folder changed: a version adds a name to it. And what lies beside the objects."""
    if not root.is_dir():
        return
    mark = since.timestamp()
    folders = (f for f in object_folders(root) if f.stat().st_mtime >= mark)
    objects = (walk(folder, f"store/ocfl/{folder.relative_to(root)}") for folder in folders)
    beside = (s for s in walk(root / "extensions", "store/ocfl/extensions") if s.modified_ns >= mark * 1e9)
    top = (s for s in walk(root, "store/ocfl", leave_out=_folders_of(root)))
    yield from sorted(chain(*objects, beside, top), key=lambda source: source.order)


def _folders_of(root: Path) -> frozenset[str]:
    return frozenset(path.name for path in root.iterdir() if path.is_dir())
