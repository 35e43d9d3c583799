"""Files for records that are described already: an upload, its check, and the order to seal what matches."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath
from typing import BinaryIO

from django.db import transaction

from lantai.apps.imports import queries
from lantai.apps.imports.models import AttachedFile, Attachment
from lantai.apps.imports.permissions import P
from lantai.apps.imports.states import ATTACHMENTS
from lantai.apps.imports.types import (
    ATTACHMENT,
    LONGEST_PATH,
    AttachmentState,
    NameUnsafe,
    NothingToAttach,
    NothingUploaded,
    NotYet,
    PathTwice,
    ReadAttachment,
    SealAttachment,
    TooManyFiles,
)
from lantai.kit.packages import names
from lantai.kit.packages.catalogue.naming import naming
from lantai.platform.accounts import policy
from lantai.platform.blobs import services as blobs
from lantai.platform.blobs.types import Staged
from lantai.platform.context import Ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.ledger import services as ledger
from lantai.platform.places import queries as places_queries
from lantai.platform.workflow import services as workflow

MOST_FILES = 20_000
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")


@transaction.atomic
def open_attachment(ctx: Ctx, *, fonds_id: int, title: str, pattern: str = "") -> Attachment:
    """Begin a batch of files for records of a fonds; raises ``PatternInvalid``, ``Missing``."""
    fonds = policy.one(queries.fonds_to_attach(ctx), pk=fonds_id)
    row = Attachment.objects.create(
        token=secrets.token_hex(8),
        org_id=fonds.archives_id,
        fonds=fonds,
        title=title.strip()[:120] or str(fonds)[:120],
        pattern=naming(pattern).pattern,
        maker_id=ctx.actor.id,
        maker_name=ctx.actor.name[:64],
        made_at=ctx.now,
    )
    ledger.record(
        ctx,
        "imports:attachment:opened",
        object_type=ATTACHMENT,
        object_id=row.pk,
        object_name=row.title,
        detail={"fonds": fonds.code, "pattern": row.pattern},
    )
    return row


@transaction.atomic
def take_files(
    ctx: Ctx, *, attachment_id: int, places: Sequence[str] = (), parts: Iterable[tuple[str, BinaryIO]] = ()
) -> Attachment:
    """Take what was uploaded, an archive or files with their folders, and start the check.

    Raises ``NothingUploaded``, ``TooManyFiles``, ``NameUnsafe``, ``PathTwice``, ``NotYet``, ``Missing``.
    """
    row = locked(ctx, attachment_id)
    _require(row, AttachmentState.OPEN)
    places_queries.require_room_for_intake()
    found = [(one.relative_path or one.name, one.staged) for one in blobs.take_uploads(ctx, places=places)]
    found += [(PurePosixPath(name).name, blobs.stage(content)) for name, content in parts]
    if not found:
        raise NothingUploaded(field="files")
    name, staged = found[0]
    if len(found) == 1 and name.lower().endswith(ARCHIVES):
        row.archive_key, row.archive_name = staged.key, name[-255:]
        row.save(update_fields=["archive_key", "archive_name"])
    else:
        keep_files(row, found)
    workflow.move(ctx, row, ATTACHMENTS, "read", detail={"files": len(found)})
    _start(ctx, ReadAttachment(row.pk), row)
    return row


def keep_files(row: Attachment, found: Sequence[tuple[str, Staged]]) -> None:
    """Enter staged files; what an operating system leaves behind by itself is given up."""
    if len(found) > MOST_FILES:
        raise TooManyFiles(most=MOST_FILES, count=len(found), field="files")
    kept: dict[str, AttachedFile] = {}
    for path, staged in found:
        if names.is_system_file(path):
            blobs.discard(staged.key)
            continue
        if (why := names.trouble_with(path)) or len(path) > LONGEST_PATH:
            raise NameUnsafe(name=names.shown(path)[:200], why=why or names.TOO_LONG, field="files")
        if names.key_of(path) in kept:
            raise PathTwice(name=names.shown(path)[:200], field="files")
        kept[names.key_of(path)] = new_file(row, path, staged)
    AttachedFile.objects.bulk_create(kept.values(), batch_size=1_000)


def new_file(row: Attachment, path: str, staged: Staged) -> AttachedFile:
    """A file as a row of its batch, not yet entered."""
    return AttachedFile(
        attachment=row,
        path=path,
        blob_key=staged.key,
        size_bytes=staged.size,
        sha256=staged.digests.sha256,
        sha512=staged.digests.sha512,
        sm3=staged.digests.sm3,
    )


@transaction.atomic
def ask_to_seal(ctx: Ctx, *, attachment_id: int) -> Attachment:
    """Start sealing what matches; raises ``NothingToAttach``, ``NotFromHere``."""
    row = locked(ctx, attachment_id)
    if row.state == AttachmentState.TESTED and not row.matched_count:
        raise NothingToAttach
    workflow.move(ctx, row, ATTACHMENTS, "seal", detail={"files": row.matched_count, "items": row.item_count})
    _start(ctx, SealAttachment(row.pk), row)
    return row


@transaction.atomic
def check_again(ctx: Ctx, *, attachment_id: int) -> Attachment:
    """Match anew, after records were described or codes corrected; raises ``NotFromHere``."""
    row = locked(ctx, attachment_id)
    workflow.move(ctx, row, ATTACHMENTS, "check_again")
    _start(ctx, ReadAttachment(row.pk), row)
    return row


@transaction.atomic
def give_up_attachment(ctx: Ctx, *, attachment_id: int) -> Attachment:
    """Forget files that were not sealed; raises ``NotFromHere``: what was sealed stays (档案法)."""
    row = locked(ctx, attachment_id)
    workflow.move(ctx, row, ATTACHMENTS, "cancel")
    let_go(row)
    return row


def let_go(row: Attachment) -> None:
    """Give up the staging of every file; what was sealed has a name of its own in its object."""
    keys = AttachedFile.objects.filter(attachment=row).exclude(blob_key="")
    blobs.discard(*keys.values_list("blob_key", flat=True), *([row.archive_key] if row.archive_key else []))
    keys.update(blob_key="", text="")
    Attachment.objects.filter(pk=row.pk).update(archive_key="")


def locked(ctx: Ctx, attachment_id: int) -> Attachment:
    """A batch of files to act on, or ``Missing``, ``NotPermitted``."""
    row = policy.one(queries.visible_attachments(ctx).select_for_update(of=("self",)), pk=attachment_id)
    policy.require(ctx, P.FILES_ATTACH, row.org_id)
    return row


def _require(row: Attachment, state: AttachmentState) -> None:
    if row.state != state:
        raise NotYet(title=row.title, state=AttachmentState(row.state).label)


def _start(ctx: Ctx, args: object, row: Attachment) -> None:
    jobs.start(ctx, args, org_id=row.org_id, about=(ATTACHMENT, row.pk))
