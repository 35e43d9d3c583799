"""Changing descriptions that were there already, and changing them back."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from lantai.apps.catalogue import services as catalogue
from lantai.apps.catalogue.types import EditedMeanwhile
from lantai.apps.imports.models import Batch, ImportedRow, StagedRow
from lantai.apps.imports.types import Standing
from lantai.platform.context import Ctx


def change(ctx: Ctx, batch: Batch) -> int:
    """Change every known row as the file says; returns how many. Raises ``EditedMeanwhile`` where one differs now."""
    staged = StagedRow.objects.filter(batch=batch, standing=Standing.CHANGED).order_by("pk")
    if not staged.exists():
        return 0
    summary = _("导入“%(name)s”") % {"name": batch.file_name}
    found = catalogue.describe_many(ctx, changes=_changes(staged.iterator(chunk_size=1_000)), summary=summary)
    if found.skipped_count or found.same:
        raise EditedMeanwhile
    noted = (
        ImportedRow(batch=batch, description_id=pk, revision=revision + 1, is_new=False)
        for pk, revision in staged.values_list("description_id", "revision")
    )
    ImportedRow.objects.bulk_create(noted, batch_size=2_000)
    return found.changed


def change_back(ctx: Ctx, batch: Batch) -> int:
    """Restore every row that the batch changed and nobody since; raises ``EditedMeanwhile``."""
    rows = list(ImportedRow.objects.filter(batch=batch, is_new=False))
    for row in rows:
        catalogue.restore(ctx, description_id=row.description_id, revision=row.revision, undone=row.revision)
    return len(rows)


def _changes(rows: Iterator[StagedRow]) -> Iterator[tuple[int, int, dict[str, Any]]]:
    for row in rows:
        dated = row.changes.get("dated_on")
        typed = {"dated_on": date.fromisoformat(dated)} if dated else {}
        yield row.description_id or 0, row.revision, {**row.changes, **typed}
