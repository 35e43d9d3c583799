"""Transfers for machines: hand over, ask how it stands, decide, fetch the receipt."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import File, Form, Router
from ninja.files import UploadedFile

from lantai.apps.intake import queries, services
from lantai.apps.intake.models import Submission, SubmissionItem
from lantai.apps.intake.permissions import P
from lantai.apps.intake.schemas import (
    FindingOut,
    ItemOut,
    OnlineIn,
    ReportOut,
    ReturnIn,
    SubmissionOut,
    SubmissionsOut,
)
from lantai.apps.intake.types import NoReceiptYet
from lantai.kit.errors import Missing
from lantai.platform.accounts import policy
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Ctx
from lantai.platform.gates import needs

router = Router(tags=["intake"])
PAGE = 200


def _ctx(request: HttpRequest) -> Ctx:
    return request.ctx  # type: ignore[attr-defined,no-any-return]


@router.get("/submissions", response=SubmissionsOut)
@needs(P.SUBMISSION_READ)
def list_submissions(request: HttpRequest, after: int = 0, state: str = "") -> SubmissionsOut:
    """Transfers in the order of their ids, 200 at a time."""
    rows = queries.visible(_ctx(request)).filter(pk__gt=after).order_by("pk")
    found = list((rows.filter(state=state.replace("\x00", "")) if state else rows)[:PAGE])
    last = found[-1].pk if len(found) == PAGE else None
    return SubmissionsOut(submissions=[_out(row) for row in found], next=last)


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
    ctx = _ctx(request)
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
    ctx = _ctx(request)
    row = services.submit_online(ctx, package_id=body.package_id, note=body.note.replace("\x00", ""))
    return _out(queries.get(ctx, row.pk))


@router.get("/submissions/{int:submission_id}", response=SubmissionOut)
@needs(P.SUBMISSION_READ)
def get_submission(request: HttpRequest, submission_id: int) -> SubmissionOut:
    """One transfer."""
    return _out(queries.get(_ctx(request), submission_id))


@router.get("/submissions/{int:submission_id}/report", response=ReportOut)
@needs(P.SUBMISSION_READ)
def get_report(request: HttpRequest, submission_id: int) -> ReportOut:
    """The newest test: checks, findings, and the items that failed."""
    row = queries.get(_ctx(request), submission_id)
    checks = queries.checks_of(row)
    if not checks:
        raise Missing
    failed = queries.items_of(row.pk).filter(verdict__in=queries.FAILED_VERDICTS)
    return ReportOut(
        number=row.number,
        state=row.state,
        open_checks=queries.open_checks(row),
        problems=queries.package_problems(row),
        failed_items=[_item(item) for item in failed],
        checks=[_line(line) for line in queries.report_lines(checks, is_summary=True)],
        findings=[_line(line) for line in queries.report_lines(checks, is_summary=False)],
    )


@router.get("/submissions/{int:submission_id}/receipt")
@needs(P.SUBMISSION_READ)
def get_receipt(request: HttpRequest, submission_id: int) -> HttpResponse:
    """The receipt, byte for byte as it was issued."""
    row = queries.get(_ctx(request), submission_id)
    if not row.receipt_key:
        raise NoReceiptYet(number=row.number)
    return HttpResponse(queries.kept(row.receipt_key), content_type="application/json")


@router.post("/submissions/{int:submission_id}/accept", response=SubmissionOut)
@needs(P.SUBMISSION_DECIDE)
def accept(request: HttpRequest, submission_id: int) -> SubmissionOut:
    """Decide to take a transfer that passed; the receipt follows."""
    return _out(services.accept_submission(_ctx(request), submission_id=submission_id))


@router.post("/submissions/{int:submission_id}/return", response=SubmissionOut)
@needs(P.SUBMISSION_DECIDE)
def send_back(request: HttpRequest, submission_id: int, body: ReturnIn) -> SubmissionOut:
    """Send a transfer back with reasons."""
    said = {key: words.replace("\x00", "") for key, words in body.items.items()}
    reason = body.reason.replace("\x00", "")
    ctx = _ctx(request)
    return _out(
        services.return_submission(ctx, submission_id=submission_id, reason=reason, item_reasons=said)
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


def _item(row: SubmissionItem) -> ItemOut:
    return ItemOut(
        item_key=row.item_key,
        reference_code=row.reference_code,
        title=row.title,
        verdict=row.verdict,
        reasons=queries.reasons(row),
    )


def _line(line: queries.ReportLine) -> FindingOut:
    return FindingOut(
        code=line.code,
        name=line.name,
        outcome=line.outcome,
        place=line.place,
        text=line.text,
        basis=line.basis,
    )
