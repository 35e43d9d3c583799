"""Sealing content into one OCFL object, and moving its custodian."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime

from django.conf import settings
from django.db import transaction

from lantai.apps.custody import history, queries
from lantai.apps.custody.events import PackageSealed
from lantai.apps.custody.models import ContentFile, Package
from lantai.apps.custody.services import telling
from lantai.apps.custody.types import NewFile, NothingToSeal, ObjectDiffers, Told
from lantai.kit.packages.ocfl.inventory import SM3_MANIFEST
from lantai.kit.packages.ocfl.reader import NoSuchObject, OcflObject, open_object
from lantai.kit.packages.ocfl.staging import recover, take_away
from lantai.kit.packages.ocfl.writer import NewContent, ObjectWriter
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Ctx
from lantai.platform.events import services as events
from lantai.platform.ledger import services as ledger
from lantai.platform.orgs.models import Org

_ROWS_AT_ONCE = 2_000


def seal(
    ctx: Ctx,
    *,
    object_id: str,
    title: str,
    custodian_id: int,
    origin_id: int,
    fonds_id: int,
    source: tuple[str, object],
    item_count: int,
    files: Sequence[NewFile],
    documents: Mapping[str, bytes],
    tell: Callable[[Package], Told] | None = None,
) -> Package:
    """Seal ``files`` and our own ``documents`` (metadata by logical path) as the object ``object_id``.

    ``tell`` gives the documents that need to know the package, such as the lines of its catalogue.
    ``item_count`` is the number of items that the metadata tells of; one may have no file of its own.
    The object is whole on disk, read back, before any row is committed; called again for the same ``source``
    after a crash it finds the object, or the package, and finishes. The caller has checked the permission.
    Raises ``NothingToSeal``, ``ObjectDiffers`` and what the writer refuses.
    """
    if not files and not documents:  # a catalogue alone is sealed as metadata
        raise NothingToSeal
    done = Package.objects.filter(source_type=source[0], source_id=str(source[1])).first()
    if done is not None:
        return done
    package = Package(
        object_id=object_id,
        title=title,
        custodian_id=custodian_id,
        origin_id=origin_id,
        fonds_id=fonds_id,
        item_count=item_count,
        file_count=len(files),
        byte_count=sum(file.size_bytes for file in files),
        source_type=source[0],
        source_id=str(source[1]),
        stored_at=ctx.now,
    )
    stored = _existing(object_id, files, documents) or _write(ctx, package, files, documents, tell)
    return _enter(ctx, package, stored, files)


def _existing(object_id: str, files: Sequence[NewFile], documents: Mapping[str, bytes]) -> OcflObject | None:
    """The object that a killed attempt left whole; one of other files is not what is asked for, and is let be."""
    try:
        found = open_object(queries.object_folder(object_id))
    except NoSuchObject:
        return None
    ours = {*documents, telling.PACKAGE_LINES, telling.DESCRIPTION_LINES, history.PREMIS, SM3_MANIFEST}
    there = {file.logical_path: file.digests for file in found.files() if file.logical_path not in ours}
    if there != {file.logical_path: file.digests for file in files}:
        raise ObjectDiffers(object_id=object_id)
    return found


def forget_unentered(*, object_id: str, source: tuple[str, object], since: datetime) -> bool:
    """Remove what a killed attempt to seal ``source`` left, when it will not be sealed; whether there was any.

    What was entered stays, for it is sealed; so does what is older than the attempt, which began at ``since``: the
    database may have been restored from a backup that does not know of it.
    """
    if Package.objects.filter(source_type=source[0], source_id=str(source[1])).exists():
        return False
    try:
        found = open_object(queries.object_folder(object_id))
    except NoSuchObject:
        return False
    made_at = datetime.fromisoformat(found.inventory.versions["v1"].created)
    if found.number > 1 or made_at < since.replace(microsecond=0):  # which an inventory does not hold
        return False
    return take_away(queries.storage_root(), object_id)


def _write(
    ctx: Ctx,
    package: Package,
    files: Sequence[NewFile],
    documents: Mapping[str, bytes],
    tell: Callable[[Package], Told] | None,
) -> OcflObject:
    with ObjectWriter(queries.storage_root(), package.object_id) as writer, ExitStack() as opened:
        writer.add_files(new_contents(files, opened))
        for logical_path, data in documents.items():
            writer.add_bytes(logical_path, data)
        for logical_path, pieces in (tell(package) if tell else {}).items():
            writer.add(logical_path, pieces)
        writer.add(history.PREMIS, history.record_of(ctx, package, "custody:package:sealed"))
        writer.add(
            telling.PACKAGE_LINES, telling.package_lines(ctx, package, content_rows(package, files, ctx))
        )
        who = ctx.org_name or ctx.actor.name
        address = settings.LANTAI_PUBLIC_URL
        writer.finish(created=ctx.now, message=package.title, user_name=who, user_address=address)
    return open_object(queries.object_folder(package.object_id))


@transaction.atomic
def _enter(ctx: Ctx, package: Package, stored: OcflObject, files: Sequence[NewFile]) -> Package:
    package.inventory_sha512 = queries.inventory_digest(stored)
    package.save(force_insert=True)
    ContentFile.objects.bulk_create(content_rows(package, files, ctx), batch_size=_ROWS_AT_ONCE)
    ledger.record(
        ctx,
        "custody:package:sealed",
        object_type="custody:package",
        object_id=package.pk,
        object_name=package.title,
        detail={
            "object": package.object_id,
            "inventory_sha512": package.inventory_sha512,
            "files": package.file_count,
            "bytes": package.byte_count,
        },
    )
    events.publish(ctx, PackageSealed(package.pk))
    return package


def new_contents(files: Iterable[NewFile], opened: ExitStack) -> Iterator[NewContent]:
    """Files as the writer takes them in: what is staged by link, what lies elsewhere by copy."""
    for file in files:
        path = file.source or opened.enter_context(blobs.local_path(file.blob_key))
        yield NewContent(file.logical_path, path, link=file.source is None, expected=file.digests)


def content_rows(package: Package, files: Iterable[NewFile], ctx: Ctx) -> Iterator[ContentFile]:
    """Files as rows of their package, not yet entered."""
    for file in files:
        yield ContentFile(
            package=package,
            item_key=file.item_key,
            order=file.order,
            logical_path=file.logical_path,
            original_name=file.original_name,
            role=file.role,
            size_bytes=file.size_bytes,
            sha256=file.digests.sha256,
            sha512=file.digests.sha512,
            sm3=file.digests.sm3,
            puid=file.puid,
            mime=file.mime,
            state=file.state,
            page_count=file.page_count,
            text=file.text,
            extension_ok=file.extension_ok,
            examination=file.examination,
            scan=file.scan,
            checked_at=ctx.now,
        )


@transaction.atomic
def change_custodian(ctx: Ctx, *, package_id: int, custodian: Org, fonds_id: int) -> Package:
    """Hand a package over to another organisation; the caller has verified it and checked the permission."""
    package = Package.objects.select_for_update().get(pk=package_id)
    Package.objects.filter(pk=package_id).update(custodian=custodian, fonds_id=fonds_id)
    ledger.record(
        ctx,
        "custody:package:handed_over",
        object_type="custody:package",
        object_id=package_id,
        object_name=package.title,
        detail={"from": package.custodian_id, "to": custodian.pk, "to_name": custodian.name},
    )
    package.custodian = custodian
    return package


def clear_stages() -> None:
    """Remove what dead writers left beside the storage root; the beat of the worker."""
    recover(queries.storage_root())


def as_document(value: object) -> bytes:
    """JSON of metadata kept inside a package: sorted keys, one readable spelling."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode()
