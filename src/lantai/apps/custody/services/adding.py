"""Files added to a sealed package (what a migration of formats made), and left out again: always a new version.

What was sealed first is never touched: it stays in every version, and only what was added later may be left out.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import ExitStack

from django.conf import settings
from django.db import transaction
from django.db.models import ProtectedError

from lantai.apps.custody import history, queries
from lantai.apps.custody.events import VersionAdded
from lantai.apps.custody.models import ContentFile, Package
from lantai.apps.custody.services import telling
from lantai.apps.custody.services.sealing import content_rows, new_contents
from lantai.apps.custody.types import AddedFileDiffers, FileInUse, NewFile, OriginalStays
from lantai.kit.packages.ocfl.reader import OcflObject, open_object
from lantai.kit.packages.ocfl.writer import ObjectWriter
from lantai.platform.context import Ctx
from lantai.platform.events import services as events
from lantai.platform.ledger import services as ledger

_ROWS_AT_ONCE = 2_000
FILES_ADDED, FILES_LEFT_OUT = "custody:package:files_added", "custody:package:files_left_out"


@transaction.atomic
def add_files(ctx: Ctx, *, package_id: int, files: Sequence[NewFile], message: str) -> Package:
    """Add files to a sealed package as the next version of its object; all that is there stays as it is.

    The version is whole on disk and read back before its rows are committed: called again after a crash it finds
    the version and enters it, and files that are entered already make none. The caller has checked the
    permission. Raises ``AddedFileDiffers`` for a path that holds something else, and what the writer refuses.
    """
    package = Package.objects.select_for_update().get(pk=package_id)
    held = {file.logical_path: file.sha512 for file in queries.content_files(package_id)}
    if wrong := next(
        (f for f in files if held.get(f.logical_path, f.digests.sha512) != f.digests.sha512), None
    ):
        raise AddedFileDiffers(path=wrong.logical_path)
    files = [file for file in files if file.logical_path not in held]
    if not files:
        return package
    rows = list(content_rows(package, files, ctx))
    package.file_count += len(files)
    package.byte_count += sum(file.size_bytes for file in files)
    if not _stands_there(package, rows):
        with ExitStack() as opened:
            _write(ctx, package, message, FILES_ADDED, rows, lambda writer: _take(writer, files, opened))
    ContentFile.objects.bulk_create(rows, batch_size=_ROWS_AT_ONCE)
    return _enter(ctx, package, FILES_ADDED, message, len(files))


@transaction.atomic
def leave_out_files(ctx: Ctx, *, package_id: int, paths: Collection[str], message: str) -> Package:
    """Take files that were added later out of the newest version; earlier versions keep them.

    Paths that are left out already count for nothing. The caller has checked the permission. Raises
    ``OriginalStays`` for a file that was sealed first, ``FileInUse``.
    """
    package = Package.objects.select_for_update().get(pk=package_id)
    rows = ContentFile.objects.filter(package_id=package_id, logical_path__in=list(paths))
    going = {row.logical_path: row for row in rows}
    if not going:
        return package
    stored = open_object(queries.object_folder(package.object_id))
    sealed = {file.logical_path for file in stored.files("v1")}
    if original := min(going.keys() & sealed, default=None):
        raise OriginalStays(path=original)
    count, size = len(going), sum(row.size_bytes for row in going.values())
    try:
        rows.delete()
    except ProtectedError as error:
        raise FileInUse(path=min(going)) from error
    package.file_count -= count
    package.byte_count -= size
    if going.keys() & {file.logical_path for file in stored.files()}:
        there = sorted(going)
        _write(
            ctx,
            package,
            message,
            FILES_LEFT_OUT,
            (),
            lambda writer: [writer.remove(path) for path in there],
            there,
        )
    return _enter(ctx, package, FILES_LEFT_OUT, message, count)


def _take(writer: ObjectWriter, files: Sequence[NewFile], opened: ExitStack) -> None:
    writer.add_files(new_contents(files, opened))


def _stands_there(package: Package, rows: Sequence[ContentFile]) -> bool:
    """Whether an earlier call was cut off between the object and its rows."""
    stored = open_object(queries.object_folder(package.object_id))
    held = {file.logical_path: file.digests.sha512 for file in stored.files()}
    return all(held.get(row.logical_path) == row.sha512 for row in rows)


def _write(
    ctx: Ctx,
    package: Package,
    message: str,
    act: str,
    added: Sequence[ContentFile],
    change: Callable[[ObjectWriter], object],
    left_out: Sequence[str] = (),
) -> OcflObject:
    """One version: the change, the lines that rows come back from, and what was done so far."""
    kept = queries.content_files(package.pk).select_related("package")
    with ObjectWriter.new_version(queries.storage_root(), package.object_id) as writer:
        change(writer)
        writer.add(telling.PACKAGE_LINES, telling.package_lines(ctx, package, [*kept, *added]))
        named = [*(row.logical_path for row in added), *left_out]
        writer.add(history.PREMIS, history.record_of(ctx, package, act, named))
        who = ctx.org_name or ctx.actor.name
        address = settings.LANTAI_PUBLIC_URL
        writer.finish(created=ctx.now, message=message, user_name=who, user_address=address)
    return open_object(queries.object_folder(package.object_id))


def _enter(ctx: Ctx, package: Package, act: str, message: str, count: int) -> Package:
    stored = open_object(queries.object_folder(package.object_id))
    package.version, package.inventory_sha512 = stored.number, queries.inventory_digest(stored)
    package.save(update_fields=["version", "inventory_sha512", "file_count", "byte_count"])
    detail = {
        "object": package.object_id,
        "version": package.version,
        "inventory_sha512": package.inventory_sha512,
        "files": count,
        "message": message,
    }
    ledger.record(
        ctx,
        act,
        object_type=history.SUBJECT,
        object_id=package.pk,
        object_name=package.title,
        detail=detail,
    )
    events.publish(ctx, VersionAdded(package.pk, package.version))
    return package
