"""Sealing what matches: one package a batch, one version, and the records that have their content from it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import groupby
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from django.utils import timezone

from lantai.apps.catalogue import services as catalogue
from lantai.apps.custody import services as custody
from lantai.apps.custody.types import NewFile
from lantai.apps.imports.models import AttachedFile, Attachment
from lantai.apps.imports.services import matching
from lantai.apps.imports.services.attaching import let_go
from lantai.apps.imports.states import ATTACHMENTS
from lantai.apps.imports.types import ATTACHMENT, AttachmentState, RecordsChanged
from lantai.kit.digests import Digests
from lantai.kit.errors import N_, Refusal
from lantai.kit.packages import names
from lantai.platform.context import Ctx
from lantai.platform.jobs.running import Running
from lantai.platform.workflow import services as workflow

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from lantai.apps.catalogue.models import Description
    from lantai.apps.custody.models import Package


def seal_attachment(run: Running, row: Attachment) -> None:
    """Seal and attach in one step; safe to run again from anywhere. What stands against it is told on the page."""
    if row.state != AttachmentState.SEALING:
        return
    run.set_total(row.matched_count)
    try:
        with run.advance(to="sealed", done=row.matched_count):
            package = _seal(run.ctx, row)
    except Refusal as refusal:
        source, since = (ATTACHMENT, row.token), run.row.created_at
        custody.forget_unentered(object_id=_object_id(row), source=source, since=since)
        matching.refuse(run.ctx, row, refusal, move="fall_back")
        return
    run.say(N_("已挂接 %(items)d 件，%(files)d 个文件。"), items=package.item_count, files=package.file_count)


def _seal(ctx: Ctx, row: Attachment) -> Package:
    files = list(matching.rows_to_seal(row))
    custody.require_scans(timezone.localdate(ctx.now), sum(file.scan is None for file in files))
    codes = {file.description_id or 0: file.code for file in files}
    # Locked until the commit and looked at first: once the object is on disk there is no way back.
    records = catalogue.lock_unfilled(row.fonds_id, row.org_id, codes)
    there = dict(records.values_list("pk", "reference_code"))
    if gone := sorted(code for pk, code in codes.items() if there.get(pk) != code):
        raise RecordsChanged(count=len(gone), code=gone[0])
    package = custody.seal(
        ctx,
        object_id=_object_id(row),
        title=row.title,
        custodian_id=row.org_id,
        origin_id=row.org_id,
        fonds_id=row.fonds_id,
        source=(ATTACHMENT, row.token),
        item_count=len(codes),
        files=_new_files(files),
        documents={"metadata/items.json": custody.as_document(_document(row, records))},
        tell=partial(catalogue.tell_attached, ctx, records),
    )
    catalogue.attach(ctx, package=package, ids=sorted(codes))
    matching.say_attached(row)
    row.package, row.sealed_at = package, ctx.now
    row.save(update_fields=["package", "sealed_at"])
    workflow.move(
        ctx,
        row,
        ATTACHMENTS,
        "finish",
        detail={"items": len(codes), "files": len(files), "object": package.object_id},
    )
    let_go(row)
    return package


def _object_id(row: Attachment) -> str:
    return f"urn:lantai:attached:{row.fonds.archives.code}:{row.fonds.code}:{row.token}"


def _new_files(files: Iterable[AttachedFile]) -> Sequence[NewFile]:
    """The files of each record numbered from one, in the order of their names."""
    found = []
    for code, some in groupby(files, key=lambda file: file.code):
        found += [_new_file(file, code, order) for order, file in enumerate(some, 1)]
    return found


def _new_file(file: AttachedFile, code: str, order: int) -> NewFile:
    name = PurePosixPath(file.path).name
    suffix = PurePosixPath(name).suffix.lower()
    suffix = suffix if suffix[1:].isascii() and suffix[1:].isalnum() else ""
    folder = f"record-{file.description_id}" if "/" in code or names.trouble_with(code) else code
    return NewFile(
        item_key=code,
        order=order,
        logical_path=f"content/{folder}/{order:04d}{suffix}",
        original_name=name,
        role="main",
        digests=Digests(file.sha256, file.sha512, file.sm3),
        size_bytes=file.size_bytes,
        blob_key=file.blob_key,
        puid=file.puid,
        mime=file.mime,
        state=file.state,
        page_count=file.page_count,
        text=file.text,
        extension_ok=file.extension_ok,
        examination=file.examination,
        scan=file.scan,
    )


def _document(row: Attachment, records: QuerySet[Description]) -> dict[str, object]:
    """Enough to test the package, and to know what it is, from the object alone."""
    items = [
        {
            "item_key": record.reference_code,
            "reference_code": record.reference_code,
            "title": record.title,
            "kind": record.kind.slug,
            "scheme": record.kind.element_scheme,
            "elements": {name: value for name, value in record.metadata.items() if _is_text(value)},
            "row": {"author": record.author, "note": record.note},
        }
        for record in records.select_related("kind").iterator(chunk_size=2_000)
    ]
    head = {"format": "lantai-items/1", "title": row.title, "naming": row.pattern, "fonds": row.fonds.code}
    return {**head, "archives": row.fonds.archives.code, "items": items}


def _is_text(value: object) -> bool:
    return isinstance(value, str) or (isinstance(value, list) and all(isinstance(one, str) for one in value))
