"""Every read of this app."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from django.db.models import Count, Prefetch, Q, QuerySet
from django.db.models.fields.json import KT

from lantai.apps.custody import queries as custody
from lantai.apps.custody.types import Occasion
from lantai.apps.filing.models import Batch, Document, DocumentFile
from lantai.apps.filing.permissions import P
from lantai.apps.holdings import queries as holdings
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.jobs import queries as runs
from lantai.platform.jobs.models import Run
from lantai.platform.jobs.types import ENDED

if TYPE_CHECKING:
    from lantai.apps.custody.models import CheckResult, CheckRun
    from lantai.apps.holdings.models import Fonds

SUBJECT = "filing:batch"
OPEN_STATES = ("captured", "arranged", "numbered")


def visible(ctx: Ctx) -> QuerySet[Document]:
    """Documents of agencies where the actor may see them."""
    rows = Document.objects.select_related("fonds__archives", "kind", "scheme_class", "agency", "batch")
    return policy.visible(rows, policy.Granted(P.DOCUMENT_READ, "agency"), ctx.actor)


def desk_rows(ctx: Ctx) -> QuerySet[Document]:
    """Visible documents with the number of their files, for the list."""
    return visible(ctx).annotate(file_count=Count("files"))


def get(ctx: Ctx, document_id: int) -> Document:
    """One document, or ``Missing``."""
    return policy.one(visible(ctx), pk=document_id)


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


def open_run_of(batch_id: int) -> Run | None:
    """The run about a batch that has not ended."""
    run = runs.latest_about(SUBJECT, batch_id)
    return run if run is not None and run.state not in ENDED else None


def visible_run_of(ctx: Ctx, batch_id: int) -> Run | None:
    """The newest run about a batch, if the actor may see it."""
    return runs.visible(ctx).filter(about_type=SUBJECT, about_id=str(batch_id)).order_by("-id").first()


def fonds_to_capture_for(ctx: Ctx) -> list[Fonds]:
    """The fonds of agencies for which the actor may take documents in, of the agency acted for first."""
    agencies = sorted(ctx.actor.orgs_with(P.DOCUMENT_CAPTURE), key=lambda pk: (pk != ctx.org_id, pk))
    return [fonds for agency_id in agencies for fonds in holdings.fonds_of_agency(agency_id)]


def count_to_arrange(ctx: Ctx) -> int:
    """Documents that wait for arrangement where the actor may do it."""
    return _count(ctx, P.DOCUMENT_ARRANGE, "captured")


def count_arranged(ctx: Ctx) -> int:
    """Arranged documents that are in no batch yet."""
    return _count(ctx, P.DOCUMENT_READ, "arranged")


def _count(ctx: Ctx, permission: P, state: str) -> int:
    return Document.objects.filter(agency_id__in=ctx.actor.orgs_with(permission), state=state).count()


def documents_of(batch_id: int) -> QuerySet[Document]:
    """The documents of a batch by reference code, with their files; three queries in all."""
    rows = Document.objects.filter(batch_id=batch_id).select_related(
        "fonds__archives", "kind", "scheme_class", "agency", "batch"
    )
    files = Prefetch("files", DocumentFile.objects.order_by("order"))
    return rows.prefetch_related(files).order_by("reference_code")


def documents_to_test(batch_id: int) -> QuerySet[Document]:
    """As `documents_of`, without the words in the files, which no check reads."""
    rows = documents_of(batch_id).prefetch_related(None)
    return rows.prefetch_related(Prefetch("files", DocumentFile.objects.defer("text").order_by("order")))


def with_files(document_id: int) -> QuerySet[Document]:
    """One document with what a test of it needs."""
    rows = Document.objects.filter(pk=document_id).select_related(
        "fonds__archives", "kind", "scheme_class", "agency", "batch"
    )
    return rows.prefetch_related(Prefetch("files", DocumentFile.objects.defer("text").order_by("order")))


def unread(agency_id: int) -> QuerySet[DocumentFile]:
    """Files of an agency that nobody has opened yet, in order of arrival; ours until the transaction ends.

    What another worker has at hand is left to it.
    """
    rows = DocumentFile.objects.filter(document__agency_id=agency_id, state="").order_by("pk")
    return rows.select_for_update(of=("self",), skip_locked=True)


def unscanned(agency_id: int) -> QuerySet[DocumentFile]:
    """Opened files of an agency that no scanner has looked at; ours until the transaction ends."""
    rows = _to_scan().filter(document__agency_id=agency_id).order_by("pk")
    return rows.select_for_update(of=("self",), skip_locked=True)


def agencies_to_scan() -> list[int]:
    """Agencies with files that no scanner has looked at."""
    return sorted(set(_to_scan().values_list("document__agency_id", flat=True)))


def _to_scan() -> QuerySet[DocumentFile]:
    waiting = DocumentFile.objects.filter(scan__isnull=True, document__state__in=OPEN_STATES)
    return waiting.exclude(state="")


def count_unscanned(batch_id: int) -> int:
    """How many files of a batch no scanner has looked at."""
    return DocumentFile.objects.filter(document__batch_id=batch_id, scan__isnull=True).count()


def count_unread(*, batch_id: int) -> int:
    """How many files of a batch nobody has opened yet."""
    return DocumentFile.objects.filter(document__batch_id=batch_id, state="").count()


def check_runs_of(ctx: Ctx, batch_id: int) -> list[CheckRun]:
    """The newest test reports of a batch that the actor may see, one for each kind of record."""
    return list(custody.visible_checks(ctx).filter(pk__in=checks_of(batch_id)).order_by("scheme"))


def self_checks_of(ctx: Ctx, batch_id: int) -> list[CheckRun]:
    """The reports of the agency's newest own test of a batch that the actor may see."""
    rows = custody.visible_checks(ctx).filter(
        subject_type=SUBJECT, subject_id=str(batch_id), occasion=Occasion.SELF_CHECK
    )
    newest = rows.order_by("-id").first()
    return list(rows.filter(started_at=newest.started_at).order_by("scheme")) if newest else []


