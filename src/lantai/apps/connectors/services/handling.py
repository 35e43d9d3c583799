"""What becomes of a delivery: taken onto the desk document by document, tried again, or dismissed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from django.db import transaction
from django.db.models import F

from lantai.apps.connectors import queries
from lantai.apps.connectors.events import DeliveryFailed
from lantai.apps.connectors.models import Connector, Delivery, DeliveryFile, DeliveryItem
from lantai.apps.connectors.services import receiving
from lantai.apps.connectors.states import DELIVERY_MACHINE
from lantai.apps.connectors.types import DELIVERY, Content, ContentGone, DeliveryState, NotWaiting, Outcome
from lantai.apps.filing import services as filing
from lantai.apps.filing.types import Capture, CapturedFile, NotOfAgency, Source
from lantai.apps.holdings import queries as holdings
from lantai.apps.intake import services as intake
from lantai.kit.digests import Digests
from lantai.kit.errors import LantaiError, Missing, plain
from lantai.platform.accounts import services as accounts
from lantai.platform.blobs import services as blobs
from lantai.platform.blobs.types import Staged
from lantai.platform.context import Channel, Ctx
from lantai.platform.events import services as events
from lantai.platform.ledger import services as ledger
from lantai.platform.workflow import services as workflow


@dataclass(frozen=True, slots=True)
class Opened:
    """The bytes of a file, for a download."""

    name: str
    size_bytes: int
    stream: BinaryIO


@transaction.atomic
def begin(ctx: Ctx, *, delivery_id: int) -> Delivery:
    """Begin to work on a delivery; one that has begun already goes on."""
    row = Delivery.objects.select_for_update().get(pk=delivery_id)
    if row.state == DeliveryState.RECEIVED:
        Delivery.objects.filter(pk=row.pk).update(attempts=F("attempts") + 1)
        workflow.move(ctx, row, DELIVERY_MACHINE, "begin")
    return row


@transaction.atomic
def take_item(ctx: Ctx, item: DeliveryItem) -> None:
    """Take one document (or the package) in; its files are its new place's from then on.

    Raises what filing and intake refuse; then nothing has changed.
    """
    connector = item.delivery.connector
    if item.delivery.content == Content.PACKAGE:
        _take_package(ctx, connector, item)
    else:
        _take_document(ctx, connector, item)
    DeliveryFile.objects.filter(item=item).update(is_here=False)


def _take_document(ctx: Ctx, connector: Connector, item: DeliveryItem) -> None:
    captured = filing.capture_document(ctx, _capture(connector, item))
    outcome = Outcome.TAKEN if captured.is_new else Outcome.KNOWN
    DeliveryItem.objects.filter(pk=item.pk).update(
        outcome=outcome, document_id=captured.document_id, message="", params={}
    )


def _take_package(ctx: Ctx, connector: Connector, item: DeliveryItem) -> None:
    said: Mapping[str, str] = item.said
    [file] = item.files.all()
    submission = intake.submit_package(
        ctx,
        staged=_staged(file),
        name=file.name,
        agency_id=connector.agency_id,
        kind=said["kind"] or connector.kind.slug,
        title=said["title"],
        note=said["note"],
    )
    DeliveryItem.objects.filter(pk=item.pk).update(outcome=Outcome.TAKEN, message="", params={})
    Delivery.objects.filter(pk=item.delivery_id).update(submission_id=submission.pk)


def _capture(connector: Connector, item: DeliveryItem) -> Capture:
    said: Mapping[str, object] = item.said
    texts = {
        name: str(said.get(name, ""))
        for name in ("title", "author", "document_number", "class_code", "retention", "classification")
    }
    return Capture(
        agency_id=connector.agency_id,
        fonds_id=_fonds(connector, str(said.get("fonds_code", ""))),
        kind=str(said.get("kind") or connector.kind.slug),
        external_key=item.external_key,
        source=Source.OA,
        files=tuple(CapturedFile(name=f.name, role=f.role, staged=_staged(f)) for f in item.files.all()),
        dated_on=_day(said.get("dated_on")),
        year=said.get("year"),  # type: ignore[arg-type]
        persons=tuple(said.get("persons", ())),  # type: ignore[arg-type]
        metadata=dict(said.get("elements", {})),  # type: ignore[call-overload]
        **texts,
    )


def _day(value: object) -> date | None:
    return date.fromisoformat(str(value)) if value else None


def _fonds(connector: Connector, code: str) -> int:
    """The fonds that the document names, else the connector's; never one of another agency."""
    if not code:
        return connector.fonds_id
    found = holdings.fonds_of_agency(connector.agency_id).filter(code=code).first()
    if found is None:
        raise NotOfAgency(field="fonds_code")
    return found.pk


