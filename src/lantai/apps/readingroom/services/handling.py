"""Staff look for records, say what they found, and hand it to the approver."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils import timezone

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.readingroom import queries
from lantai.apps.readingroom.models import Finding, Request
from lantai.apps.readingroom.permissions import P
from lantai.apps.readingroom.services import issuing, privacy
from lantai.apps.readingroom.services.closing import close
from lantai.apps.readingroom.states import REQUEST
from lantai.apps.readingroom.types import Identity, NoSuchMove, NotSearching, RecordElsewhere
from lantai.kit.errors import N_
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.notify import services as notify
from lantai.platform.workflow import services as workflow

OBJECT = "readingroom:request"


def move_request(ctx: Ctx, *, request_id: int, move: str, reason: str) -> Request:
    """Make the move of that name; raises ``NoSuchMove`` for one that people do not make."""
    queries.get(ctx, request_id)
    act = _ACTS.get(move)
    if act is None:
        raise NoSuchMove
    return act(ctx, request_id, reason)


@transaction.atomic
def accept_request(ctx: Ctx, request_id: int, reason: str = "") -> Request:
    """Take a request up; the limit for the answer begins."""
    row = queries.get(ctx, request_id)
    workflow.move(ctx, row, REQUEST, "accept", reason=reason)
    limits = queries.limits(timezone.localdate(ctx.now))
    workflow.stop_clock(ctx, OBJECT, row.pk, "accept")
    workflow.start_clock(ctx, OBJECT, row.pk, "answer", working_days=limits.answer_days)
    return row


@transaction.atomic
def refuse_request(ctx: Ctx, request_id: int, reason: str) -> Request:
    """Do not take a request up; the applicant reads the reason."""
    row = queries.get(ctx, request_id)
    workflow.move(ctx, row, REQUEST, "refuse", reason=reason)
    return close(ctx, row)


@transaction.atomic
def answer_not_found(ctx: Ctx, request_id: int, reason: str) -> Request:
    """Answer that no record was found; the applicant reads where was searched."""
    row = queries.get(ctx, request_id)
    workflow.move(ctx, row, REQUEST, "answer_not_found", reason=reason)
    return close(ctx, row)


@transaction.atomic
def propose_certificate(ctx: Ctx, request_id: int, reason: str = "") -> Request:
    """Hand records and statements to the approver; raises ``NothingFound``, ``StatementMissing``."""
    row = queries.get(ctx, request_id)
    workflow.move(ctx, row, REQUEST, "propose", reason=reason)
    notify.tell(
        ctx,
        org_id=row.archives_id,
        permission=P.CERTIFICATE_APPROVE,
        text=N_("查档申请 %(number)s 待审核出证。"),
        params={"number": row.number},
        url=row.get_absolute_url(),
    )
    return row


@transaction.atomic
def send_back(ctx: Ctx, request_id: int, reason: str) -> Request:
    """Have it looked for again; the limit for the answer goes on."""
    row = queries.get(ctx, request_id)
    workflow.move(ctx, row, REQUEST, "send_back", reason=reason)
    return row


_ACTS: dict[str, Callable[[Ctx, int, str], Request]] = {
    "accept": accept_request,
    "refuse": refuse_request,
    "propose": propose_certificate,
    "answer_not_found": answer_not_found,
    "send_back": send_back,
    "approve": issuing.approve_certificate,
    "give_up_issuing": issuing.give_up_issuing,
}


@transaction.atomic
def link_finding(ctx: Ctx, *, request_id: int, description_id: int) -> Finding:
    """Link a record of the archives to a request; linking it again changes nothing.

    Raises ``RecordElsewhere``, ``NotSearching``.
    """
    row = _searched(ctx, request_id)
    record = catalogue.get(ctx, description_id)
    if record.custodian_id != row.archives_id:
        raise RecordElsewhere(code=record.reference_code, custodian=record.custodian.name)
    finding, is_new = Finding.objects.get_or_create(
        request=row, description_id=record.pk, defaults={"linked_at": ctx.now}
    )
    if is_new:
        _note(ctx, row, "readingroom:finding:linked", record=record.pk)
    return finding


@transaction.atomic
def unlink_finding(ctx: Ctx, *, finding_id: int) -> Request:
    """Take a record away from a request; raises ``NotSearching``."""
    finding = queries.get_finding(ctx, finding_id)
    row = _searched(ctx, finding.request_id)
    Finding.objects.filter(pk=finding.pk).delete()
    _note(ctx, row, "readingroom:finding:unlinked", record=finding.description_id)
    return row


@transaction.atomic
def write_statement(ctx: Ctx, *, finding_id: int, statement: str) -> Request:
    """Say what the record says, as the certificate will; raises ``NotSearching``."""
    finding = queries.get_finding(ctx, finding_id)
    row = _searched(ctx, finding.request_id)
    Finding.objects.filter(pk=finding.pk).update(statement=statement.strip())
    _note(ctx, row, "readingroom:finding:stated", record=finding.description_id)
    return row


@transaction.atomic
def reveal_identity(ctx: Ctx, *, request_id: int) -> Identity:
    """The applicant's identity and phone number in full; that somebody looked is recorded."""
    row = queries.get(ctx, request_id)
    policy.require(ctx, P.REQUEST_HANDLE, row.archives_id)
    _note(ctx, row, "readingroom:identity:revealed")
    return Identity(
        row.applicant_name,
        str(row.get_id_kind_display()),
        privacy.unseal(bytes(row.id_number_sealed), about=f"{row.number}:id_number"),
        privacy.unseal(bytes(row.phone_sealed), about=f"{row.number}:phone"),
    )


def _searched(ctx: Ctx, request_id: int) -> Request:
    """The request, locked, if the actor may work on it and it is being searched for."""
    row = queries.get(ctx, request_id)
    policy.require(ctx, P.REQUEST_HANDLE, row.archives_id)
    locked = Request.objects.select_for_update().get(pk=row.pk)
    if locked.state != "accepted":
        raise NotSearching(number=row.number)
    return locked


def _note(ctx: Ctx, row: Request, act: str, **detail: int) -> None:
    ledger.record(
        ctx, act, object_type=OBJECT, object_id=row.pk, object_name=row.desk_name, detail=dict(detail)
    )
