"""Imports for machines: upload by tus, dry run, report, enter, undo; and files for records."""

from __future__ import annotations

from django.db import transaction
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from ninja import Router, Status

from lantai.apps.holdings import queries as holdings
from lantai.apps.imports import queries, services
from lantai.apps.imports.models import Attachment, Batch
from lantai.apps.imports.permissions import P
from lantai.apps.imports.schemas import (
    AttachedFileOut,
    AttachedFilesOut,
    AttachmentOut,
    AttachmentsOut,
    BatchesOut,
    BatchWhole,
    ColumnOut,
    ImportBatchOut,
    MappingIn,
    NewAttachment,
    NewBatch,
    ProblemOut,
    ProblemsOut,
)
from lantai.apps.imports.states import ATTACHMENTS, MACHINE
from lantai.apps.imports.types import LevelUnknown, RowLevel
from lantai.apps.imports.wording import said, why_of
from lantai.kit.errors import Missing
from lantai.platform.blobs import services as blobs
from lantai.platform.blobs.machines import uploads_router
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.keyset import page_of
from lantai.platform.workflow import queries as workflow

router = Router(tags=["imports"])
router.add_router("/uploads", uploads_router("imports", P.UPLOAD_SEND))


@router.get("/batches", response=BatchesOut)
@needs(P.BATCH_READ)
def list_batches(request: HttpRequest, after: int = 0) -> BatchesOut:
    """Sheets on their way into the catalogue."""
    ctx = ctx_of(request)
    found, following = page_of(queries.visible(ctx), after=after)
    return BatchesOut(batches=[ImportBatchOut(**_batch(ctx, row)) for row in found], next=following)


@router.post("/batches", response={201: BatchWhole})
@needs(P.BATCH_ENTER)
def receive_batch(request: HttpRequest, given: NewBatch) -> Status[BatchWhole]:
    """Take in an uploaded sheet and begin to read its headings; it waits for its columns in `mapping`."""
    ctx = ctx_of(request)
    if given.level not in RowLevel.values:
        raise LevelUnknown(level=given.level[:40], known=", ".join(RowLevel.values), field="level")
    with transaction.atomic():
        (upload,) = blobs.take_uploads(ctx, places=[given.upload.replace("\x00", "")])
        with blobs.open_blob(upload.staged.key) as content:
            row = services.receive(
                ctx,
                fonds_id=given.fonds,
                kind_id=holdings.kind(given.kind.replace("\x00", "")).pk,
                name=upload.name,
                content=content,
                level=given.level,
                checks_codes=given.checks_codes,
                takes_openness=given.takes_openness,
            )
        blobs.discard(upload.staged.key)  # the batch holds the content itself
    return Status(201, _whole(ctx, row))


@router.get("/batches/{int:batch_id}", response=BatchWhole)
@needs(P.BATCH_READ)
def get_batch(request: HttpRequest, batch_id: int) -> BatchWhole:
    """How a sheet stands, what its columns are taken for, and what may be done."""
    ctx = ctx_of(request)
    return _whole(ctx, queries.get(ctx, batch_id))


@router.post("/batches/{int:batch_id}/check", response=BatchWhole)
@needs(P.BATCH_ENTER)
def check_batch(request: HttpRequest, batch_id: int, given: MappingIn) -> BatchWhole:
    """Say what columns mean and start the dry run; nothing is entered."""
    ctx = ctx_of(request)
    return _whole(ctx, services.map_columns(ctx, batch_id=batch_id, mapping=given.mapping))


@router.get("/batches/{int:batch_id}/problems", response=ProblemsOut)
@needs(P.BATCH_READ)
def list_problems(request: HttpRequest, batch_id: int, after: int = 0) -> ProblemsOut:
    """Everything that is wrong with a sheet, cell by cell."""
    row = queries.get(ctx_of(request), batch_id)
    found, following = page_of(queries.problems_of(row), after=after)
    told = [
        ProblemOut(
            id=one.pk,
            severity=one.severity,
            sheet=one.sheet,
            row=one.number,
            column=one.column,
            place=one.place,
            code=one.code,
            message=said(one),
        )
        for one in found
    ]
    return ProblemsOut(problems=told, next=following)


@router.get("/batches/{int:batch_id}/report")
@needs(P.BATCH_READ)
def get_report(request: HttpRequest, batch_id: int) -> HttpResponseBase:
    """The same sheets with a column of errors, as xlsx."""
    row = queries.get(ctx_of(request), batch_id)
    if not row.report_key:
        raise Missing
    return FileResponse(blobs.open_blob(row.report_key), as_attachment=True, filename="report.xlsx")