def _staged(file: DeliveryFile) -> Staged:
    return Staged(file.blob_key, file.size_bytes, Digests(file.sha256, file.sha512, file.sm3))


def refuse_item(item: DeliveryItem, why: LantaiError) -> None:
    """Note why a document was not taken in; its files stay in quarantine. In the run's own step."""
    DeliveryItem.objects.filter(pk=item.pk).update(
        outcome=Outcome.REFUSED, message=why.message, params=plain(why.params)
    )


@transaction.atomic
def conclude_or_go_on(ctx: Ctx, *, delivery_id: int) -> Delivery:
    """End the work on a delivery, or queue what is left of it as a turn of its own, behind whoever waits now."""
    if queries.count_waiting(delivery_id):
        row = Delivery.objects.select_for_update().get(pk=delivery_id)
        receiving.queue(ctx, row)
        return row
    return conclude(ctx, delivery_id=delivery_id)


@transaction.atomic
def conclude(ctx: Ctx, *, delivery_id: int) -> Delivery:
    """End the work on a delivery by what became of its documents; people are told when any was refused."""
    row = Delivery.objects.select_for_update().get(pk=delivery_id)
    if row.state != DeliveryState.WORKING:
        return row
    outcomes = list(DeliveryItem.objects.filter(delivery=row).values_list("outcome", flat=True))
    refused = outcomes.count(Outcome.REFUSED)
    move = "finish" if not refused else "refuse" if refused == len(outcomes) else "part"
    Delivery.objects.filter(pk=row.pk).update(ended_at=ctx.now, answered_at=None)
    workflow.move(ctx, row, DELIVERY_MACHINE, move, detail={"documents": len(outcomes), "refused": refused})
    if refused:
        events.publish(ctx, DeliveryFailed(row.pk))
    return row


@transaction.atomic
def retry(ctx: Ctx, *, delivery_id: int) -> Delivery:
    """Try again what was not taken in, after the reason is mended; raises ``NotWaiting`` while a run goes on."""
    row = queries.get(ctx, delivery_id)
    if queries.is_being_worked_on(row.pk):
        raise NotWaiting
    workflow.move(ctx, row, DELIVERY_MACHINE, "retry")
    DeliveryItem.objects.filter(delivery=row, outcome=Outcome.REFUSED).update(
        outcome=Outcome.WAITING, message="", params={}
    )
    Delivery.objects.filter(pk=row.pk).update(ended_at=None, answered_at=None)
    receiving.queue(acting_as(row.connector, ctx), row)
    return row


@transaction.atomic
def dismiss(ctx: Ctx, *, delivery_id: int, reason: str) -> Delivery:
    """Give up what was not taken in, with the reason; what was taken stays. The files leave quarantine."""
    row = queries.get(ctx, delivery_id)
    workflow.move(ctx, row, DELIVERY_MACHINE, "dismiss", reason=reason)
    files = DeliveryFile.objects.select_for_update(of=("self",)).filter(item__delivery=row, is_here=True)
    keys = [file.blob_key for file in files.only("blob_key")]
    DeliveryFile.objects.filter(item__delivery=row, is_here=True).update(is_here=False)
    blobs.discard(*keys)
    Delivery.objects.filter(pk=row.pk).update(answered_at=None)
    return row


def move(ctx: Ctx, *, delivery_id: int, name: str, reason: str = "") -> Delivery:
    """The two moves that people make; any other name is ``Missing``."""
    if name == "retry":
        return retry(ctx, delivery_id=delivery_id)
    if name == "dismiss":
        return dismiss(ctx, delivery_id=delivery_id, reason=reason)
    raise Missing


def acting_as(connector: Connector, ctx: Ctx) -> Ctx:
    """The machine account of a connector, with its rights as they are now."""
    return accounts.context_for(
        connector.account, channel=Channel.JOB, request_id=ctx.request_id, now=ctx.now
    )


@transaction.atomic
def open_file(ctx: Ctx, *, file_id: int) -> Opened:
    """A file as it was sent, while it lies in quarantine; leaves a line. Raises ``Missing``, ``ContentGone``."""
    file = queries.file_of(ctx, file_id)
    if not file.is_here:
        raise ContentGone(name=file.name)
    ledger.record(
        ctx, "connectors:file:downloaded", object_type=DELIVERY, object_id=file.item.delivery_id,
        object_name=file.item.delivery.key, detail={"file": file.pk, "sha256": file.sha256},
    )  # fmt: skip
    return Opened(file.name, file.size_bytes, blobs.open_blob(file.blob_key))
