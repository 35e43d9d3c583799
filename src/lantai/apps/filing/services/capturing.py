"""Taking a document onto the agency's desk, once however often it is sent."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from django.db import transaction

from lantai.apps.custody import services as custody
from lantai.apps.custody.types import Survey
from lantai.apps.filing import queries
from lantai.apps.filing.models import Document, DocumentFile
from lantai.apps.filing.permissions import P
from lantai.apps.filing.services import checking
from lantai.apps.filing.types import (
    Capture,
    Captured,
    CapturedFile,
    KeyUsedForOther,
    NoFiles,
    NotOfAgency,
    ScanDocuments,
    SurveyDocuments,
    ValueUnknown,
)
from lantai.apps.holdings import queries as holdings
from lantai.kit.compositions import ELEMENT as PARTS
from lantai.kit.compositions import Placed, composition_of, read_lines
from lantai.platform.accounts import policy
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Channel, Ctx, system_ctx
from lantai.platform.jobs import queries as runs
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.jobs.types import ENDED, RunState
from lantai.platform.ledger import services as ledger

if TYPE_CHECKING:
    from lantai.apps.holdings.models import RecordKind, SchemeClass


@transaction.atomic
def capture_document(ctx: Ctx, capture: Capture) -> Captured:
    """Take a document in with its staged files, which are ours from then on.

    The same ``external_key`` with the same content answers with the document that is here already, and the
    second staging is given up; with other content it is refused (``KeyUsedForOther``). Year, class and
    retention are the arranger's: they do not make a content another one. Raises ``NoFiles``, ``NotOfAgency``
    and what ``services.checking`` refuses.
    """
    policy.require(ctx, P.DOCUMENT_CAPTURE, capture.agency_id)
    if not capture.files:
        raise NoFiles(field="files")
    checking.file_count(len(capture.files))
    digest = _digest_of(capture)
    document, is_new = Document.objects.get_or_create(
        agency_id=capture.agency_id,
        external_key=checking.text("external_key", capture.external_key),
        defaults=_values(ctx, capture) | {"request_sha256": digest},
    )
    if not is_new:
        return _known(document, capture, digest)
    DocumentFile.objects.bulk_create(_files(document, capture))
    ledger.record(
        ctx,
        "filing:document:captured",
        object_type="filing:document",
        object_id=document.pk,
        object_name=document.title[:200],
        detail={
            "sha512": [file.staged.digests.sha512 for file in capture.files],
            "source": str(capture.source),
        },
    )
    queue_survey(ctx, capture.agency_id)
    return Captured(document.pk, is_new=True)


def _known(document: Document, capture: Capture, digest: str) -> Captured:
    if document.request_sha256 != digest:
        raise KeyUsedForOther(key=capture.external_key, title=document.title)
    for file in capture.files:
        blobs.discard(file.staged.key)
    return Captured(document.pk, is_new=False)


def _digest_of(capture: Capture) -> str:
    said = {
        "title": capture.title,
        "author": capture.author,
        "number": capture.document_number,
        "date": capture.dated_on.isoformat() if capture.dated_on else "",
        "fonds": capture.fonds_id,
        "kind": capture.kind,
        "classification": capture.classification,
        "persons": list(capture.persons),
        "metadata": dict(capture.metadata),
        "files": [_said_of(file) for file in capture.files],
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def _said_of(file: CapturedFile) -> list[object]:
    """A file as its sender tells of it; one that names no part is told as before there were parts."""
    placed = [file.part, dict(file.elements)] if file.part or file.elements else []
    return [file.name, file.role, file.staged.digests.sha512, *placed]


def _values(ctx: Ctx, capture: Capture) -> dict[str, object]:
    fonds = holdings.fonds_of_agency(capture.agency_id).filter(pk=capture.fonds_id).first()
    if fonds is None:
        raise NotOfAgency(field="fonds")
    return {
        "fonds": fonds,
        "kind": _kind(capture.kind),
        "source": capture.source,
        "title": checking.text("title", capture.title),
        "author": checking.text("author", capture.author),
        "document_number": checking.text("document_number", capture.document_number),
        "dated_on": capture.dated_on,
        "year": checking.year(capture.year or (capture.dated_on.year if capture.dated_on else None)),
        "scheme_class": _class_of(fonds.pk, capture.class_code),
        "retention": checking.retention(capture.retention),
        "classification": checking.classification(capture.classification),
        "persons": checking.persons(capture.persons),
        "metadata": {
            key: value for key, value in checking.elements(capture.metadata).items() if key != PARTS
        },
        "captured_at": ctx.now,
    }


def _kind(slug: str) -> RecordKind:
    found = holdings.kinds().filter(slug=slug.replace("\x00", "")).first()
    if found is None:
        raise ValueUnknown(name=Document._meta.get_field("kind").verbose_name, value=slug[:40], field="kind")
    return found


def _class_of(fonds_id: int, code: str) -> SchemeClass | None:
    if not code:
        return None
    found = holdings.classes_of(fonds_id, only_active=True).filter(code=code.replace("\x00", "")).first()
    if found is None:
        raise NotOfAgency(field="class_code")
    return found


def _files(document: Document, capture: Capture) -> list[DocumentFile]:
    listed = _listed(document, capture)
    return [_file(document, order, file, listed) for order, file in enumerate(capture.files, 1)]


def _listed(document: Document, capture: Capture) -> dict[str, Placed]:
    """What the description that came along says of its files, by their names."""
    rule = composition_of(document.kind.element_scheme)
    said = rule and read_lines(rule, capture.metadata.get(PARTS, ""))
    return {one.file: one for one in said or ()}


def _file(document: Document, order: int, file: CapturedFile, listed: Mapping[str, Placed]) -> DocumentFile:
    told = listed.get(file.name)
    word, noted = (file.part, file.elements) if file.part or told is None else (told.part, told.values)
    part = checking.part(document.kind, word)
    return DocumentFile(
        document=document,
        order=order,
        role=part.role if part else checking.role(file.role),
        part=part.slug if part else "",
        elements=checking.part_elements(part, noted),
        name=checking.file_name(file.name),
        blob_key=file.staged.key,
        size_bytes=file.staged.size,
        sha256=file.staged.digests.sha256,
        sha512=file.staged.digests.sha512,
        sm3=file.staged.digests.sm3,
    )


def queue_survey(ctx: Ctx, agency_id: int) -> None:
    """One run opens whatever waits, so a thousand documents do not queue a thousand runs.

    A run that waits in the queue is held there until we commit: begun before, it would not see our files.
    """
    waiting = Run.objects.select_for_update(no_key=True).filter(
        about_type="filing:survey", about_id=str(agency_id), state=RunState.QUEUED
    )
    if waiting.first() is None:
        jobs.start(
            ctx,
            SurveyDocuments(agency_id),
            org_id=agency_id,
            about=("filing:survey", agency_id),
            is_quiet=True,
        )


def record_survey(
    files: Sequence[DocumentFile], surveys: Sequence[Survey], scans: Sequence[dict[str, object] | None]
) -> None:
    """Note what opening and scanning the files has shown, and the pages of their documents; in the run's step."""
    for file, survey, scan in zip(files, surveys, scans, strict=True):
        file.puid, file.mime, file.state = survey.puid, survey.mime, survey.state
        file.extension_ok, file.page_count = survey.extension_ok, survey.page_count
        file.text = survey.text.replace("\x00", "").encode("utf-8", "replace").decode()
        file.examination, file.scan = survey.examination, scan
    names = ["puid", "mime", "state", "extension_ok", "page_count", "text", "examination"]
    DocumentFile.objects.bulk_update(files, names)
    _keep_scans(files)
    _count_pages({file.document_id for file in files})


