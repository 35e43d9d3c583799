"""Sources and channels: registered, revised, started, switched off."""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone

from lantai.apps.interop import queries
from lantai.apps.interop.models import Channel, Round, Source
from lantai.apps.interop.permissions import P
from lantai.apps.interop.services import keeping
from lantai.apps.interop.types import (
    CHANNEL_OBJECT,
    SOURCE_OBJECT,
    AddressNeeded,
    GoesOn,
    HarvestSource,
    ReporterNeeded,
    SendReport,
    SourceNameTaken,
    Way,
)
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx, system_ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.jobs.types import ENDED
from lantai.platform.ledger import services as ledger
from lantai.platform.witness import wire


@transaction.atomic
def register_source(
    ctx: Ctx,
    *,
    org_id: int,
    name: str,
    way: str,
    address: str = "",
    prefix: str = "oai_dc",
    spec: str = "",
    every_hours: int = 24,
    reporter_id: int | None = None,
) -> Source:
    """Enter another archives' catalogue; ``SourceNameTaken``, ``AddressNeeded``, ``ReporterNeeded``, ``BadAddress``."""
    policy.require(ctx, P.SOURCE_MANAGE, org_id)
    row = Source(org_id=org_id, name=name.strip(), way=way, created_at=ctx.now)
    _fill_source(row, address, prefix, spec, every_hours, reporter_id)
    row.next_at = ctx.now if way == Way.HARVEST else None
    _keep(row)
    _record(ctx, "interop:source:registered", SOURCE_OBJECT, row, {"way": row.way, "address": row.address})
    return row


@transaction.atomic
def revise_source(
    ctx: Ctx,
    *,
    source_id: int,
    name: str,
    address: str = "",
    prefix: str = "oai_dc",
    spec: str = "",
    every_hours: int = 24,
    reporter_id: int | None = None,
    is_enabled: bool = True,
) -> Source:
    """Change a source; another address, format or set begins its harvest anew."""
    row = policy.one(queries.sources(ctx).select_for_update(of=("self",)), pk=source_id)
    policy.require(ctx, P.SOURCE_MANAGE, row.org_id)
    former = (row.address, row.prefix, row.spec)
    row.name, row.is_enabled = name.strip(), is_enabled
    _fill_source(row, address, prefix, spec, every_hours, reporter_id)
    if (row.address, row.prefix, row.spec) != former:
        row.harvested_until = ""
    if row.way == Way.HARVEST:
        row.next_at = ctx.now if is_enabled else None
    _keep(row)
    _record(
        ctx, "interop:source:revised", SOURCE_OBJECT, row, {"address": row.address, "enabled": is_enabled}
    )
    return row


def _fill_source(
    row: Source, address: str, prefix: str, spec: str, every_hours: int, reporter_id: int | None
) -> None:
    if row.way == Way.HARVEST:
        if not address.strip():
            raise AddressNeeded(field="address")
        wire.check_address(address.strip())
    elif reporter_id is None:
        raise ReporterNeeded(field="reporter")
    row.address, row.prefix, row.spec = address.strip(), prefix.strip() or "oai_dc", spec.strip()
    row.every_hours = every_hours
    row.reporter_id = reporter_id if row.way == Way.REPORT else None


@transaction.atomic
def remove_source(ctx: Ctx, *, source_id: int) -> int:
    """Remove a source with all that it brought; how many records. Harvesting it again brings them back."""
    row = policy.one(queries.sources(ctx).select_for_update(of=("self",)), pk=source_id)
    policy.require(ctx, P.SOURCE_MANAGE, row.org_id)
    if _is_under_way(SOURCE_OBJECT, row.pk):
        raise GoesOn(name=row.name)
    count = keeping.forget(ctx, row)
    Round.objects.filter(source=row).delete()
    _record(ctx, "interop:source:removed", SOURCE_OBJECT, row, {"records": count})
    row.delete()
    return count


@transaction.atomic
def start_harvest(ctx: Ctx, *, source_id: int) -> Run:
    """Harvest now; ``GoesOn`` while it is under way."""
    row = policy.one(
        queries.sources(ctx).filter(way=Way.HARVEST).select_for_update(of=("self",)), pk=source_id
    )
    policy.require(ctx, P.SOURCE_MANAGE, row.org_id)
    run = _harvest(ctx, row)
    if run is None:
        raise GoesOn(name=row.name)
    _record(ctx, "interop:source:harvest_started", SOURCE_OBJECT, row, {"run": run.pk})
    return run


