"""Remove what nobody uses: content without an owner, files without a row, abandoned uploads."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar

from django.db.models import Q
from django.utils import timezone

from lantai.platform.blobs import registry
from lantai.platform.blobs.models import Blob, Upload
from lantai.platform.blobs.services.content import remove_unused
from lantai.platform.blobs.services.uploads import drop_upload
from lantai.platform.blobs.types import Swept

log = logging.getLogger(__name__)
KEEP_DAYS = 7
UPLOAD_DAYS = 2
_BATCH = 500
T = TypeVar("T")


def sweep(now: datetime, *, keep_days: int = KEEP_DAYS) -> Swept:
    """Remove unpinned content staged more than `keep_days` ago, or given up, that no owner uses.

    Safe to run beside stagings, twice, and to kill at any instant.
    """
    cutoff = now - timedelta(days=keep_days)
    uploads = _sweep_uploads(now - timedelta(days=UPLOAD_DAYS))
    removed = [b.size_bytes for b in _unused(cutoff) if remove_unused(b.key, staged_before=cutoff)]
    return Swept(len(removed), sum(removed), _sweep_strays(cutoff) + _sweep_spool(cutoff), uploads)


def sweep_now() -> None:
    """`sweep` at this moment, for the worker's schedule; says what it removed."""
    swept = sweep(timezone.now())
    if swept != Swept(0, 0, 0, 0):
        log.info("swept: %s", swept)


def _sweep_uploads(cutoff: datetime) -> int:
    tokens = list(Upload.objects.filter(touched_at__lt=cutoff).values_list("token", flat=True))
    return sum(drop_upload(token) for token in tokens)


def _unused(cutoff: datetime) -> Iterator[Blob]:
    after = 0
    given_up = Q(staged_at__lt=cutoff) | Q(holds__lte=0)
    while batch := list(Blob.objects.filter(given_up, pinned=False, pk__gt=after).order_by("pk")[:_BATCH]):
        used = registry.keys_in_use([blob.key for blob in batch])
        yield from (blob for blob in batch if blob.key not in used)
        after = batch[-1].pk


def _sweep_strays(cutoff: datetime) -> int:
    """Files that a rolled-back transaction left behind."""
    old = (kept.key for kept in registry.store().kept() if kept.modified_at < cutoff)
    removed = 0
    for keys in _batches(old):
        known = set(Blob.objects.filter(key__in=keys).values_list("key", flat=True))
        removed += len(remove_unused(*(key for key in keys if key not in known)))
    return removed


def _sweep_spool(cutoff: datetime) -> int:
    """What a killed process left in the spool folder; parts of live uploads lie elsewhere."""
    old = [path for path in registry.spool().glob("stage-*") if path.stat().st_mtime < cutoff.timestamp()]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(items)
    while batch := list(islice(rest, _BATCH)):
        yield batch
