"""From an approved request to a signed certificate: every step may be repeated, and nothing is made twice.

The draft row keeps what was given or written once: number, check code, the unsigned page, the ledger entry
that commits to it. A run that was killed goes on from there; a certificate row ends it.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from lantai.apps.readingroom import queries
from lantai.apps.readingroom.models import Certificate, CertificateDraft, NumberCounter, Request
from lantai.apps.readingroom.permissions import P
from lantai.apps.readingroom.services import codes, printing, signing
from lantai.apps.readingroom.services.closing import close
from lantai.apps.readingroom.states import CERTIFICATE, REQUEST
from lantai.apps.readingroom.types import IssueCertificate, NotIssuing, StillIssuing
from lantai.kit.digests import digest_bytes
from lantai.kit.errors import N_
from lantai.kit.evidence import statement_digest
from lantai.kit.evidence.certificates import certificate_statement, embed_evidence, sign_pdf
from lantai.kit.evidence.receipts import Statement
from lantai.platform.accounts import policy
from lantai.platform.blobs import services as blobs
from lantai.platform.blobs.types import Staged
from lantai.platform.context import Ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.types import ENDED
from lantai.platform.ledger import services as ledger
from lantai.platform.ledger.models import Entry
from lantai.platform.notify import services as notify
from lantai.platform.workflow import services as workflow

OBJECT, PAPER = "readingroom:request", "readingroom:certificate"


@transaction.atomic
def approve_certificate(ctx: Ctx, request_id: int, reason: str = "") -> Request:
    """Agree to what is proposed, as a second person; the run that makes the certificate begins."""
    row = queries.get(ctx, request_id)
    workflow.move(ctx, row, REQUEST, "approve", reason=reason)
    about = (OBJECT, row.pk)
    jobs.start(ctx, IssueCertificate(row.pk), total=3, org_id=row.archives_id, about=about)
    return row


@transaction.atomic
def give_up_issuing(ctx: Ctx, request_id: int, reason: str = "") -> Request:
    """Take a request whose run has failed back to the approver; raises ``StillIssuing`` while it goes on.

    The number stays the request's; the page is made anew, since statements may change now.
    """
    row = queries.get(ctx, request_id)
    policy.require(ctx, P.CERTIFICATE_APPROVE, row.archives_id)
    run = queries.issuing_run(row.pk)
    if run is not None and run.state not in ENDED:
        raise StillIssuing(number=row.number)
    workflow.move(ctx, row, REQUEST, "give_up_issuing", reason=reason)
    CertificateDraft.objects.filter(request=row).update(base_key="", entry_id=None)
    return row


@transaction.atomic
def open_draft(ctx: Ctx, request_id: int) -> CertificateDraft:
    """The draft of a request in issue, with its number: given once, without gaps in an archives' year.

    In the run's own step. Raises ``NotIssuing``.
    """
    row = _in_issue(request_id)
    if found := queries.draft_of(row.pk):
        return found
    year = timezone.localtime(ctx.now).year
    NumberCounter.objects.get_or_create(archives_id=row.archives_id, year=year)
    counter = NumberCounter.objects.select_for_update().get(archives_id=row.archives_id, year=year)
    NumberCounter.objects.filter(pk=counter.pk).update(last=counter.last + 1)
    return CertificateDraft.objects.create(
        request=row,
        number=f"{row.archives.code}-{year}-{counter.last + 1:05d}",
        check_code=codes.new_check_code(),
        made_at=ctx.now,
    )


def print_page(draft: CertificateDraft) -> str:
    """Print the unsigned page into the store and return its key; nothing else is written."""
    row = Request.objects.select_related("archives").get(pk=draft.request_id)
    return blobs.stage([printing.print_certificate(draft, row)]).key


@transaction.atomic
def commit_page(ctx: Ctx, draft: CertificateDraft, base_key: str) -> None:
    """Record that the certificate says what the page at ``base_key`` says; in the run's own step."""
    row = _in_issue(draft.request_id)
    signing.ensure_signer(row.archives, ctx.now)  # before the entry, which must lie within its validity
    draft.base_key, draft.facts = base_key, _facts(draft, row)
    entry = ledger.record(
        ctx,
        "readingroom:certificate:issued",
        object_type=PAPER,
        object_id=draft.number,
        object_name=draft.number,
        detail={"statement_sha256": statement_digest(_statement(draft)), "request": row.pk},
    )
    CertificateDraft.objects.filter(pk=draft.pk).update(
        base_key=base_key, facts=draft.facts, entry_id=entry.pk
    )