def _harvest(ctx: Ctx, row: Source) -> Run | None:
    if _is_under_way(SOURCE_OBJECT, row.pk):
        return None
    following = ctx.now + timedelta(hours=row.every_hours)
    Source.objects.filter(pk=row.pk).update(next_at=following)
    return jobs.start(ctx, HarvestSource(row.pk), org_id=row.org_id, about=(SOURCE_OBJECT, row.pk))


@transaction.atomic
def register_channel(
    ctx: Ctx,
    *,
    org_id: int,
    name: str,
    address: str,
    key_name: str,
    every_hours: int = 24,
    only_open: bool = False,
) -> Channel:
    """Enter the superior to whom the catalogue is reported; ``SourceNameTaken``, ``BadAddress``."""
    policy.require(ctx, P.REPORT_MANAGE, org_id)
    wire.check_address(address.strip())
    row = Channel(
        org_id=org_id,
        name=name.strip(),
        address=address.strip(),
        key_name=key_name.strip(),
        every_hours=every_hours,
        only_open=only_open,
        next_at=ctx.now,
        created_at=ctx.now,
    )
    _keep(row)
    _record(ctx, "interop:channel:registered", CHANNEL_OBJECT, row, {"address": row.address})
    return row


@transaction.atomic
def revise_channel(
    ctx: Ctx,
    *,
    channel_id: int,
    name: str,
    address: str,
    key_name: str,
    every_hours: int,
    only_open: bool,
    is_enabled: bool,
) -> Channel:
    """Change a channel; another superior gets everything from the beginning, and so does one with another extent.

    Who is to get only what is open from now on gets the rest taken back.
    """
    row = policy.one(queries.channels(ctx).select_for_update(of=("self",)), pk=channel_id)
    policy.require(ctx, P.REPORT_MANAGE, row.org_id)
    wire.check_address(address.strip())
    is_moved = address.strip() != row.address
    if is_moved or row.only_open != only_open:
        # what is sent without a receipt yet may have been taken all the same
        open_ones, _kinds = row.dispatches.filter(acknowledged_at__isnull=True).delete()
        row.has_told_all = not is_moved and (row.has_told_all or (not row.only_open and bool(open_ones)))
        row.sent_until, row.sent_row = None, 0
    row.name, row.address, row.key_name = name.strip(), address.strip(), key_name.strip()
    row.every_hours, row.only_open, row.is_enabled = every_hours, only_open, is_enabled
    row.next_at = ctx.now if is_enabled else None
    _keep(row)
    _record(
        ctx, "interop:channel:revised", CHANNEL_OBJECT, row, {"address": row.address, "enabled": is_enabled}
    )
    return row


@transaction.atomic
def start_report(ctx: Ctx, *, channel_id: int) -> Run:
    """Report now; ``GoesOn`` while it is under way."""
    row = policy.one(queries.channels(ctx).select_for_update(of=("self",)), pk=channel_id)
    policy.require(ctx, P.REPORT_MANAGE, row.org_id)
    run = _report(ctx, row)
    if run is None:
        raise GoesOn(name=row.name)
    _record(ctx, "interop:channel:report_started", CHANNEL_OBJECT, row, {"run": run.pk})
    return run


def _report(ctx: Ctx, row: Channel) -> Run | None:
    if _is_under_way(CHANNEL_OBJECT, row.pk):
        return None
    Channel.objects.filter(pk=row.pk).update(next_at=ctx.now + timedelta(hours=row.every_hours))
    return jobs.start(ctx, SendReport(row.pk), org_id=row.org_id, about=(CHANNEL_OBJECT, row.pk))


@transaction.atomic
def start_due() -> None:
    """For the worker's schedule: what is due is harvested and reported; what goes on still is left alone."""
    ctx = system_ctx()
    now = timezone.now()
    due = {"is_enabled": True, "next_at__lte": now}
    for source in Source.objects.select_for_update(skip_locked=True).filter(way=Way.HARVEST, **due):
        _harvest(ctx, source)
    for channel in Channel.objects.select_for_update(skip_locked=True).filter(**due):
        _report(ctx, channel)


def _is_under_way(kind: str, row_id: int) -> bool:
    return Run.objects.filter(about_type=kind, about_id=str(row_id)).exclude(state__in=ENDED).exists()


def _keep(row: Source | Channel) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise SourceNameTaken(name=row.name, field="name") from error


def _record(ctx: Ctx, act: str, kind: str, row: Source | Channel, detail: dict[str, str | int]) -> None:
    ledger.record(ctx, act, object_type=kind, object_id=row.pk, object_name=row.name, detail=detail)