def record_scans(files: Sequence[DocumentFile], scans: Sequence[dict[str, object] | None]) -> None:
    """Note what scanning the files has shown; in the run's own step."""
    for file, scan in zip(files, scans, strict=True):
        file.scan = scan
    _keep_scans(files)


def _keep_scans(files: Sequence[DocumentFile]) -> None:
    """What was not scanned keeps no value at all: a bulk update would write the null of JSON."""
    DocumentFile.objects.bulk_update([file for file in files if file.scan is not None], ["scan"])


def start_scans() -> None:
    """Queue a scan at every agency whose files no scanner has looked at; a beat, and nothing without a scanner."""
    if not custody.has_scanner():
        return
    ctx = system_ctx(Channel.JOB)
    for agency_id in queries.agencies_to_scan():
        with transaction.atomic():
            latest = runs.latest_about("filing:scan", agency_id)
            if latest is None or latest.state in ENDED:
                jobs.start(ctx, ScanDocuments(agency_id), org_id=agency_id, about=("filing:scan", agency_id),
                           is_quiet=True)  # fmt: skip


def _count_pages(document_ids: set[int]) -> None:
    pages: dict[int, int] = dict.fromkeys(document_ids, 0)
    rows = DocumentFile.objects.filter(document_id__in=document_ids).exclude(page_count=None)
    for document_id, count in rows.values_list("document_id", "page_count"):
        pages[document_id] += count
    counted = [Document(pk=pk, page_count=count or None) for pk, count in pages.items()]
    Document.objects.bulk_update(counted, ["page_count"])
