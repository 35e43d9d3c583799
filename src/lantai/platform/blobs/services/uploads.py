"""Receive a file piece by piece: a broken connection goes on where it was.

Parts lie in the spool folder under the token of the upload. The row's offset is moved only after the bytes
before it are on the disk, so after a crash the file may be longer than the row says, and never shorter.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum

from lantai.kit.digests import is_safe_path
from lantai.kit.errors import Invalid, Missing
from lantai.platform.blobs import queries, registry
from lantai.platform.blobs.models import Upload
from lantai.platform.blobs.services.content import adopt, discard, write_all
from lantai.platform.blobs.stores import room_or_refusal, sync_file, sync_folder
from lantai.platform.blobs.types import (
    Checksum,
    ChecksumDiffers,
    QuotaExceeded,
    StoreFull,
    TooLarge,
    UploadBusy,
    Uploaded,
    UploadOffsetDiffers,
    UploadState,
)
from lantai.platform.context import Ctx

QUOTA_FILES = 4  # times the largest file: what one person may have under way
_SPARE_BYTES = 256 * 1024 * 1024
_MB = 1024 * 1024
_QUOTA_LOCK = 0x426C6F62


def limit_bytes() -> int:
    """The largest file that may be uploaded."""
    return int(settings.LANTAI_UPLOAD_LIMIT_MB) * _MB


def create_upload(ctx: Ctx, *, name: str, size_bytes: int, relative_path: str = "") -> Upload:
    """Open an upload of the actor; raises `Invalid`, `TooLarge`, `QuotaExceeded`, `StoreFull`."""
    if ctx.actor.id is None:
        raise Missing
    _check_names(name, relative_path)
    _check_room(size_bytes)
    with transaction.atomic():
        _check_quota(ctx.actor.id, size_bytes)
        upload = Upload.objects.create(
            token=secrets.token_hex(16), owner_id=ctx.actor.id, name=name, relative_path=relative_path,
            size_bytes=size_bytes, created_at=ctx.now, touched_at=ctx.now,
        )  # fmt: skip
        if size_bytes == 0:
            _write(upload, ())
            _finish(upload)
        return upload


def append_to_upload(
    ctx: Ctx, *, token: str, offset_bytes: int, source: Iterable[bytes], checksum: Checksum | None = None
) -> Upload:
    """Write `source` at `offset_bytes`, durably; the last byte stages the content.

    With a `checksum` all of `source` counts or nothing. Raises `Missing`, `UploadOffsetDiffers`,
    `ChecksumDiffers`, `UploadBusy`, `TooLarge`, `StoreFull`.
    """
    with transaction.atomic():
        upload = _locked(ctx, token)
        if offset_bytes != upload.offset_bytes:
            raise UploadOffsetDiffers(offset=upload.offset_bytes)
        if upload.state == UploadState.RECEIVING:
            upload.offset_bytes += _write(upload, source, checksum)
            upload.touched_at = ctx.now
            if upload.offset_bytes == upload.size_bytes:
                _finish(upload)
            upload.save(update_fields=["offset_bytes", "touched_at"])
        return upload


def cancel_upload(ctx: Ctx, *, token: str) -> None:
    """Forget an upload of the actor and what arrived of it; raises `Missing`."""
    queries.get_upload(ctx, token)
    drop_upload(token)


def take_upload(ctx: Ctx, *, token: str) -> Uploaded:
    """Take over a finished upload of the actor: the row goes, the caller holds the content."""
    with transaction.atomic():
        _locked(ctx, token)
        uploaded = queries.get_uploaded(ctx, token)
        Upload.objects.filter(token=token).delete()
        return uploaded


def take_uploads(ctx: Ctx, *, places: Iterable[str]) -> list[Uploaded]:
    """`take_upload` for each token or ``Location`` that a form names: all, or none with `Missing`."""
    with transaction.atomic():
        return [
            take_upload(ctx, token=place.rstrip("/").rpartition("/")[2]) for place in dict.fromkeys(places)
        ]


def drop_upload(token: str) -> bool:
    """Remove the row, its part and its hold on the content; False when there was none."""
    with transaction.atomic():
        upload = Upload.objects.select_for_update().filter(token=token).first()
        if upload is None:
            return False
        upload.delete()
        if upload.blob_key:
            discard(upload.blob_key)
        transaction.on_commit(lambda: _part(token).unlink(missing_ok=True))
        return True


def _locked(ctx: Ctx, token: str) -> Upload:
    try:
        with transaction.atomic():
            found = queries.visible_uploads(ctx).select_for_update(nowait=True).filter(token=token).first()
    except DatabaseError as why:
        if getattr(why.__cause__, "sqlstate", "") == "55P03":  # lock_not_available
            raise UploadBusy from why
        raise
    if found is None:
        raise Missing
    return found


def _check_names(name: str, relative_path: str) -> None:
    if not name.strip() or len(name) > 255 or "/" in name or _has_controls(name) or name in {".", ".."}:
        raise Invalid("文件名“%(name)s”不能使用。请改名后重新上传。", field="name", name=name[:80])
    unsafe = not is_safe_path(relative_path) or len(relative_path) > 2000 or _has_controls(relative_path)
    if relative_path and unsafe:
        raise Invalid("文件的相对路径“%(path)s”不能使用。", field="relative_path", path=relative_path[:80])


def _has_controls(text: str) -> bool:
    return any(unicodedata.category(char) in {"Cc", "Cs"} for char in text)


def _check_room(size_bytes: int) -> None:
    if size_bytes < 0:
        raise Invalid("文件大小必须是不小于零的整数。", field="size")
    if size_bytes > limit_bytes():
        raise TooLarge(limit_bytes=limit_bytes())
    folder = registry.spool()
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < size_bytes + _SPARE_BYTES:
        raise StoreFull


def _check_quota(owner_id: int, size_bytes: int) -> None:
    with connection.cursor() as cursor:  # two tabs of one person count one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_QUOTA_LOCK, owner_id % 2**31])
    held = Upload.objects.filter(owner_id=owner_id).aggregate(held=Sum("size_bytes"))["held"] or 0
    quota = QUOTA_FILES * limit_bytes()
    if held + size_bytes > quota:
        raise QuotaExceeded(quota_mb=quota // _MB)


def _part(token: str) -> Path:
    return registry.spool() / "uploads" / token


def _write(upload: Upload, source: Iterable[bytes], checksum: Checksum | None = None) -> int:
    """The number of bytes added; none when `source` brings more than was announced, or other than was said."""
    part = _part(upload.token)
    part.parent.mkdir(parents=True, exist_ok=True)
    is_new = not part.exists()
    handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    with room_or_refusal(), os.fdopen(handle, "r+b", buffering=0) as file:
        file.truncate(upload.offset_bytes)
        file.seek(upload.offset_bytes)
        try:
            added = _pour(_checked(upload, source, checksum), file, upload.size_bytes - upload.offset_bytes)
        except (OSError, TooLarge, ChecksumDiffers):
            file.truncate(upload.offset_bytes)
            raise
        sync_file(file)
    if is_new:
        sync_folder(part.parent)
    return added


def _checked(upload: Upload, source: Iterable[bytes], checksum: Checksum | None) -> Iterator[bytes]:
    """The pieces of `source`; after the last one `ChecksumDiffers`, if together they are not what was said."""
    if checksum is None:
        yield from source
        return
    running = hashlib.new(checksum.algorithm, usedforsecurity=False)
    for piece in source:
        running.update(piece)
        yield piece
    if running.digest() != checksum.digest:
        raise ChecksumDiffers(offset=upload.offset_bytes)


def _pour(source: Iterable[bytes], file: BinaryIO, room_bytes: int) -> int:
    added = 0
    for piece in source:
        added += len(piece)
        if added > room_bytes:
            raise TooLarge(limit_bytes=room_bytes)
        write_all(file, piece)
    return added


def _finish(upload: Upload) -> None:
    """Stage a second name of the part; the first stays until the commit, so a crash loses nothing."""
    part = _part(upload.token)
    link = registry.spool() / f"stage-{upload.token}"
    link.unlink(missing_ok=True)
    os.link(part, link)
    try:
        upload.blob_key = adopt(link).key
    finally:
        link.unlink(missing_ok=True)
    upload.state = UploadState.FINISHED
    upload.save(update_fields=["blob_key", "state"])
    transaction.on_commit(lambda: part.unlink(missing_ok=True))
