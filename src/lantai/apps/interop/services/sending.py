"""Reporting our catalogue to the superior: what differs since the last receipt, in batches that may come twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from lantai.apps.catalogue.queries import publishing
from lantai.apps.interop.models import Channel, Dispatch, Stamp
from lantai.apps.interop.queries import identifiers, listing
from lantai.apps.interop.types import CHANNEL_OBJECT, REPORTED_AT_ONCE, KeyMissing, ReportUnread
from lantai.kit.errors import N_
from lantai.kit.oai.protocol import utc
from lantai.platform.context import Actor, Ctx
from lantai.platform.context import Channel as Door
from lantai.platform.jobs.running import Running
from lantai.platform.ledger import services as ledger
from lantai.platform.witness import wire
from lantai.platform.witness.types import PeerSilent

PATH = "/api/interop/reports"
MOST_ANSWER, MOST_SENT = 4 << 20, 8 << 20
SENT = N_("第 %(number)d 批：报送 %(sent)d 条，接收 %(accepted)d 条，退回 %(refused)d 条。")
NOTHING = N_("没有需要报送的变化。")
_OK = (200, 201)


def send_all(run: Running, channel: Channel) -> None:
    """The open batch, if there is one, then new ones until nothing differs any more."""
    key = settings.LANTAI_REPORT_KEYS.get(channel.key_name, {}).get("key", "")
    if not key:
        raise KeyMissing(name=channel.key_name)
    until, number = listing.now(), 0
    while (batch := _open_batch(run.ctx, channel, until)) is not None:
        number += 1
        _send(run, channel, batch, key, number)
        channel.refresh_from_db()
    if not number:
        run.say(NOTHING)
    Channel.objects.filter(pk=channel.pk).update(last_error="", last_error_params={})


@transaction.atomic
def _open_batch(ctx: Ctx, channel: Channel, until: datetime) -> Dispatch | None:
    """The batch without a receipt, else the next one; None when everything was reported."""
    found = Dispatch.objects.filter(channel=channel, acknowledged_at__isnull=True).first()
    if found is not None:
        return found
    rows = _between(channel, channel.sent_until, channel.sent_row).filter(stamped_at__lt=until)
    keys = list(rows.values_list("stamped_at", "row_id")[:REPORTED_AT_ONCE])
    if not keys:
        return None
    return Dispatch.objects.create(
        org_id=channel.org_id,
        channel=channel,
        after_at=channel.sent_until,
        after_row=channel.sent_row,
        until_at=keys[-1][0],
        until_row=keys[-1][1],
        began_at=timezone.now(),
    )


def _between(channel: Channel, at: datetime | None, row_id: int) -> QuerySet[Stamp]:
    """What changed behind a place, in the order in which it is reported."""
    rows = Stamp.objects.filter(holders__contains=[channel.org_id]).order_by("stamped_at", "row_id")
    if channel.only_open and not channel.has_told_all:
        rows = rows.filter(was_public=True)
    if at is None:
        return rows
    return rows.filter(listing.behind(at, row_id))


def _send(run: Running, channel: Channel, batch: Dispatch, key: str, number: int) -> None:
    entries, said = _written(channel, batch)
    Dispatch.objects.filter(pk=batch.pk).update(attempts=F("attempts") + 1)
    answer = wire.post(
        channel.address.rstrip("/") + PATH, said, kind="application/json", most_bytes=MOST_ANSWER, key=key
    )
    if answer.status not in _OK:
        raise PeerSilent(why=_why(answer))
    accepted, refused = _receipt(answer.body, batch)
    sent = {entry["identifier"]: entry for entry in entries}
    lines = [
        {
            "code": sent.get(name, {}).get("reference_code", ""),
            "identifier": name,
            "address": sent.get(name, {}).get("address", ""),
            "reason": why,
        }
        for name, why in refused
    ]
    with run.advance(to=str(batch.pk), done=len(entries)):
        _acknowledge(run.ctx, channel, batch, entries, accepted, lines)
    run.say(SENT, number=number, sent=len(entries), accepted=accepted, refused=len(lines))


def _written(channel: Channel, batch: Dispatch) -> tuple[list[dict[str, Any]], bytes]:
    """What a batch says; one that was not sent yet and says more than a server takes is cut in two."""
    while True:
        entries = list(_entries(channel, batch))
        said = {"key": str(batch.key), "records": entries}
        body = json.dumps(said, ensure_ascii=False, default=str).encode()
        keys = list(_of(channel, batch).values_list("stamped_at", "row_id"))
        if len(body) <= MOST_SENT or batch.attempts or len(keys) < 2:
            return entries, body
        batch.until_at, batch.until_row = keys[len(keys) // 2 - 1]
        batch.save(update_fields=["until_at", "until_row"])


def _of(channel: Channel, batch: Dispatch) -> QuerySet[Stamp]:
    last = Q(stamped_at__lt=batch.until_at) | Q(stamped_at=batch.until_at, row_id__lte=batch.until_row)
    return _between(channel, batch.after_at, batch.after_row).filter(last)


def _entries(channel: Channel, batch: Dispatch) -> list[dict[str, Any]]:
    """The rows of a batch as they are now; one that changed meanwhile has left it and comes with a later one."""
    stamps = list(_of(channel, batch))
    ctx = _as_holder(channel)
    rows, schemes = publishing.readable(ctx, [stamp.row_id for stamp in stamps]), publishing.Schemes()
    entries = []
    for stamp in stamps:
        row = rows.get(stamp.row_id)
        is_ours = stamp.custodian_id == channel.org_id and row is not None
        is_gone = not is_ours or (channel.only_open and not stamp.is_public)
        named = {
            "identifier": identifiers.oai_of(stamp.archives_code, stamp.permanent),
            "datestamp": utc(stamp.stamped_at),
            "is_deleted": is_gone,
            "reference_code": "",
        }
        if row is not None and not is_gone:
            address = publishing.permanent_address(stamp.archives_code, stamp.permanent)
            named |= asdict(publishing.record_of(_stranger(ctx), row, address, schemes)) | {"own": {}}
            named["identifier"] = identifiers.oai_of(stamp.archives_code, stamp.permanent)
            named["address"] = address
        entries.append(named)
    return entries


def _as_holder(channel: Channel) -> Ctx:
    """Reading what the archives itself may read: the agreement to report is the archives' own."""
    grants = {"catalogue:item:read": frozenset({channel.org_id})}
    actor = Actor(None, channel.name, frozenset({channel.org_id}), grants, is_system=True)
    return Ctx(actor, channel.org_id, channel.org.name, timezone.now(), "report", Door.JOB)


