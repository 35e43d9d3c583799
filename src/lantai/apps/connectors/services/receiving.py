"""A delivery is kept durably and entered once, then acknowledged; what is in it is looked at afterwards."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from contextlib import ExitStack

from django.db import transaction
from django.db.models import F

from lantai.apps.connectors import queries
from lantai.apps.connectors.models import Connector, Delivery, DeliveryFile, DeliveryItem
from lantai.apps.connectors.types import (
    DELIVERY,
    ConnectorOff,
    Declared,
    DeliveryTooLarge,
    FileDiffers,
    KeyMissing,
    KeyWithOtherBody,
    NotPushed,
    Part,
    PartMissing,
    PartNotDeclared,
    Received,
    Sent,
    TakeDelivery,
    TooManyDeliveries,
    TooManyDocuments,
    UploadNotHere,
    Way,
)
from lantai.kit.errors import N_, LantaiError, Missing, plain
from lantai.platform.blobs import services as blobs
from lantai.platform.blobs.types import Staged, TooLarge
from lantai.platform.context import Ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.ledger import services as ledger
from lantai.platform.places import queries as places_queries

MB = 1024 * 1024
MOST_KEY = 120
DIGEST_NAMES = {"sha256": "SHA-256", "sha512": "SHA-512", "sm3": "SM3"}
SIZE = N_("大小")


def admit(ctx: Ctx, *, size_bytes: int | None = None) -> Connector:
    """The pushing connector, before its body is read; raises ``NoConnector``, ``ConnectorOff``, ``NotPushed``,
    ``TooManyDeliveries``, ``DeliveryTooLarge``."""
    connector = queries.of_machine(ctx)
    Connector.objects.filter(pk=connector.pk).update(last_seen_at=ctx.now)
    if not connector.is_enabled:
        raise ConnectorOff(name=connector.name)
    if connector.way != Way.PUSH:
        raise NotPushed(name=connector.name, way=connector.get_way_display())
    if (count := queries.count_since(connector.pk, ctx.now)) >= connector.rate_per_minute:
        raise TooManyDeliveries(name=connector.name, count=count)
    if size_bytes is not None and size_bytes > (connector.most_mb + 1) * MB:  # one for the envelope
        raise DeliveryTooLarge(most=connector.most_mb)
    return connector


def receive(ctx: Ctx, connector: Connector, sent: Sent, parts: Iterable[Part]) -> Received:
    """Keep a delivery and queue it, once however often it is sent; all or nothing.

    The same key with the same body answers with the first receipt. Only when every file has been written, read
    back and entered does this return. Raises ``KeyMissing``, ``KeyWithOtherBody``, ``TooManyDocuments``,
    ``DeliveryTooLarge``, ``PartMissing``, ``PartNotDeclared``, ``UploadNotHere``, ``FileDiffers``.
    """
    if not sent.key.strip() or len(sent.key) > MOST_KEY or not sent.key.isprintable():
        raise KeyMissing(field="Idempotency-Key")
    if len(sent.documents) > connector.most_documents:
        raise TooManyDocuments(count=len(sent.documents), most=connector.most_documents, field="documents")
    places_queries.require_room_for_intake()
    matched = _matched([file for one in sent.documents for file in one.files if not file.upload], parts)
    with ExitStack() as undo:
        staged: dict[int, Staged] = {}
        room = connector.most_mb * MB
        for file, part in matched:
            staged[id(file)] = one = _stage(part, room, connector)
            undo.callback(blobs.discard, one.key)
            _compare(file, one)
            room -= one.size
        found = _enter(ctx, connector, sent, staged, room)
        if found.is_new:
            undo.pop_all()
    return found


def _matched(declared: list[Declared], parts: Iterable[Part]) -> list[tuple[Declared, Part]]:
    """Each declared file with the part of its name; of several of one name in the order of both."""
    waiting: defaultdict[str, list[Part]] = defaultdict(list)
    for part in parts:
        waiting[part.name].append(part)
    matched = []
    for file in declared:
        name = last_name(file.name)
        if not waiting[name]:
            raise PartMissing(name=file.name, field="files")
        matched.append((file, waiting[name].pop(0)))
    if left := [name for name, parts_left in waiting.items() if parts_left]:
        raise PartNotDeclared(name=left[0], field="files")
    return matched


def last_name(path: str) -> str:
    """The name at the end of a path of any system: all that a multipart header carries."""
    return path.replace("\\", "/").rpartition("/")[2].strip()


def _stage(part: Part, room: int, connector: Connector) -> Staged:
    try:
        return blobs.stage(part.content, limit_bytes=max(room, 0))
    except TooLarge as large:
        raise DeliveryTooLarge(most=connector.most_mb) from large


def _compare(file: Declared, staged: Staged) -> None:
    if file.size is not None and file.size != staged.size:
        raise FileDiffers(name=file.name, what=SIZE, field="files")
    for algorithm, digest in file.digests.items():
        if digest and digest != getattr(staged.digests, algorithm):
            raise FileDiffers(name=file.name, what=DIGEST_NAMES[algorithm], field="files")


@transaction.atomic
def _enter(ctx: Ctx, connector: Connector, sent: Sent, staged: dict[int, Staged], room: int) -> Received:
    digest = _digest_of(sent, staged)
    values = {
        "agency_id": connector.agency_id,
        "request_sha256": digest,
        "content": sent.content,
        "place": sent.place,
        "item_count": len(sent.documents),
        "received_at": ctx.now,
    }
    row, is_new = Delivery.objects.get_or_create(connector=connector, key=sent.key, defaults=values)
    if not is_new:
        if row.request_sha256 != digest:
            raise KeyWithOtherBody(
                key=sent.key, at=f"{row.received_at:%Y-%m-%d %H:%M}", field="Idempotency-Key"
            )
        return Received(row.pk, row.receipt, is_new=False)
    files = _enter_items(ctx, connector, row, sent, staged, room)
    entry = ledger.record(
        ctx, "connectors:delivery:received", object_type=DELIVERY, object_id=row.pk, object_name=row.key,
        detail={"connector": connector.code, "request_sha256": digest, "items": row.item_count, "files": len(files)},
    )  # fmt: skip
    receipt = _receipt(row, entry.pk, sent, files)
    total = sum(file.size_bytes for file in files)
    Delivery.objects.filter(pk=row.pk).update(receipt=receipt, byte_count=total)
    Connector.objects.filter(pk=connector.pk).update(last_delivery_at=ctx.now, silent_since=None)
    queue(ctx, row)
    return Received(row.pk, receipt, is_new=True)


def queue(ctx: Ctx, row: Delivery) -> None:
    """Let a run take in what waits of the delivery, as the machine that sent it; of an agency's, one at a time."""
    jobs.start(
        ctx,
        TakeDelivery(row.pk),
        total=queries.count_waiting(row.pk),
        org_id=row.agency_id,
        about=(DELIVERY, row.pk),
        is_quiet=True,
    )


