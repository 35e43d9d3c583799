"""Which file of a document is which part of it, and what is noted of each (DA/T 94, DA/T 85, DA/T 50, DA/T 63)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from lantai.apps.filing import composition, queries
from lantai.apps.filing.models import Document, DocumentFile
from lantai.apps.filing.services import checking
from lantai.apps.filing.services.arranging import opened_for_correction
from lantai.apps.filing.types import AssignedPart, NotComposed
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger


@transaction.atomic
def assign_parts(ctx: Ctx, *, document_id: int, parts: Sequence[AssignedPart]) -> int:
    """Put files of a document into the parts of its composition; returns how many changed.

    A file without a part is again taken for what its name and content tell; the part decides its role. In a
    batch this may be done until the test has passed; the batch then counts as changed. Raises ``NotComposed``,
    ``PartUnknown``, ``Missing`` for a file of another document, and as ``describe_document``.
    """
    document = opened_for_correction(ctx, document_id)
    if composition.rule_of(document) is None:
        raise NotComposed(kind=document.kind.name)
    files = queries.files_of(document.pk)
    changed = [file for one in parts if (file := _assigned(document, policy.one(files, pk=one.file_id), one))]
    if not changed:
        return 0
    DocumentFile.objects.bulk_update(changed, ["part", "elements", "role"])
    ledger.record(
        ctx,
        "filing:document:parts_assigned",
        object_type="filing:document",
        object_id=document.pk,
        object_name=document.title[:200],
        detail={"parts": {str(file.order): file.part for file in changed}},
    )
    return len(changed)


def _assigned(document: Document, file: DocumentFile, said: AssignedPart) -> DocumentFile | None:
    """The file as it was said, or None where nothing differs."""
    before = (file.part, file.elements)
    part = checking.part(document.kind, said.part)
    file.part = part.slug if part else ""
    file.elements = checking.part_elements(part, said.elements)
    if (file.part, file.elements) == before:
        return None
    file.role = part.role if part else file.role
    return file
