"""Acquisition for machines: enter leads and lists, upload, seal; the hand-over itself needs two people."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import File, Router, Status
from ninja.files import UploadedFile

from lantai.apps.acquisition import queries, services
from lantai.apps.acquisition.models import AcquiredObject, Acquisition, ObjectFile
from lantai.apps.acquisition.permissions import P
from lantai.apps.acquisition.schemas import (
    CaseLine,
    CaseOut,
    CasesOut,
    LeadIn,
    ObjectFileOut,
    ObjectIn,
    ObjectOut,
    SealingOut,
    ShelvingIn,
)
from lantai.apps.acquisition.services import Lead
from lantai.apps.acquisition.types import Part, Shelving
from lantai.apps.holdings import queries as holdings
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.gates import needs
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.keyset import page_of

router = Router(tags=["acquisition"])


@router.get("/cases", response=CasesOut)
@needs(P.CASE_READ)
def list_cases(request: HttpRequest, after: int = 0, state: str = "") -> CasesOut:
    """Cases in the order of their ids, 200 at a time."""
    found, following = page_of(queries.visible_cases(ctx_of(request)), after=after, state=state)
    return CasesOut(cases=[_line(row) for row in found], next=following)


@router.post("/cases", response={201: CaseOut})
@needs(P.CASE_HANDLE)
def open_case(request: HttpRequest, body: LeadIn) -> Status[CaseOut]:
    """Enter a lead."""
    ctx = ctx_of(request)
    org = policy.one(queries.orgs_to_handle(ctx), code=body.org)
    lead = Lead(**body.dict(exclude={"org"}))
    return Status(201, _case(ctx, services.open_case(ctx, org_id=org.pk, lead=lead).pk))


@router.get("/cases/{int:acquisition_id}", response=CaseOut)
@needs(P.CASE_READ)
def get_case(request: HttpRequest, acquisition_id: int) -> CaseOut:
    """One case with its objects and their files."""
    return _case(ctx_of(request), acquisition_id)


@router.post("/cases/{int:acquisition_id}/objects", response={201: ObjectOut})
@needs(P.CASE_HANDLE)
def list_object(request: HttpRequest, acquisition_id: int, body: ObjectIn) -> Status[ObjectOut]:
    """Add a line to the list while it is open."""
    line = services.list_object(ctx_of(request), acquisition_id=acquisition_id, **body.dict())
    return Status(201, _object(line))


@router.post("/objects/{int:acquired_object_id}/files", response={201: list[ObjectFileOut]})
@needs(P.CASE_HANDLE)
def upload(
    request: HttpRequest,
    acquired_object_id: int,
    files: list[UploadedFile] = File(...),  # noqa: B008
) -> Status[list[ObjectFileOut]]:
    """Hold photos or files of an object until they are sealed; the answer tells them as they were read back."""
    parts = [Part(file.name or "", file.chunks()) for file in files]
    held = services.add_files(ctx_of(request), acquired_object_id=acquired_object_id, parts=parts)
    return Status(201, [_file(one) for one in held])


@router.post("/cases/{int:acquisition_id}/seal", response={202: SealingOut})
@needs(P.CASE_HANDLE)
def seal(request: HttpRequest, acquisition_id: int, body: ShelvingIn) -> Status[SealingOut]:
    """Start the run that scans, seals and describes the files of what was received."""
    ctx = ctx_of(request)
    row = queries.get_case(ctx, acquisition_id)
    fonds = policy.one(queries.fonds_for(ctx, row.org_id), code=body.fonds)
    kind = policy.one(holdings.kinds(), slug=body.kind)
    shelving = Shelving(fonds_id=fonds.pk, kind_id=kind.pk, first_code=body.first_code)
    run = services.start_sealing(ctx, acquisition_id=row.pk, shelving=shelving)
    return Status(202, SealingOut(run=run.pk))


def _case(ctx: Ctx, acquisition_id: int) -> CaseOut:
    row = queries.get_case(ctx, acquisition_id)
    objects = [_object(one) for one in queries.objects_of(row.pk)]
    return CaseOut(**_line(row).dict(), topic=row.topic, objects=objects)


def _line(row: Acquisition) -> CaseLine:
    return CaseLine(
        id=row.pk,
        number=row.number,
        title=row.title,
        means=row.means,
        state=row.state,
        archives=row.org.code,
        opened_at=row.opened_at,
        registered_at=row.registered_at,
        certificate_number=row.certificate_number,
        object_id=row.package.object_id if row.package else None,
    )


def _object(one: AcquiredObject) -> ObjectOut:
    return ObjectOut(
        id=one.pk,
        number=one.number,
        title=one.title,
        form=one.form,
        quantity=one.quantity,
        unit=one.unit,
        dated=one.dated,
        state=one.state,
        reference_code=one.reference_code,
        files=[_file(file) for file in one.files.all()],
    )


def _file(file: ObjectFile) -> ObjectFileOut:
    return ObjectFileOut(
        id=file.pk, name=file.name, size=file.size_bytes, sha256=file.sha256, sm3=file.sm3, state=file.state
    )
