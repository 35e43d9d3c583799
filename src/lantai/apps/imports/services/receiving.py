"""Taking in a file, reading its headings, and what each column means."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath
from typing import BinaryIO

from django.db import transaction

from lantai.apps.holdings import queries as holdings
from lantai.apps.imports import queries
from lantai.apps.imports.columns import fields_for, targets
from lantai.apps.imports.models import Batch, SheetShape
from lantai.apps.imports.permissions import P
from lantai.apps.imports.states import MACHINE
from lantai.apps.imports.types import (
    BATCH,
    BatchState,
    CheckBatch,
    CodeColumnMissing,
    ColumnTwice,
    FileTooLarge,
    NotYet,
    RowLevel,
    SurveyBatch,
)
from lantai.kit.errors import Refusal, plain
from lantai.platform.accounts import policy
from lantai.platform.blobs import services as blobs
from lantai.platform.blobs.types import TooLarge
from lantai.platform.context import Ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.ledger import services as ledger
from lantai.platform.places import queries as places
from lantai.platform.sandbox import services as sandbox
from lantai.platform.workflow import services as workflow

MOST_MB = 256
_SURVEY = "lantai.kit.packages.catalogue.importing:survey"
_NEEDED = (("archivalCode",), ("title", "volumeTitle"))


@transaction.atomic
def receive(
    ctx: Ctx,
    *,
    fonds_id: int,
    kind_id: int,
    name: str,
    content: BinaryIO,
    level: str = RowLevel.ITEM,
    checks_codes: bool = True,
    takes_openness: bool = False,
) -> Batch:
    """Keep a file for import into a fonds and start reading its headings; raises ``FileTooLarge``, ``Missing``."""
    fonds = policy.one(queries.fonds_to_fill(ctx), pk=fonds_id)
    kind = policy.one(holdings.kinds(), pk=kind_id)
    places.require_room_for_intake()
    try:
        staged = blobs.stage(content, limit_bytes=MOST_MB << 20)
    except TooLarge as large:
        raise FileTooLarge(name=name, most=MOST_MB, field="file") from large
    batch = Batch.objects.create(
        org_id=fonds.archives_id,
        fonds=fonds,
        kind=kind,
        level=level,
        checks_codes=checks_codes,
        takes_openness=takes_openness,
        file_name=PurePosixPath(name).name[-255:],
        blob_key=staged.key,
        size_bytes=staged.size,
        sha256=staged.digests.sha256,
        maker_id=ctx.actor.id,
        maker_name=ctx.actor.name[:64],
        made_at=ctx.now,
    )
    ledger.record(
        ctx,
        "imports:batch:received",
        object_type=BATCH,
        object_id=batch.pk,
        object_name=batch.file_name[:200],
        detail={"fonds": fonds.code, "kind": kind.slug, "sha256": batch.sha256},
    )
    start(ctx, SurveyBatch(batch.pk), batch)
    return batch


def survey(ctx: Ctx, batch: Batch) -> None:
    """Read the headings in the sandbox, and what the columns are by their words or by the last time."""
    try:
        with blobs.local_path(batch.blob_key) as path:
            found = sandbox.call(
                _SURVEY,
                path=path,
                name=batch.file_name,
                fields=fields_for(batch.kind_id, batch.org_id),
                saved={},
                timeout_s=600,
                memory_mb=3072,
            )
    except Refusal as refusal:
        note_refusal(ctx, batch, refusal, move="refuse")
        return
    sheets = list(found["sheets"])  # type: ignore[index,call-overload,arg-type]
    batch.sheets = sheets
    batch.shape = shape_of(sheets)
    batch.mapping = guessed(sheets) | queries.remembered(batch.org_id, batch.kind_id, batch.shape)
    with transaction.atomic():
        batch.save(update_fields=["sheets", "shape", "mapping"])
        workflow.move(ctx, batch, MACHINE, "survey")


def note_refusal(ctx: Ctx, batch: Batch, refusal: Refusal, *, move: str) -> None:
    """Say on the page of the batch why nothing could be read or entered."""
    with transaction.atomic():
        batch.problems.all().delete()
        batch.problems.create(
            severity="error",
            place=batch.file_name,
            code="file",
            message=refusal.message,
            params=plain(refusal.params),
        )
        batch.error_count, batch.warning_count = 1, 0
        batch.save(update_fields=["error_count", "warning_count"])
        workflow.move(ctx, batch, MACHINE, move)


def shape_of(sheets: Iterable[Mapping[str, object]]) -> str:
    """A name for the headings of a file, the same for every file that has them."""
    headings = [[column["heading"] for column in sheet["columns"]] for sheet in sheets]  # type: ignore[attr-defined]
    return hashlib.sha256(json.dumps(headings, ensure_ascii=False).encode()).hexdigest()


def guessed(sheets: Iterable[Mapping[str, object]]) -> dict[str, str]:
    """What the words above the columns say; a column that nobody knows is left out."""
    found: dict[str, str] = {}
    for sheet in sheets:
        for column in sheet["columns"]:  # type: ignore[attr-defined]
            if column["heading"]:
                found.setdefault(column["heading"], column["identifier"])
    return found


@transaction.atomic
def map_columns(ctx: Ctx, *, batch_id: int, mapping: Mapping[str, str]) -> Batch:
    """Say what each column means, remember it for sheets of this shape, and start the check.

    Raises ``ColumnTwice``, ``CodeColumnMissing``, ``NotYet``.
    """
    batch = locked(ctx, batch_id)
    if batch.state != BatchState.MAPPING:
        raise NotYet(title=batch.file_name, state=BatchState(batch.state).label)
    known = {one.identifier: one.label for one in targets(batch.kind_id, batch.org_id)}
    mapping = {heading: found for heading, found in mapping.items() if not found or found in known}
    batch.mapping = {**batch.mapping, **mapping}
    _require_sound(batch.sheets, batch.mapping, known)
    batch.save(update_fields=["mapping"])
    SheetShape.objects.update_or_create(
        org_id=batch.org_id,
        kind_id=batch.kind_id,
        shape=batch.shape,
        defaults={"mapping": batch.mapping, "used_at": ctx.now},
    )
    workflow.move(ctx, batch, MACHINE, "check")
    start(ctx, CheckBatch(batch.pk), batch)
    return batch


def _require_sound(
    sheets: Sequence[Mapping[str, object]], mapping: Mapping[str, str], known: Mapping[str, str]
) -> None:
    """Each element has one column of a sheet, and every sheet that is read has those without which it says nothing."""
    for sheet in sheets:
        owners: dict[str, str] = {}
        headings = [column["heading"] for column in sheet["columns"]]  # type: ignore[attr-defined]
        for heading in headings:
            target = mapping.get(heading, "")
            if target and target in owners and owners[target] != heading:
                raise ColumnTwice(first=owners[target], second=heading, target=known[target])
            owners[target] = heading
        if not sheet["is_read"] and not {"archivalCode", "title", "volumeTitle"} & owners.keys():
            continue
        for needed in _NEEDED:
            if headings and not any(one in owners for one in needed):
                raise CodeColumnMissing(target=known[needed[0]])


def locked(ctx: Ctx, batch_id: int) -> Batch:
    """A batch to act on, or ``Missing``, ``NotPermitted``."""
    batch = policy.one(queries.visible(ctx).select_for_update(of=("self",)), pk=batch_id)
    policy.require(ctx, P.BATCH_ENTER, batch.org_id)
    return batch


def start(ctx: Ctx, args: object, batch: Batch) -> None:
    jobs.start(ctx, args, org_id=batch.org_id, about=(BATCH, batch.pk))
