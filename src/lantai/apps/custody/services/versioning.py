"""Adding our own documents to a sealed package: a new version of its object, the earlier ones unchanged."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction

from lantai.apps.custody import history, queries
from lantai.apps.custody.events import VersionAdded
from lantai.apps.custody.models import Package
from lantai.kit.packages.ocfl.reader import OcflObject, open_object
from lantai.kit.packages.ocfl.writer import NothingChanged, ObjectWriter
from lantai.platform.context import Ctx
from lantai.platform.events import services as events
from lantai.platform.ledger import services as ledger


@transaction.atomic
def add_documents(ctx: Ctx, *, package_id: int, documents: Mapping[str, bytes], message: str) -> Package:
    """Add ``documents`` (by logical path) to a sealed package as the next version of its object.

    One that stands there already is replaced; the version before keeps it. The version is whole on disk and
    read back before its row is committed: called again after a crash it finds the version and enters it, and
    what is there already makes none. The caller has checked the permission. Raises what the writer refuses.
    """
    package = Package.objects.select_for_update().get(pk=package_id)
    if _brings_something(package, documents):
        # what is done here too; not when called again, or each call would make a version
        record = history.record_of(ctx, package, "custody:package:version_added")
        documents = {**documents, history.PREMIS: b"".join(record)}
    _write(ctx, package.object_id, documents, message)
    stored = open_object(queries.object_folder(package.object_id))
    digest = queries.inventory_digest(stored)
    if digest == package.inventory_sha512:
        return package
    package.version, package.inventory_sha512 = stored.number, digest
    package.save(update_fields=["version", "inventory_sha512"])
    _tell(ctx, package, stored, message)
    return package


def _brings_something(package: Package, documents: Mapping[str, bytes]) -> bool:
    stored = open_object(queries.object_folder(package.object_id))
    held = {one.logical_path: one.digests.sha512 for one in stored.files()}
    return any(held.get(path) != hashlib.sha512(data).hexdigest() for path, data in documents.items())


def _write(ctx: Ctx, object_id: str, documents: Mapping[str, bytes], message: str) -> None:
    try:
        with ObjectWriter.new_version(queries.storage_root(), object_id) as writer:
            for logical_path, data in documents.items():
                writer.add_bytes(logical_path, data)
            who = ctx.org_name or ctx.actor.name
            address = settings.LANTAI_PUBLIC_URL
            writer.finish(created=ctx.now, message=message, user_name=who, user_address=address)
    except NothingChanged:
        return


def _tell(ctx: Ctx, package: Package, stored: OcflObject, message: str) -> None:
    ledger.record(
        ctx,
        "custody:package:version_added",
        object_type="custody:package",
        object_id=package.pk,
        object_name=package.title,
        detail={
            "object": package.object_id,
            "version": stored.number,
            "inventory_sha512": package.inventory_sha512,
            "message": message,
        },
    )
    events.publish(ctx, VersionAdded(package.pk, stored.number))