def _digest_of(sent: Sent, staged: Mapping[int, Staged]) -> str:
    """What makes a body the same: what is said, and the bytes (or the upload) of every file."""
    said = [
        [
            one.said,
            [
                [f.name, f.role, f.upload or staged[id(f)].digests.sha512, f.size, dict(f.digests)]
                for f in one.files
            ],
        ]
        for one in sent.documents
    ]
    body = json.dumps([sent.content, said], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(body.encode()).hexdigest()


def _enter_items(
    ctx: Ctx, connector: Connector, row: Delivery, sent: Sent, staged: Mapping[int, Staged], room: int
) -> list[DeliveryFile]:
    items = DeliveryItem.objects.bulk_create(
        DeliveryItem(
            delivery=row, order=order, external_key=one.external_key, title=one.title, said=dict(one.said)
        )
        for order, one in enumerate(sent.documents, 1)
    )
    files = []
    for item, one in zip(items, sent.documents, strict=True):
        for order, file in enumerate(one.files, 1):
            content = staged.get(id(file)) or _take_upload(ctx, file)
            if file.upload:
                room -= content.size
            files.append(_file(item, order, file, content))
    if room < 0:
        raise DeliveryTooLarge(most=connector.most_mb)
    return DeliveryFile.objects.bulk_create(files)


def _take_upload(ctx: Ctx, file: Declared) -> Staged:
    """The content of a finished upload; it stays an upload when this transaction is undone."""
    try:
        staged = blobs.take_upload(ctx, token=file.upload).staged
    except Missing as gone:
        raise UploadNotHere(token=file.upload[:64], field="files") from gone
    _compare(file, staged)
    return staged


def _file(item: DeliveryItem, order: int, file: Declared, staged: Staged) -> DeliveryFile:
    return DeliveryFile(
        item=item,
        order=order,
        name=file.name,
        role=file.role,
        blob_key=staged.key,
        size_bytes=staged.size,
        sha256=staged.digests.sha256,
        sha512=staged.digests.sha512,
        sm3=staged.digests.sm3,
    )


def _receipt(row: Delivery, entry_id: int, sent: Sent, files: Iterable[DeliveryFile]) -> dict[str, object]:
    """What is acknowledged: every file as it was read back after writing."""
    of_item: defaultdict[str, list[dict[str, object]]] = defaultdict(list)
    for file in files:
        said = {"name": file.name, "size": file.size_bytes, "sha256": file.sha256, "sm3": file.sm3}
        of_item[file.item.external_key].append(said)
    return {
        "delivery": row.pk,
        "key": row.key,
        "state": "received",
        "received_at": row.received_at.isoformat(),
        "request_sha256": row.request_sha256,
        "ledger_entry": entry_id,
        "documents": [
            {"external_key": one.external_key, "files": of_item[one.external_key]} for one in sent.documents
        ],
    }


def note_turned_away(ctx: Ctx, error: LantaiError) -> None:
    """Remember on the connector that a request was refused at the door, and why; for its people to see."""
    if ctx.actor.id is None:
        return
    rows = Connector.objects.filter(account_id=ctx.actor.id)
    rows.update(turned_away=F("turned_away") + 1, **error_columns(ctx, error))


def error_columns(ctx: Ctx, error: LantaiError) -> dict[str, object]:
    """The newest error as columns of a connector."""
    params = plain(error.params)
    return {"last_error": error.message, "last_error_params": params, "last_error_at": ctx.now}
