"""Transfers for machines: hand over, ask how it stands, decide, fetch the receipt."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import File, Form, Router
from ninja.files import UploadedFile

from lantai.apps.holdings import queries as holdings
from lantai.apps.intake import queries, services
from lantai.apps.intake.models import (
    Agreement,
    Announcement,
    Due,
    ReturnEntry,
    Submission,
    SubmissionItem,
)
from lantai.apps.intake.permissions import P
from lantai.apps.intake.schemas import (
    AgreementOut,
    AgreementsOut,
    AnnounceIn,
    AnnouncementOut,
    AnnouncementsOut,
    DropIn,
    DueOut,
    DuesOut,
    OnlineIn,
    ReportOut,
    ReturnedOut,
    ReturnIn,
    ReturnListOut,
    SubmissionOut,
    SubmissionsOut,
    SubmittedItemOut,
    TestFindingOut,
)
from lantai.apps.intake.types import NoReceiptYet, Plan
from lantai.kit.errors import Missing
from lantai.platform.accounts import policy
from lantai.platform.blobs import services as blobs
from lantai.platform.gates import needs
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.keyset import page_of

router = Router(tags=["intake"])


@router.get("/submissions", response=SubmissionsOut)
@needs(P.SUBMISSION_READ)
def list_submissions(request: HttpRequest, after: int = 0, state: str = "") -> SubmissionsOut:
    """Transfers in the order of their ids, 200 at a time."""
    rows = queries.visible(ctx_of(request)).select_related("package")
    found, following = page_of(rows, after=after, state=state)
    return SubmissionsOut(submissions=[_out(row) for row in found], next=following)


@router.post("/submissions/packages", response={200: SubmissionOut})
@needs(P.SUBMISSION_SUBMIT, P.SUBMISSION_TEST)
def submit_package(
    request: HttpRequest,
    file: UploadedFile = File(..., description="zip, tar or tar.gz: DA/T 93 or BagIt"),  # noqa: B008
    agency: str = Form(..., description="code of the agency"),
    kind: str = Form("document"),
    title: str = Form(""),
    note: str = Form(""),
    replaces: int | None = Form(None),
) -> SubmissionOut:
    """Hand a package over. The content is its own key: sent again, the first transfer is answered."""
    ctx = ctx_of(request)
    sender = policy.one(queries.agencies_to_send_for(ctx), code=agency.replace("\x00", ""))
    row = services.submit_package(
        ctx,
        staged=blobs.stage(file.chunks()),
        name=file.name or "",
        agency_id=sender.pk,
        kind=kind.replace("\x00", ""),
        title=title.replace("\x00", ""),
        note=note.replace("\x00", ""),
        replaces_id=replaces,
    )
    return _out(queries.get(ctx, row.pk))


@router.post("/submissions/online", response=SubmissionOut)
@needs(P.SUBMISSION_SUBMIT)
def submit_online(request: HttpRequest, body: OnlineIn) -> SubmissionOut:
    """Transfer a sealed package of the own custody."""
    ctx = ctx_of(request)
    row = services.submit_online(ctx, package_id=body.package_id, note=body.note.replace("\x00", ""))
    return _out(queries.get(ctx, row.pk))


@router.get("/submissions/{int:submission_id}", response=SubmissionOut)
@needs(P.SUBMISSION_READ)
def get_submission(request: HttpRequest, submission_id: int) -> SubmissionOut:
    """One transfer."""
    return _out(queries.get(ctx_of(request), submission_id))


@router.get("/submissions/{int:submission_id}/report", response=ReportOut)
@needs(P.SUBMISSION_READ)
def get_report(request: HttpRequest, submission_id: int, after: int = 0) -> ReportOut:
    """The newest test: checks, findings, and the items that failed, 200 at a time: go on with ``next``."""
    row = queries.get(ctx_of(request), submission_id)
    checks = queries.checks_of(row)
    if not checks:
        raise Missing
    failed = queries.items_of(row.pk).filter(verdict__in=queries.FAILED_VERDICTS)
    page, following = page_of(failed, after=after)
    return ReportOut(
        number=row.number,
        state=row.state,
        open_checks=queries.open_checks(row),
        problems=queries.package_problems(row),
        failed_items=[_item(item) for item in page],
        checks=[_line(line) for line in queries.report_lines(checks, is_summary=True)],
        findings=[_line(line) for line in queries.report_lines(checks, is_summary=False)],
        next=following,
    )


@router.get("/submissions/{int:submission_id}/receipt")
@needs(P.SUBMISSION_READ)
def get_receipt(request: HttpRequest, submission_id: int) -> HttpResponse:
    """The receipt, byte for byte as it was issued."""
    row = queries.get(ctx_of(request), submission_id)
    if not row.receipt_key:
        raise NoReceiptYet(number=row.number)
    return HttpResponse(queries.kept(row.receipt_key), content_type="application/json")


@router.post("/submissions/{int:submission_id}/accept", response=SubmissionOut)
@needs(P.SUBMISSION_DECIDE)
def accept(request: HttpRequest, submission_id: int) -> SubmissionOut:
    """Decide to take a transfer that passed; the receipt follows."""
    return _out(services.accept_submission(ctx_of(request), submission_id=submission_id))


@router.post("/submissions/{int:submission_id}/return", response=SubmissionOut)
@needs(P.SUBMISSION_DECIDE)
def send_back(request: HttpRequest, submission_id: int, body: ReturnIn) -> SubmissionOut:
    """Send a transfer back with reasons."""
    said = {key: words.replace("\x00", "") for key, words in body.items.items()}
    reason = body.reason.replace("\x00", "")
    ctx = ctx_of(request)
    return _out(
        services.return_submission(ctx, submission_id=submission_id, reason=reason, item_reasons=said)
    )


@router.get("/agreements", response=AgreementsOut)
@needs(P.AGREEMENT_READ)
def list_agreements(request: HttpRequest, after: int = 0, state: str = "") -> AgreementsOut:
    """Versions of agreements in the order of their ids, 200 at a time."""
    rows = queries.agreements(ctx_of(request)).prefetch_related("kinds__kind")
    found, following = page_of(rows, after=after, state=state)
    return AgreementsOut(agreements=[_agreement(row) for row in found], next=following)


@router.get("/calendar", response=DuesOut)
@needs(P.AGREEMENT_READ)
def list_dues(request: HttpRequest, after: int = 0, status: str = "") -> DuesOut:
    """What is due when, in the order of ids, 200 at a time; ``status`` as of today."""
    ctx = ctx_of(request)
    rows = queries.with_status(queries.dues(ctx), timezone.localdate(ctx.now))
    rows = rows.filter(status=status.replace("\x00", "")) if status else rows
    found, following = page_of(rows, after=after)
    return DuesOut(dues=[_due(row) for row in found], next=following)


@router.get("/announcements", response=AnnouncementsOut)
@needs(P.SUBMISSION_READ)
def list_announcements(request: HttpRequest, after: int = 0, state: str = "") -> AnnouncementsOut:
    """What has been announced, in the order of ids, 200 at a time."""
    rows = queries.announcements(ctx_of(request)).prefetch_related("submissions")
    found, following = page_of(rows, after=after, state=state)
    return AnnouncementsOut(announcements=[_announcement(row) for row in found], next=following)


@router.post("/announcements", response=AnnouncementOut)
@needs(P.SUBMISSION_SUBMIT)
def announce(request: HttpRequest, body: AnnounceIn) -> AnnouncementOut:
    """Announce a transfer; the archives confirms the day or proposes another."""
    ctx = ctx_of(request)
    agency = policy.one(queries.agencies_of_sender(ctx), code=body.agency)
    plan = Plan(
        title=body.title,
        kind_id=holdings.kind(body.kind).pk,
        mode=body.mode,
        item_count=body.item_count,
        planned_on=body.planned_on,
        byte_count=body.byte_count,
        carrier=body.carrier,
        note=body.note,
        due_id=body.due,
    )
    row = services.announce(ctx, agency_id=agency.pk, plan=plan)
    return _announcement(queries.announcement(ctx, row.pk))


@router.get("/submissions/{int:submission_id}/returns", response=ReturnListOut)
@needs(P.SUBMISSION_READ)
def get_return_list(request: HttpRequest, submission_id: int) -> ReturnListOut:
    """What of a transfer that was accepted in part went back, why, and how each item was answered."""
    row = policy.one(queries.return_lists(ctx_of(request)), submission_id=submission_id)
    entries = row.entries.select_related("item", "answered_by__submission").order_by("pk")
    return ReturnListOut(
        number=row.number,
        submission=row.submission.number,
        state=row.state,
        made_at=row.made_at,
        entries=[_returned(entry) for entry in entries],
    )


@router.post("/submissions/{int:submission_id}/returns/{int:entry_id}/drop", response=ReturnListOut)
@needs(P.SUBMISSION_DECIDE)
def drop_entry(request: HttpRequest, submission_id: int, entry_id: int, body: DropIn) -> ReturnListOut:
    """Agree that one item will not come again."""
    ctx = ctx_of(request)
    entry = policy.one(queries.open_return_entries(ctx), pk=entry_id, return_list__submission=submission_id)
    services.drop_entry(ctx, entry_id=entry.pk, reason=body.reason)
    return get_return_list(request, submission_id)


def _agreement(row: Agreement) -> AgreementOut:
    return AgreementOut(
        id=row.pk,
        number=row.number,
        version=row.version,
        title=row.title,
        agency=row.agency.code,
        archives=row.archives.code,
        state=row.state,
        kinds={one.kind.slug: one.scheme for one in row.kinds.all()},
        layouts=row.layouts,
        formats=row.formats,
        most_bytes=row.most_bytes,
        most_files=row.most_files,
        most_items=row.most_items,
        needs_two_people=row.needs_two_people,
        due_within_years=row.due_within_years,
        counts_from=row.counts_from,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


def _due(row: Due) -> DueOut:
    return DueOut(
        id=row.pk,
        agency=row.agency.code,
        archives=row.archives.code,
        kind=row.kind.slug,
        year=row.year,
        due_on=row.due_on,
        extended_to=row.extended_to,
        status=row.status,
        settled_by=row.settled_by.number if row.settled_by else None,
    )


def _announcement(row: Announcement) -> AnnouncementOut:
    return AnnouncementOut(
        id=row.pk,
        number=row.number,
        title=row.title,
        agency=row.agency.code,
        archives=row.archives.code,
        kind=row.kind.slug,
        mode=row.mode,
        state=row.state,
        item_count=row.item_count,
        byte_count=row.byte_count,
        planned_on=row.planned_on,
        proposed_on=row.proposed_on,
        due=row.due_id,
        submissions=[one.number for one in row.submissions.all()],
    )


def _returned(entry: ReturnEntry) -> ReturnedOut:
    why, remedies = queries.reasons_and_remedies(entry.item)
    return ReturnedOut(
        id=entry.pk,
        item_key=entry.item.item_key,
        reference_code=entry.item.reference_code,
        title=entry.item.title,
        reasons=why,
        remedies=remedies,
        answered_by=entry.answered_by.submission.number if entry.answered_by else None,
        dropped_reason=entry.dropped_reason,
    )


def _out(row: Submission) -> SubmissionOut:
    return SubmissionOut(
        id=row.pk,
        number=row.number,
        title=row.title,
        agency=row.agency.code,
        archives=row.archives.code,
        mode=row.mode,
        state=row.state,
        item_count=row.item_count,
        declared_item_count=row.declared_item_count,
        failed_item_count=row.failed_item_count,
        byte_count=row.byte_count,
        content_sha512=row.content_sha512,
        object_id=row.package.object_id if row.package else None,
        replaces=row.replaces.number if row.replaces else None,
        submitted_at=row.submitted_at,
        decided_at=row.decided_at,
    )


def _item(row: SubmissionItem) -> SubmittedItemOut:
    return SubmittedItemOut(
        item_key=row.item_key,
        reference_code=row.reference_code,
        title=row.title,
        verdict=row.verdict,
        reasons=queries.reasons(row),
    )


def _line(line: queries.ReportLine) -> TestFindingOut:
    return TestFindingOut(
        code=line.code,
        name=line.name,
        outcome=line.outcome,
        place=line.place,
        text=line.text,
        basis=line.basis,
    )