@router.post("/batches/{int:batch_id}/{act}", response=BatchWhole)
@needs(P.BATCH_ENTER)
def move_batch(request: HttpRequest, batch_id: int, act: str) -> BatchWhole:
    """`enter`, `undo`, `cancel` or `remap`, as far as the state allows."""
    if act not in services.BATCH_MOVES:
        raise Missing
    ctx = ctx_of(request)
    return _whole(ctx, services.BATCH_MOVES[act](ctx, batch_id=batch_id))


@router.get("/files", response=AttachmentsOut)
@needs(P.FILES_READ)
def list_attachments(request: HttpRequest, after: int = 0) -> AttachmentsOut:
    """Files on their way to their records."""
    ctx = ctx_of(request)
    found, following = page_of(queries.visible_attachments(ctx), after=after)
    return AttachmentsOut(attachments=[_attachment(ctx, row) for row in found], next=following)


@router.post("/files", response={201: AttachmentOut})
@needs(P.FILES_ATTACH)
def open_attachment(request: HttpRequest, given: NewAttachment) -> Status[AttachmentOut]:
    """Take uploaded files for records, by their reference codes, and begin the dry run."""
    ctx = ctx_of(request)
    with transaction.atomic():
        row = services.open_attachment(ctx, fonds_id=given.fonds, title=given.title, pattern=given.pattern)
        places = [one.replace("\x00", "") for one in given.uploads]
        row = services.take_files(ctx, attachment_id=row.pk, places=places)
    return Status(201, _attachment(ctx, row))


@router.get("/files/{int:attachment_id}", response=AttachmentOut)
@needs(P.FILES_READ)
def get_attachment(request: HttpRequest, attachment_id: int) -> AttachmentOut:
    """How a batch of files stands, and what may be done."""
    ctx = ctx_of(request)
    return _attachment(ctx, queries.get_attachment(ctx, attachment_id))


@router.get("/files/{int:attachment_id}/files", response=AttachedFilesOut)
@needs(P.FILES_READ)
def list_attached_files(request: HttpRequest, attachment_id: int, after: int = 0) -> AttachedFilesOut:
    """Each file with its record and what was found."""
    row = queries.get_attachment(ctx_of(request), attachment_id)
    found, following = page_of(queries.files_of(row), after=after)
    told = [
        AttachedFileOut(
            id=one.pk,
            path=one.path,
            verdict=one.verdict,
            code=one.code,
            order=one.order,
            why=why_of(one),
            size_bytes=one.size_bytes,
            sha256=one.sha256,
        )
        for one in found
    ]
    return AttachedFilesOut(files=told, next=following)


@router.post("/files/{int:attachment_id}/{act}", response=AttachmentOut)
@needs(P.FILES_ATTACH)
def move_attachment(request: HttpRequest, attachment_id: int, act: str) -> AttachmentOut:
    """`seal`, `check_again` or `cancel`; what was sealed is not taken back."""
    if act not in services.ATTACHMENT_MOVES:
        raise Missing
    ctx = ctx_of(request)
    return _attachment(ctx, services.ATTACHMENT_MOVES[act](ctx, attachment_id=attachment_id))


def _batch(ctx: Ctx, row: Batch) -> dict[str, object]:
    names = [
        move.name for move in workflow.possible_moves(ctx, row, MACHINE) if move.name in services.BATCH_MOVES
    ]
    return {
        "id": row.pk,
        "fonds": row.fonds_id,
        "kind": row.kind.slug,
        "acts": names,
        "file_name": row.file_name,
        "state": row.state,
        "sha256": row.sha256,
        "row_count": row.row_count,
        "error_count": row.error_count,
        "warning_count": row.warning_count,
        "new_count": row.new_count,
        "changed_count": row.changed_count,
        "same_count": row.same_count,
        "made_at": row.made_at,
        "entered_at": row.entered_at,
        "undone_at": row.undone_at,
    }


def _whole(ctx: Ctx, row: Batch) -> BatchWhole:
    headings = dict.fromkeys(
        one["heading"] for sheet in row.sheets for one in sheet["columns"] if one["heading"]
    )
    columns = [ColumnOut(heading=one, identifier=row.mapping.get(one, "")) for one in headings]
    return BatchWhole(columns=columns, **_batch(ctx, row))


def _attachment(ctx: Ctx, row: Attachment) -> AttachmentOut:
    return AttachmentOut(
        id=row.pk,
        title=row.title,
        fonds=row.fonds_id,
        pattern=row.pattern,
        state=row.state,
        why=why_of(row),
        file_count=row.file_count,
        matched_count=row.matched_count,
        trouble_count=row.trouble_count,
        item_count=row.item_count,
        unfilled_count=row.unfilled_count,
        package=row.package_id,
        made_at=row.made_at,
        sealed_at=row.sealed_at,
        acts=[
            one.name
            for one in workflow.possible_moves(ctx, row, ATTACHMENTS)
            if one.name in services.ATTACHMENT_MOVES
        ],
    )
