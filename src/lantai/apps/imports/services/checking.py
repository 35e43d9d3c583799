"""Trying an import: everything that would be wrong is found, and nothing is entered."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from itertools import islice
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from lantai.apps.imports import queries
from lantai.apps.imports.columns import fields_for, own_scheme, required_for
from lantai.apps.imports.models import Batch, Problem, StagedRow
from lantai.apps.imports.services import comparing, receiving, reporting
from lantai.apps.imports.services.reading import lines_of
from lantai.apps.imports.services.staging import Sheet, Stager, keep
from lantai.apps.imports.states import MACHINE
from lantai.apps.imports.types import BatchState, Severity, Standing
from lantai.kit.errors import N_, Refusal
from lantai.kit.packages.catalogue.importing import ENTRIES, PROBLEMS, SHEETS
from lantai.platform.blobs import registry
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Ctx
from lantai.platform.jobs.running import Running
from lantai.platform.sandbox import services as sandbox
from lantai.platform.workflow import services as workflow

_READ = "lantai.kit.packages.catalogue.importing:read"
CHUNK = 2_000
_MOST_MB = 8_192  # of what the reader writes: rows, records and findings of the largest sheet


def check(run: Running, batch: Batch) -> None:
    """Read, stage and compare a batch and say what is wrong; begun anew after a kill, since nothing shows before."""
    if batch.state != BatchState.CHECKING:
        return
    with tempfile.TemporaryDirectory(dir=_room()) as name:
        folder = Path(name)
        try:
            read(batch, folder)
        except Refusal as refusal:
            receiving.note_refusal(run.ctx, batch, refusal, move="find_faults")
            return
        clear(batch)
        _stage_all(run, batch, folder)
        with run.advance(to="compared", done=0):
            problems = comparing.compare(batch, _sheets(folder))
            Problem.objects.bulk_create(problems, batch_size=CHUNK)
        _finish(run, batch, folder)


def _room() -> Path:
    folder = registry.spool()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def read(batch: Batch, folder: Path) -> None:
    """Have the reader write what a file holds into ``folder``, in the sandbox; raises a ``Refusal``."""
    with blobs.local_path(batch.blob_key) as path:
        sandbox.call(
            _READ,
            path=path,
            name=batch.file_name,
            fields=fields_for(batch.kind_id, batch.org_id),
            saved=batch.mapping,
            required=required_for(batch.kind_id, batch.org_id),
            level=batch.level,
            checks_codes=batch.checks_codes,
            out=folder,
            timeout_s=3_600,
            memory_mb=4_096,
            output_mb=_MOST_MB,
        )


@transaction.atomic
def clear(batch: Batch) -> None:
    """Forget what an earlier check found."""
    StagedRow.objects.filter(batch=batch)._raw_delete(using="default")
    Problem.objects.filter(batch=batch)._raw_delete(using="default")


def _stage_all(run: Running, batch: Batch, folder: Path) -> None:
    fonds = {row.code: row.pk for row in queries.fonds_to_fill(run.ctx).filter(archives_id=batch.org_id)}
    scheme = own_scheme(batch.kind_id, batch.org_id)
    stager = Stager(batch, _sheets(folder), fonds, scheme, timezone.localdate(run.ctx.now))
    entries = lines_of(folder / ENTRIES)
    count = 0
    while chunk := list(islice(entries, CHUNK)):
        rows = list(stager.rows(chunk))
        count += len(rows)
        with run.advance(to=f"staged:{count}", done=len(rows)):
            keep(rows)
            Problem.objects.bulk_create(stager.take())
    found = (_problem(batch, line) for line in lines_of(folder / PROBLEMS))
    while some := list(islice(found, CHUNK)):
        with run.advance(to="problems", done=0):
            Problem.objects.bulk_create(some)


def _problem(batch: Batch, line: Mapping[str, object]) -> Problem:
    is_cell = bool(line["n"])
    return Problem(
        batch=batch,
        severity=Severity.ERROR if line["severity"] == "error" else Severity.WARNING,
        sheet=line["s"],
        number=line["n"],
        column=line["column"] if is_cell else -1,
        place=str(line["place"])[:300],
        code=line["code"],
        message=line["message"],
        params=line["params"],
    )


def _sheets(folder: Path) -> Sequence[Sheet]:
    """The sheets that were read, by the lines that begin each of them."""
    heads = (line for line in lines_of(folder / SHEETS) if "sheet" in line)
    return [Sheet(str(head["sheet"]), head["columns"], head["names"]) for head in heads]


def _finish(run: Running, batch: Batch, folder: Path) -> None:
    """Count, write the report where anything is wrong, and say how the batch stands."""
    problems = Problem.objects.filter(batch=batch)
    batch.error_count = problems.filter(severity=Severity.ERROR).count()
    batch.warning_count = problems.filter(severity=Severity.WARNING).count()
    counted = {
        standing: StagedRow.objects.filter(batch=batch, standing=standing).count() for standing in Standing
    }
    batch.row_count = sum(counted.values())
    batch.new_count, batch.changed_count = counted[Standing.NEW], counted[Standing.CHANGED]
    batch.same_count = counted[Standing.SAME]
    former = batch.report_key
    batch.report_key = reporting.write(batch, folder) if batch.error_count or batch.warning_count else ""
    with run.advance(to="checked", done=0):
        _keep(run.ctx, batch, former)
    if batch.error_count:
        run.say(
            N_("检查完成：%(rows)d 行，错误 %(errors)d 处。"), rows=batch.row_count, errors=batch.error_count
        )
    else:
        run.say(N_("检查完成：%(rows)d 行，没有错误。"), rows=batch.row_count)


def _keep(ctx: Ctx, batch: Batch, former: str) -> None:
    if former and former != batch.report_key:
        blobs.discard(former)
    batch.save(
        update_fields=[
            *("error_count", "warning_count", "row_count", "new_count"),
            *("changed_count", "same_count", "report_key"),
        ]
    )
    said = {"rows": batch.row_count, "errors": batch.error_count}
    workflow.move(ctx, batch, MACHINE, "find_faults" if batch.error_count else "pass_check", detail=said)