def failures_of(checks: Sequence[CheckRun], batch_id: int) -> list[tuple[Document, list[CheckResult]]]:
    """The documents of a batch that failed a test, with what was wrong, by reference code."""
    found: defaultdict[str, list[CheckResult]] = defaultdict(list)
    for check in checks:
        for item_key, results in custody.failed_items(check.pk).items():
            found[item_key] += results
    rows = Document.objects.filter(batch_id=batch_id, reference_code__in=found).order_by("reference_code")
    return [(row, found[row.reference_code]) for row in rows]


def checks_of(batch_id: int) -> list[int]:
    """Ids of the newest filing test of a batch: one report for each kind of record in it."""
    rows = custody.checks_of(SUBJECT, batch_id).filter(occasion=Occasion.FILING)
    newest = rows.first()
    found = rows.filter(started_at=newest.started_at) if newest else rows.none()
    return sorted(found.values_list("pk", flat=True))


def open_checks(batch_id: int) -> dict[str, int]:
    """How many checks stay undecided, for the ledger line of whoever seals all the same."""
    return {"open_checks": custody.count_open_checks(checks_of(batch_id))}


def invoices_elsewhere(fonds_id: int, numbers: Collection[str], but: Collection[int]) -> dict[str, str]:
    """Which of these invoice numbers, read or noted, other documents of the fonds have: number → where.

    ``but`` are the documents that are asked for; what is set aside counts for nothing.
    """
    rows = DocumentFile.objects.filter(document__fonds_id=fonds_id).exclude(document__state="discarded")
    rows = rows.annotate(read=KT("examination__facts__invoice_number"), noted=KT("elements__number"))
    found = rows.filter(Q(read__in=list(numbers)) | Q(noted__in=list(numbers))).select_related("document")
    where: dict[str, str] = {}
    for file in found.only("name", "document__reference_code", "document__title").order_by("pk"):
        if file.document_id not in but:
            place = f"{file.document.reference_code or file.document.title} · {file.name}"
            where |= {number: place for number in (file.read, file.noted) if number in numbers}
    return where


def keys_in_use(keys: Sequence[str]) -> set[str]:
    """Which of these blobs documents need that are not sealed; those set aside can be taken back."""
    rows = DocumentFile.objects.filter(blob_key__in=list(keys)).exclude(document__state="sealed")
    return set(rows.values_list("blob_key", flat=True))
