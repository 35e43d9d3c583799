"""Reading batches, their rows and problems."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from django.db.models import Count, QuerySet

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.catalogue.types import Level
from lantai.apps.holdings import queries as holdings
from lantai.apps.imports.models import (
    AttachedFile,
    Attachment,
    Batch,
    ImportedRow,
    Problem,
    SheetShape,
    StagedRow,
)
from lantai.apps.imports.permissions import P
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx

if TYPE_CHECKING:
    from lantai.apps.catalogue.models import Description
    from lantai.apps.holdings.models import Fonds

READ = policy.Granted(P.BATCH_READ, "org_id")
READ_FILES = policy.Granted(P.FILES_READ, "org_id")


def visible(ctx: Ctx) -> QuerySet[Batch]:
    """Batches of organisations where the actor may see them."""
    return policy.visible(Batch.objects.select_related("org", "fonds", "kind"), READ, ctx.actor)


def get(ctx: Ctx, batch_id: int) -> Batch:
    """One batch, or ``Missing``."""
    return policy.one(visible(ctx), pk=batch_id)


def fonds_to_fill(ctx: Ctx) -> QuerySet[Fonds]:
    """The fonds whose catalogue the actor may fill."""
    return holdings.visible_fonds(ctx).filter(archives_id__in=ctx.actor.orgs_with(P.BATCH_ENTER))


def problems_of(batch: Batch) -> QuerySet[Problem]:
    """What is wrong with a batch, in the order of its rows."""
    return Problem.objects.filter(batch=batch).order_by("sheet", "number", "column", "pk")


def problem_kinds(batch: Batch) -> list[tuple[str, str, int]]:
    """Each kind of problem of a batch with its severity and how many there are, the most first."""
    found = Problem.objects.filter(batch=batch).values_list("code", "severity")
    return list(found.annotate(n=Count("pk")).order_by("severity", "-n", "code"))


def staged_of(batch: Batch) -> QuerySet[StagedRow]:
    """The rows that wait to be entered."""
    return StagedRow.objects.filter(batch=batch)


def entered_of(ctx: Ctx, batch: Batch) -> QuerySet[ImportedRow]:
    """What the batch entered or changed, as far as the actor may see it."""
    seen = ImportedRow.objects.filter(batch=batch, description__in=catalogue.visible(ctx))
    return seen.select_related("description")


def remembered(org_id: int, kind_id: int, shape: str) -> dict[str, str]:
    """How columns with these headings were mapped the last time; {} where they never were."""
    found = SheetShape.objects.filter(org_id=org_id, kind_id=kind_id, shape=shape).first()
    return dict(found.mapping) if found else {}


def visible_attachments(ctx: Ctx) -> QuerySet[Attachment]:
    """Uploads of files for records, of organisations where the actor may see them."""
    rows = Attachment.objects.select_related("org", "fonds__archives", "package")
    return policy.visible(rows, READ_FILES, ctx.actor)


def get_attachment(ctx: Ctx, attachment_id: int) -> Attachment:
    """One upload of files, or ``Missing``."""
    return policy.one(visible_attachments(ctx), pk=attachment_id)


def fonds_to_attach(ctx: Ctx) -> QuerySet[Fonds]:
    """The fonds to whose records the actor may attach files."""
    return holdings.visible_fonds(ctx).filter(archives_id__in=ctx.actor.orgs_with(P.FILES_ATTACH))


def files_of(row: Attachment) -> QuerySet[AttachedFile]:
    """The files of an upload with what was found of each."""
    return AttachedFile.objects.filter(attachment=row).defer("text", "examination")


def verdicts_of(row: Attachment) -> list[tuple[str, int]]:
    """Each verdict with how many files have it, the most first."""
    found = AttachedFile.objects.filter(attachment=row).order_by().values_list("verdict")
    return list(found.annotate(n=Count("pk")).order_by("-n", "verdict"))


def unfilled(row: Attachment) -> QuerySet[Description]:
    """Items without content whose codes begin as those of the upload, and for which no file came."""
    items = catalogue.standing().filter(
        fonds_id=row.fonds_id, custodian_id=row.org_id, level=Level.ITEM, package=None
    )
    came = AttachedFile.objects.filter(attachment=row, description_id__isnull=False)
    if not row.scope:
        return items.none()
    return items.filter(reference_code__startswith=row.scope).exclude(pk__in=came.values("description_id"))


def keys_in_use(keys: Sequence[str]) -> Collection[str]:
    """Those of the keys that a batch needs."""
    files = Batch.objects.filter(blob_key__in=keys).values_list("blob_key", flat=True)
    reports = Batch.objects.filter(report_key__in=keys).values_list("report_key", flat=True)
    archives = Attachment.objects.filter(archive_key__in=keys).values_list("archive_key", flat=True)
    attached = AttachedFile.objects.filter(blob_key__in=keys).values_list("blob_key", flat=True)
    return {*files, *reports, *archives, *attached}
