"""API of this app: applying, following and verifying need no account."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import File, Router
from ninja.files import UploadedFile

from lantai.apps.readingroom import queries, services
from lantai.apps.readingroom.models import Request
from lantai.apps.readingroom.schemas import (
    ApplicationIn,
    ApplicationOut,
    LookedOut,
    StatusOut,
    StepOut,
    VerificationOut,
)
from lantai.apps.readingroom.states import REQUEST
from lantai.apps.readingroom.types import Application, ArchivesNotServing, Verification
from lantai.platform.gates import public
from lantai.platform.ui.context import ctx_of

router = Router(tags=["readingroom"])


@router.post("/applications", response={201: ApplicationOut}, auth=None)
@public
def submit(request: HttpRequest, body: ApplicationIn) -> tuple[int, Request]:
    """Hand in an application; sending the same `submit_key` again gives the same request."""
    archives = queries.archives_taking().filter(code=body.archives_code).first()
    if archives is None:
        raise ArchivesNotServing(field="archives_code")
    said = body.dict(exclude={"submit_key", "archives_code", "persons"})
    application = Application(archives_id=archives.pk, persons=tuple(body.persons), **said)
    address = services.address_of(request.META)
    row = services.submit_request(ctx_of(request), application, submit_key=body.submit_key, address=address)
    return 201, row


@router.get("/applications/{number}", response=StatusOut, auth=None)
@public
def status(request: HttpRequest, number: str, phone_tail: str) -> StatusOut:
    """How a request stands, for who knows its number and the last four digits of the phone."""
    address = services.address_of(request.META)
    row = services.open_with_pair(ctx_of(request), number=number, phone_tail=phone_tail, address=address)
    certificate = queries.certificate_of(row.pk)
    return StatusOut(
        number=row.number,
        state=row.state,
        state_label=str(REQUEST.label_of(row.state)),
        steps=[StepOut(at=s.at, what=_(s.what), reason=s.reason) for s in queries.public_steps(row)],
        certificate=certificate.number if certificate else "",
    )


@router.get("/verify/{check_code}", response=VerificationOut, auth=None)
@public
def verify_code(request: HttpRequest, check_code: str) -> VerificationOut:
    """The standing of a certificate."""
    address = services.address_of(request.META)
    return _out(services.verify_code(ctx_of(request), check_code=check_code, address=address))


@router.post("/verify", response=VerificationOut, auth=None)
@public
def verify_file(request: HttpRequest, file: File[UploadedFile]) -> VerificationOut:
    """The standing of a file; it is looked at and not kept."""
    address = services.address_of(request.META)
    return _out(services.verify_file(ctx_of(request), source=file.chunks(), address=address))


def _out(found: Verification) -> VerificationOut:
    return VerificationOut(
        standing=found.standing,
        looked=[
            LookedOut(
                ok=check.ok, message=_(check.message) % check.params if check.params else _(check.message)
            )
            for check in found.looked
        ],
        number=found.number,
        archives=found.archives,
        records=list(found.records),
        issued_on=found.issued_on,
        revoked_on=found.revoked_on,
        reason=found.reason,
        sha256=found.sha256,
    )
