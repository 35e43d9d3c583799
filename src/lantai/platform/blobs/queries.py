"""Reading uploads; each person sees their own."""

from __future__ import annotations

from django.db.models import QuerySet

from lantai.kit.errors import Missing
from lantai.platform.blobs.models import Blob, Upload
from lantai.platform.blobs.types import Staged, Uploaded, UploadState
from lantai.platform.context import Ctx


def visible_uploads(ctx: Ctx) -> QuerySet[Upload]:
    """The uploads of the actor."""
    if ctx.actor.id is None:
        return Upload.objects.none()
    return Upload.objects.filter(owner_id=ctx.actor.id)


def get_upload(ctx: Ctx, token: str) -> Upload:
    """One upload of the actor; raises `Missing`."""
    found = visible_uploads(ctx).filter(token=token).first()
    if found is None:
        raise Missing
    return found


def get_staged(key: str) -> Staged:
    """Size and digests of stored content; raises `Missing`."""
    found = Blob.objects.filter(key=key).first()
    if found is None:
        raise Missing
    return found.staged


def get_uploaded(ctx: Ctx, token: str) -> Uploaded:
    """A finished upload of the actor; raises `Missing`."""
    upload = get_upload(ctx, token)
    if upload.state != UploadState.FINISHED:
        raise Missing
    return Uploaded(upload.token, upload.name, upload.relative_path, get_staged(upload.blob_key))
