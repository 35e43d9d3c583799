"""Destroying content for good: out of every version of its object, with the evidence of what it was left there."""

from __future__ import annotations

from collections.abc import Collection

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet, Sum

from lantai.apps.custody import history, queries
from lantai.apps.custody.events import ContentDestroyed
from lantai.apps.custody.models import ContentFile, Package
from lantai.apps.custody.services import bundling, telling
from lantai.apps.custody.types import MIGRATED
from lantai.kit.packages.ocfl.purging import PurgingWriter
from lantai.kit.packages.ocfl.reader import OcflObject, open_object
from lantai.platform.context import Ctx
from lantai.platform.events import services as events
from lantai.platform.ledger import services as ledger

STUB = "stub.json"


@transaction.atomic
def destroy_content(
    ctx: Ctx, *, package_id: int, item_keys: Collection[str], key: str, stub: bytes, message: str
) -> Package:
    """Destroy the files of these items; `stub` says under which list, and stays in the object below ``key``.

    The object is whole before and after, never between. Called again after a crash it finds what was done and
    enters it. What the text recognition found in the files goes too, also out of the object's own metadata.
    Evidence bundles that hold any of it go with it. The caller has checked the permission, the approvals and
    that no legal hold forbids it. Raises what the writer refuses.
    """
    package = (
        Package.objects.select_for_update(of=("self",))
        .select_related("custodian", "origin", "fonds")
        .get(pk=package_id)
    )
    files = ContentFile.objects.filter(package=package, item_key__in=list(item_keys))
    gone = {"files": files.count(), "bytes": files.aggregate(n=Sum("size_bytes"))["n"] or 0}
    folder = f"metadata/destroyed/{key}"
    left = ContentFile.objects.filter(package=package).exclude(item_key__in=list(item_keys))
    stored = open_object(queries.object_folder(package.object_id))
    if not any(file.logical_path == f"{folder}/{STUB}" for file in stored.files()):
        _purge(ctx, package, files, left, folder, stub, message)
        stored = open_object(queries.object_folder(package.object_id))
    gone["bundles"] = bundling.destroy_bundles(ctx, package_id=package.pk, item_keys=item_keys)
    _enter(ctx, package, stored, files, gone, key)
    return package


def _purge(
    ctx: Ctx,
    package: Package,
    files: QuerySet[ContentFile],
    left: QuerySet[ContentFile],
    folder: str,
    stub: bytes,
    message: str,
) -> None:
    stored = open_object(queries.object_folder(package.object_id))
    originals = set(files.values_list("logical_path", flat=True))
    paths = {*originals, *_made_of(stored, originals), telling.PACKAGE_LINES}
    with PurgingWriter.of(queries.storage_root(), package.object_id, paths) as writer:
        writer.keep_inventories(folder)
        writer.add_bytes(f"{folder}/{STUB}", stub)
        named = sorted(paths - {telling.PACKAGE_LINES})
        writer.add(history.PREMIS, history.record_of(ctx, package, history.DESTROYED, named))
        _count(package, left)
        writer.add(telling.PACKAGE_LINES, telling.package_lines(ctx, package, left.iterator(chunk_size=2000)))
        who = ctx.org_name or ctx.actor.name
        writer.finish(
            created=ctx.now, message=message, user_name=who, user_address=settings.LANTAI_PUBLIC_URL
        )


def _made_of(stored: OcflObject, originals: Collection[str]) -> set[str]:
    """What was ever made of these files, also where it was left out again and only earlier versions have it."""
    found = {file.logical_path for version in stored.versions for file in stored.files(version)}
    made = {path for path in found if path.startswith(f"{MIGRATED}/")}
    return {path for path in made if path.removeprefix(f"{MIGRATED}/").rsplit("/", 2)[0] in originals}


def _enter(
    ctx: Ctx,
    package: Package,
    stored: OcflObject,
    files: QuerySet[ContentFile],
    gone: dict[str, int],
    key: str,
) -> None:
    files.delete()
    _count(package, ContentFile.objects.filter(package=package))
    package.version, package.inventory_sha512 = stored.number, queries.inventory_digest(stored)
    package.save(update_fields=["version", "inventory_sha512", "file_count", "byte_count"])
    ledger.record(
        ctx,
        history.DESTROYED,
        object_type="custody:package",
        object_id=package.pk,
        object_name=package.title,
        detail={
            "object": package.object_id,
            "list": key,
            "version": stored.number,
            "inventory_sha512": package.inventory_sha512,
            **gone,
        },
    )
    events.publish(ctx, ContentDestroyed(package.pk, stored.number))


def _count(package: Package, left: QuerySet[ContentFile]) -> None:
    package.file_count = left.count()
    package.byte_count = left.aggregate(n=Sum("size_bytes"))["n"] or 0
