"""Entering a batch that was checked, all of it or nothing, and taking it back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction

from lantai.apps.catalogue import services as catalogue
from lantai.apps.catalogue.types import NewRow
from lantai.apps.holdings.types import Classification, Openness
from lantai.apps.imports.models import Batch, ImportedRow, StagedRow
from lantai.apps.imports.services import receiving, updating
from lantai.apps.imports.states import MACHINE
from lantai.apps.imports.types import BatchState, EnterBatch, NothingToEnter, NotYet, Standing, UndoBatch
from lantai.kit.errors import N_, Refusal
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Ctx
from lantai.platform.jobs.running import Running
from lantai.platform.workflow import services as workflow


@transaction.atomic
def ask_to_enter(ctx: Ctx, *, batch_id: int) -> Batch:
    """Start entering a batch without errors; raises ``NothingToEnter``, ``NotFromHere``."""
    batch = receiving.locked(ctx, batch_id)
    if batch.state == BatchState.READY and not batch.new_count + batch.changed_count:
        raise NothingToEnter
    workflow.move(ctx, batch, MACHINE, "enter")
    receiving.start(ctx, EnterBatch(batch.pk), batch)
    return batch


@transaction.atomic
def ask_to_undo(ctx: Ctx, *, batch_id: int) -> Batch:
    """Start taking a batch back; raises ``NotFromHere``."""
    batch = receiving.locked(ctx, batch_id)
    workflow.move(ctx, batch, MACHINE, "undo")
    receiving.start(ctx, UndoBatch(batch.pk), batch)
    return batch


@transaction.atomic
def give_up(ctx: Ctx, *, batch_id: int) -> Batch:
    """Give up a batch that was not entered; raises ``NotFromHere``."""
    batch = receiving.locked(ctx, batch_id)
    workflow.move(ctx, batch, MACHINE, "cancel")
    _forget(batch)
    return batch


@transaction.atomic
def remap(ctx: Ctx, *, batch_id: int) -> Batch:
    """Choose the columns anew; raises ``NotFromHere``, ``NotYet`` for a file that could not be read."""
    batch = receiving.locked(ctx, batch_id)
    if not batch.sheets:
        raise NotYet(title=batch.file_name, state=BatchState(batch.state).label)
    workflow.move(ctx, batch, MACHINE, "remap")
    return batch


def enter(run: Running, batch: Batch) -> None:
    """Enter new rows and change known ones in one transaction; what stands against it is told on the page."""
    if batch.state != BatchState.ENTERING:
        return
    run.set_total(batch.new_count + batch.changed_count)
    try:
        with run.advance(to="entered", done=batch.new_count + batch.changed_count):
            _enter(run.ctx, batch)
    except Refusal as refusal:
        receiving.note_refusal(run.ctx, Batch.objects.get(pk=batch.pk), refusal, move="fall_back")
        return
    run.say(
        N_("已导入：新增 %(new)d 条，更新 %(changed)d 条。"), new=batch.new_count, changed=batch.changed_count
    )


def _enter(ctx: Ctx, batch: Batch) -> None:
    _give_ids(batch)
    entered = catalogue.enter(ctx, rows=_new_rows(batch))
    with connection.cursor() as cursor:
        cursor.execute(_NOTE_NEW, [batch.pk])
    changed = updating.change(ctx, batch)
    batch.entered_at = ctx.now
    _let_file_go(batch)
    batch.save(update_fields=["entered_at", "blob_key"])
    workflow.move(ctx, batch, MACHINE, "finish", detail={"rows": entered, "changed": changed})
    StagedRow.objects.filter(batch=batch)._raw_delete(using="default")


_NOTE_NEW = """
    INSERT INTO imports_importedrow (batch_id, description_id, revision, is_new)
    SELECT batch_id, description_id, 1, true FROM imports_stagedrow WHERE batch_id = %s AND standing = 'new'
