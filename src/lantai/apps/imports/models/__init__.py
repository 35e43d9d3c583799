"""Batches of sheets and of files on their way into the catalogue."""

from __future__ import annotations

from lantai.apps.imports.models.attaching import AttachedFile, Attachment
from lantai.apps.imports.models.batches import Batch, ImportedRow, Problem, SheetShape, StagedRow

__all__ = ["AttachedFile", "Attachment", "Batch", "ImportedRow", "Problem", "SheetShape", "StagedRow"]
