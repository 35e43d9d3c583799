"""Every read of this app."""

from __future__ import annotations

import copy
from collections.abc import Sequence

from django.db.models import Prefetch, QuerySet

from lantai.apps.custody import queries as custody
from lantai.apps.filing.models import Batch, Document, DocumentFile
from lantai.apps.filing.permissions import P
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx

SUBJECT = "filing:batch"


def visible(ctx: Ctx) -> QuerySet[Document]:
    """Documents of agencies where the actor may see them."""
    rows = Document.objects.select_related("fonds__archives", "kind", "scheme_class", "agency", "batch")
    return policy.visible(rows, policy.Granted(P.DOCUMENT_READ, "agency"), ctx.actor)


def get(ctx: Ctx, document_id: int) -> Document:
    """One document, or ``Missing``."""
    return policy.one(visible(ctx), pk=document_id)


def by_key(agency_id: int, external_key: str) -> Document | None:
    """The document that a sender's key stands for, if it came before."""
    return Document.objects.filter(agency_id=agency_id, external_key=external_key).first()


def files_of(document_id: int) -> QuerySet[DocumentFile]:
    """The files of one document in their order."""
    return DocumentFile.objects.filter(document_id=document_id).order_by("order")


def file_of(ctx: Ctx, document_id: int, file_id: int) -> DocumentFile:
    """One file of a document that the actor may see, or ``Missing``."""
    return policy.one(files_of(get(ctx, document_id).pk), pk=file_id)


def visible_batches(ctx: Ctx) -> QuerySet[Batch]:
    """Batches of agencies where the actor may see them."""
    rows = Batch.objects.select_related("agency", "fonds__archives", "package")
    return policy.visible(rows, policy.Granted(P.BATCH_READ, "agency"), ctx.actor)


def get_batch(ctx: Ctx, batch_id: int) -> Batch:
    """One batch, or ``Missing``."""
    return policy.one(visible_batches(ctx), pk=batch_id)


def documents_of(batch_id: int) -> QuerySet[Document]:
    """The documents of a batch by reference code, with their files; three queries in all."""
    rows = Document.objects.filter(batch_id=batch_id).select_related(
        "fonds__archives", "kind", "scheme_class", "agency"
    )
    files = Prefetch("files", DocumentFile.objects.order_by("order"))
    return rows.prefetch_related(files).order_by("reference_code")


def as_part(batch: Batch, documents: Sequence[Document]) -> Batch:
    """The batch as if it held only ``documents``: one kind of record is tested at a time."""
    part = copy.copy(batch)
    part.item_count = len(documents)
    return part


def unread(agency_id: int) -> QuerySet[DocumentFile]:
    """Files of an agency that nobody has opened yet, in order of arrival."""
    return DocumentFile.objects.filter(document__agency_id=agency_id, state="").order_by("pk")


def count_unread(*, batch_id: int) -> int:
    """How many files of a batch nobody has opened yet."""
    return DocumentFile.objects.filter(document__batch_id=batch_id, state="").count()


def checks_of(batch_id: int) -> list[int]:
    """Ids of the newest test of a batch: one report for each kind of record in it."""
    found: dict[str, int] = {}
    for check in custody.checks_of(SUBJECT, batch_id):
        found.setdefault(check.scheme, check.pk)
    return sorted(found.values())


def open_checks(batch_id: int) -> dict[str, int]:
    """How many checks stay undecided, for the ledger line of whoever seals all the same."""
    return {"open_checks": custody.count_open_checks(checks_of(batch_id))}


def keys_in_use(keys: Sequence[str]) -> set[str]:
    """Which of these blobs unsealed documents need."""
    rows = DocumentFile.objects.filter(blob_key__in=list(keys)).exclude(
        document__state__in=("sealed", "discarded")
    )
    return set(rows.values_list("blob_key", flat=True))
