"""The list of objects, their files, and the sealing of the files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Max

from lantai.apps.acquisition import queries
from lantai.apps.acquisition.models import AcquiredObject, Acquisition, Agreement, ObjectFile
from lantai.apps.acquisition.permissions import P
from lantai.apps.acquisition.services import holding
from lantai.apps.acquisition.services.cases import locked, record
from lantai.apps.acquisition.states import ACQUISITION
from lantai.apps.acquisition.types import (
    CASE,
    LISTING,
    WITH_FILES,
    AlreadySealed,
    CaseState,
    NothingDigital,
    NotListing,
    ObjectState,
    Part,
    SealCase,
    Shelving,
    Use,
)
from lantai.apps.catalogue.types import NewDescription
from lantai.apps.holdings.types import Openness
from lantai.platform.accounts import policy
from lantai.platform.blobs import services as blobs
from lantai.platform.context import Ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.workflow import services as workflow

if TYPE_CHECKING:
    from lantai.apps.custody.models import Package


@transaction.atomic
def list_object(
    ctx: Ctx,
    *,
    acquisition_id: int,
    title: str,
    form: str,
    quantity: int = 1,
    unit: str = "件",
    dated: str = "",
    author: str = "",
    description: str = "",
) -> AcquiredObject:
    """Add a line to the list while it is open; raises ``NotListing``."""
    row = _open_list(ctx, acquisition_id)
    last = row.objects_listed.aggregate(last=Max("number"))["last"] or 0
    line = row.objects_listed.create(
        number=last + 1,
        title=title,
        form=form,
        quantity=quantity,
        unit=unit,
        dated=dated,
        author=author,
        description=description,
    )
    record(ctx, "object_listed", row, {"number": line.number})
    return line


@transaction.atomic
def drop_object(ctx: Ctx, *, acquired_object_id: int) -> Acquisition:
    """Take a line off the open list, with its files; raises ``NotListing``."""
    line = queries.get_object(ctx, acquired_object_id)
    row = _open_list(ctx, line.acquisition_id)
    keys = list(line.files.values_list("blob_key", flat=True))
    line.delete()
    blobs.discard(*keys)
    record(ctx, "object_dropped", row, {"number": line.number})
    return row


def _open_list(ctx: Ctx, acquisition_id: int) -> Acquisition:
    row = locked(ctx, acquisition_id)
    if row.state not in LISTING:
        raise NotListing(title=row.title)
    return row


@transaction.atomic
def add_files(
    ctx: Ctx, *, acquired_object_id: int, places: Sequence[str] = (), parts: Iterable[Part] = ()
) -> list[ObjectFile]:
    """Hold photos or files of an object until they are sealed; raises ``AlreadySealed``, ``NothingUploaded``."""
    line = queries.get_object(ctx, acquired_object_id)
    row = _holding(ctx, line.acquisition_id)
    found = holding.arrivals(ctx, places=places, parts=parts)
    files = [
        ObjectFile.objects.create(owner=line, **holding.columns_of(ctx, name, staged))
        for name, staged in found
    ]
    record(ctx, "files_added", row, {"object": line.number, "files": len(files)})
    return files


@transaction.atomic
def drop_file(ctx: Ctx, *, object_file_id: int) -> Acquisition:
    """Let go of a file that is not sealed; raises ``AlreadySealed``."""
    file = queries.get_object_file(ctx, object_file_id)
    row = _holding(ctx, file.owner.acquisition_id)
    file.delete()
    blobs.discard(file.blob_key)
    record(ctx, "file_dropped", row, {"object": file.owner.number, "sha256": file.sha256})
    return row


def _holding(ctx: Ctx, acquisition_id: int) -> Acquisition:
    row = locked(ctx, acquisition_id)
    if row.state not in WITH_FILES:
        raise AlreadySealed(title=row.title)
    return row


@transaction.atomic
def start_sealing(ctx: Ctx, *, acquisition_id: int, shelving: Shelving) -> Run:
    """Start the run that seals the files of what was received; raises ``NothingDigital``, ``AlreadySealed``,
    ``FondsElsewhere``, ``FirstCodeInvalid``."""
    row = locked(ctx, acquisition_id)
    if row.state != CaseState.REGISTERED:
        raise AlreadySealed(title=row.title)
    holding.check_shelving(ctx, row.org_id, shelving, len(_sealable(row)))
    record(ctx, "sealing_started", row, {"fonds": shelving.fonds_id})
    args = SealCase(acquisition_id=row.pk, **asdict(shelving))
    return jobs.start(ctx, args, label=row.title, org_id=row.org_id, about=(CASE, row.pk))


def _sealable(row: Acquisition) -> list[AcquiredObject]:
    lines = queries.objects_of(row.pk).filter(state=ObjectState.RECEIVED, files__isnull=False).distinct()
    if not lines:
        raise NothingDigital(title=row.title)
    return list(lines)


def files_to_survey(acquisition_id: int) -> list[ObjectFile]:
    """Files of what was received that nobody has opened yet, in order."""
    rows = ObjectFile.objects.filter(owner__acquisition_id=acquisition_id, state="")
    return list(rows.filter(owner__state=ObjectState.RECEIVED).order_by("pk"))


@transaction.atomic
def seal_case(ctx: Ctx, *, acquisition_id: int, shelving: Shelving) -> Package:
    """Seal and describe what was received; in the run's own step, again after a crash as well.

    What the agreement closes to users is described as controlled. Raises ``FileInfected``.
    """
    row = locked(ctx, acquisition_id)
    policy.require(ctx, P.CASE_HANDLE, row.org_id)
    if row.package is not None:
        return row.package
    lines, agreement = _sealable(row), queries.agreement_of(row.pk)
    holding.refuse_infected(ctx, [file for line in lines for file in line.files.all()])
    package = holding.seal(
        ctx,
        object_id=f"urn:lantai:acquisition:{row.org.code}:{row.number}",
        title=row.title,
        archives_id=row.org_id,
        source=(CASE, row.pk),
        shelving=shelving,
        items=[_item(row, agreement, line, shelving.kind_id) for line in lines],
        statement=row.statement,
    )
    for line, code in zip(lines, _codes(ctx, row, shelving, len(lines)), strict=True):
        line.reference_code = code
    AcquiredObject.objects.bulk_update(lines, ["reference_code"])
    Acquisition.objects.filter(pk=row.pk).update(package=package)
    workflow.move(ctx, row, ACQUISITION, "accession", detail={"object": package.object_id})
    return package


def _codes(ctx: Ctx, row: Acquisition, shelving: Shelving, count: int) -> list[str]:
    return [str(code) for code in holding.check_shelving(ctx, row.org_id, shelving, count)]


def _item(
    row: Acquisition, agreement: Agreement | None, line: AcquiredObject, kind_id: int
) -> holding.SealItem:
    is_closed = agreement is not None and agreement.use in (Use.CLOSED, Use.BY_CONSENT)
    description = NewDescription(
        item_key=line.item_key,
        reference_code="",
        title=line.title,
        kind_id=kind_id,
        creator_id=None,
        author=line.author,
        note=line.description,
        openness=Openness.CONTROLLED if is_closed else Openness.UNREVIEWED,
        metadata=_metadata(row, agreement, line),
    )
    return holding.SealItem(description, list(line.files.all()))


def _metadata(row: Acquisition, agreement: Agreement | None, line: AcquiredObject) -> dict[str, object]:
    said = {
        "acquisition_number": row.number,
        "acquisition_means": row.get_means_display(),
        "dated": line.dated,
        "form": line.get_form_display(),
    }
    if agreement is not None:
        said["rights"] = f"{agreement.get_ownership_display()}；{agreement.get_copyright_display()}"
        said["use"] = agreement.get_use_display()
        said["restricted_until"] = (
            agreement.restricted_until.isoformat() if agreement.restricted_until else ""
        )
    return {name: str(value) for name, value in said.items() if value}