"""
_GIVE_IDS = """
    UPDATE imports_stagedrow s SET description_id = given.id
    FROM (SELECT pk, id FROM unnest(%s::bigint[], %s::bigint[]) AS t (pk, id)) given WHERE s.id = given.pk
"""


def _give_ids(batch: Batch) -> None:
    """Ids for the new rows, so that the batch knows what it entered."""
    new = StagedRow.objects.filter(batch=batch, standing=Standing.NEW).order_by("pk")
    numbers = list(new.values_list("pk", flat=True))
    for start in range(0, len(numbers), 50_000):
        some = numbers[start : start + 50_000]
        with connection.cursor() as cursor:
            cursor.execute(_GIVE_IDS, [some, catalogue.new_ids(len(some))])


def _new_rows(batch: Batch) -> Iterator[NewRow]:
    staged = StagedRow.objects.filter(batch=batch, standing=Standing.NEW).order_by("pk")
    for row in staged.iterator(chunk_size=5_000):
        yield _new_row(batch, row)


def _new_row(batch: Batch, row: StagedRow) -> NewRow:
    said: dict[str, Any] = row.values
    return NewRow(
        id=row.description_id or 0,
        level=row.level,
        fonds_id=row.fonds_id,
        custodian_id=batch.org_id,
        kind_id=batch.kind_id,
        reference_code=row.reference_code,
        title=said.get("title", ""),
        parent_code=row.above,
        author=said.get("author", ""),
        document_number=said.get("document_number", ""),
        dated_on=date.fromisoformat(said["dated_on"]) if "dated_on" in said else None,
        year=said.get("year"),
        retention=said.get("retention", ""),
        class_code=said.get("class_code", ""),
        classification=said.get("classification") or Classification.PUBLIC,
        openness=said.get("openness") or Openness.UNREVIEWED,
        persons=tuple(said.get("persons", ())),
        page_count=said.get("page_count"),
        note=said.get("note", ""),
        metadata=said.get("metadata", {}),
    )


def undo(run: Running, batch: Batch) -> None:
    """Take back what a batch entered and changed; what stands against it is told on the page."""
    if batch.state != BatchState.UNDOING:
        return
    imported = list(ImportedRow.objects.filter(batch=batch).values_list("description_id", "is_new"))
    run.set_total(len(imported))
    try:
        with run.advance(to="undone", done=len(imported)):
            _undo(run.ctx, batch, [pk for pk, is_new in imported if is_new])
    except Refusal as refusal:
        receiving.note_refusal(run.ctx, Batch.objects.get(pk=batch.pk), refusal, move="keep")
        return
    run.say(N_("已撤销：%(n)d 条恢复到导入之前。"), n=len(imported))


def _undo(ctx: Ctx, batch: Batch, entered: Sequence[int]) -> None:
    changed = updating.change_back(ctx, batch)
    ImportedRow.objects.filter(batch=batch)._raw_delete(using="default")
    if entered:
        catalogue.withdraw(ctx, ids=entered)
    batch.undone_at = ctx.now
    batch.save(update_fields=["undone_at"])
    workflow.move(ctx, batch, MACHINE, "take_back", detail={"rows": len(entered), "changed": changed})
    _forget(batch)


def _forget(batch: Batch) -> None:
    """Drop what a batch does not need any more: rows, problems, report."""
    StagedRow.objects.filter(batch=batch)._raw_delete(using="default")
    batch.problems.all()._raw_delete(using="default")
    if batch.report_key:
        blobs.discard(batch.report_key)
    _let_file_go(batch)
    batch.report_key, batch.error_count, batch.warning_count = "", 0, 0
    batch.save(update_fields=["blob_key", "report_key", "error_count", "warning_count"])


def _let_file_go(batch: Batch) -> None:
    """Nobody reads the file again, and it may name persons' numbers; its digest stays."""
    if batch.blob_key:
        blobs.discard(batch.blob_key)
        batch.blob_key = ""