def _stranger(ctx: Ctx) -> Ctx:
    """Names of persons in records about persons stay with their custodian."""
    actor = Actor(None, ctx.actor.name, is_system=True)
    return Ctx(actor, ctx.org_id, ctx.org_name, ctx.now, ctx.request_id, ctx.channel)


def _why(answer: wire.Answer) -> str:
    try:
        title = str(json.loads(answer.body).get("title", ""))
    except (ValueError, AttributeError):
        title = ""
    return f"HTTP {answer.status} {title}".strip()[:300]


def _receipt(body: bytes, batch: Dispatch) -> tuple[int, list[tuple[str, str]]]:
    try:
        said: Mapping[str, Any] = json.loads(body)
        refused = [(str(one["identifier"])[:500], str(one["reason"])[:300]) for one in said["refused"]]
        accepted = int(said["accepted"])
    except (ValueError, KeyError, TypeError) as wrong:
        raise ReportUnread(why=type(wrong).__name__) from wrong
    if said.get("key") != str(batch.key):
        raise ReportUnread(why="key")
    return accepted, refused


def _acknowledge(
    ctx: Ctx,
    channel: Channel,
    batch: Dispatch,
    entries: list[dict[str, Any]],
    accepted: int,
    refused: list[dict[str, str]],
) -> None:
    withdrawn = sum(bool(entry["is_deleted"]) for entry in entries)
    Dispatch.objects.filter(pk=batch.pk).update(
        acknowledged_at=timezone.now(),
        sent_count=len(entries),
        withdrawn_count=withdrawn,
        accepted_count=accepted,
        refused=refused,
    )
    Channel.objects.filter(pk=channel.pk).update(
        sent_until=batch.until_at,
        sent_row=batch.until_row,
        has_told_all=channel.has_told_all or not channel.only_open,
    )
    ledger.record(
        ctx,
        "interop:channel:reported",
        object_type=CHANNEL_OBJECT,
        object_id=channel.pk,
        object_name=channel.name,
        detail={"sent": len(entries), "accepted": accepted, "refused": len(refused), "batch": str(batch.key)},
    )