def sign_page(ctx: Ctx, draft: CertificateDraft) -> Staged:
    """The page with its receipt attached, signed and stored; raises ``NotYetLogged`` until its entry is in
    the log."""
    entry = Entry.objects.get(pk=draft.entry_id)
    receipt = ledger.receipt_for(entry, _statement(draft))
    archives = Request.objects.select_related("archives").get(pk=draft.request_id).archives
    signed = sign_pdf(
        embed_evidence(_base(draft), receipt),
        signing.ensure_signer(archives, ctx.now),
        reason=draft.number,
        location=archives.name,
        now=ctx.now,
    )
    return blobs.stage([signed])


@transaction.atomic
def deliver(ctx: Ctx, draft: CertificateDraft, kept: Staged) -> Certificate:
    """Enter the signed certificate and end the request; in the run's own step, once for a request.

    Raises ``NotIssuing``, also when the draft was begun anew meanwhile.
    """
    if found := queries.certificate_of(draft.request_id):
        return found
    row = _in_issue(draft.request_id)
    if not CertificateDraft.objects.filter(pk=draft.pk, entry_id=draft.entry_id).exists():
        raise NotIssuing(number=row.number)
    made = Certificate.objects.create(
        number=draft.number,
        request=row,
        check_code=draft.check_code,
        blob_key=kept.key,
        size_bytes=kept.size,
        sha256=kept.digests.sha256,
        base_sha256=digest_bytes(_base(draft)).sha256,
        facts=draft.facts,
        entry_id=draft.entry_id or 0,
        issued_at=draft.made_at,
    )
    workflow.move(ctx, row, REQUEST, "deliver", detail={"certificate": made.number, "sha256": made.sha256})
    close(ctx, row)
    notify.tell(
        ctx,
        org_id=row.archives_id,
        permission=P.REQUEST_HANDLE,
        text=N_("查档申请 %(number)s 的证明 %(certificate)s 已出具。"),
        params={"number": row.number, "certificate": made.number},
        url=made.get_absolute_url(),
    )
    return made


@transaction.atomic
def revoke_certificate(ctx: Ctx, *, certificate_id: int, reason: str) -> Certificate:
    """Withdraw a certificate for a stated reason; who verifies it is told from now on."""
    row = queries.get_certificate(ctx, certificate_id)
    workflow.move(ctx, row, CERTIFICATE, "revoke", reason=reason, detail={"number": row.number})
    Certificate.objects.filter(pk=row.pk).update(revoked_at=ctx.now)
    row.revoked_at = ctx.now
    return row


def _in_issue(request_id: int) -> Request:
    """The request, locked while its certificate is made."""
    row = Request.objects.select_for_update(of=("self",)).select_related("archives").get(pk=request_id)
    if row.state != "issuing":
        raise NotIssuing(number=row.number)
    return row


def _facts(draft: CertificateDraft, row: Request) -> dict[str, str]:
    """What the statement says besides digests; it travels in the file, so no more than the page shows."""
    records = [finding.description.reference_code for finding in queries.findings_of(row.pk)]
    return {
        "archives": row.archives.name,
        "issued_on": timezone.localtime(draft.made_at).date().isoformat(),
        "records": "\n".join(records),
    }


def _statement(draft: CertificateDraft) -> Statement:
    return certificate_statement(_base(draft), draft.number, dict(draft.facts))


def _base(draft: CertificateDraft) -> bytes:
    with blobs.open_blob(draft.base_key) as file:
        return file.read()
