"""Changing descriptions that were there already, and changing them back."""

from __future__ import annotations

from datetime import date
from typing import Any

from lantai.apps.catalogue import services as catalogue
from lantai.apps.imports.models import Batch, ImportedRow, StagedRow
from lantai.apps.imports.types import Standing
from lantai.platform.context import Ctx


def change(ctx: Ctx, batch: Batch) -> int:
    """Change every known row as the file says; returns how many. Raises ``EditedMeanwhile``."""
    staged = StagedRow.objects.filter(batch=batch, standing=Standing.CHANGED).order_by("pk")
    noted = []
    for row in staged.iterator(chunk_size=1_000):
        described = catalogue.describe(
            ctx, description_id=row.description_id or 0, revision=row.revision, changes=_values(row.changes)
        )
        noted.append(
            ImportedRow(batch=batch, description_id=described.pk, revision=described.revision, is_new=False)
        )
    ImportedRow.objects.bulk_create(noted, batch_size=2_000)
    return len(noted)


def change_back(ctx: Ctx, batch: Batch) -> int:
    """Restore every row that the batch changed and nobody since; raises ``EditedMeanwhile``."""
    rows = list(ImportedRow.objects.filter(batch=batch, is_new=False))
    for row in rows:
        catalogue.restore(ctx, description_id=row.description_id, revision=row.revision, undone=row.revision)
    return len(rows)


def _values(changes: dict[str, Any]) -> dict[str, Any]:
    dated = changes.get("dated_on")
    return {**changes, "dated_on": date.fromisoformat(dated)} if dated else changes
