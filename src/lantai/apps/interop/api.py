"""API of this app."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query

from lantai.apps.interop import queries, services
from lantai.apps.interop.keeping_api import router
from lantai.apps.interop.models import Channel, Dispatch, Foreign, Source
from lantai.apps.interop.permissions import P
from lantai.apps.interop.schemas import (
    ForeignOut,
    ForeignSourceOut,
    ReportChannelOut,
    ReportDispatchOut,
    ReportIn,
    ReportReceiptOut,
    ReportRefusedOut,
)
from lantai.platform.accounts import policy
from lantai.platform.gates import needs
from lantai.platform.ui.context import ctx_of

MOST = 500


@router.post("/reports", response=ReportReceiptOut)
@needs(P.REPORT_DELIVER)
def receive_report(request: HttpRequest, batch: ReportIn) -> ReportReceiptOut:
    """Take a batch that an archives reports; sent again under its key it is answered as the first time."""
    receipt = services.receive(ctx_of(request), key=batch.key, records=[one.dict() for one in batch.records])
    refused = [ReportRefusedOut(identifier=name, reason=why) for name, why in receipt.refused]
    return ReportReceiptOut(key=receipt.key, accepted=receipt.accepted, refused=refused)


@router.get("/sources", response=list[ForeignSourceOut], summary="他馆目录来源")
@needs(P.SOURCE_READ)
def list_sources(request: HttpRequest) -> list[Source]:
    """The archives whose catalogues are collected."""
    return list(queries.sources(ctx_of(request))[:MOST])


@router.get("/foreign", response=list[ForeignOut], summary="他馆目录")
@needs(P.SOURCE_READ)
def list_foreign(
    request: HttpRequest, after: int = 0, source: int = 0, limit: int = Query(100, ge=1, le=MOST)
) -> list[Foreign]:
    """Records of other archives in id order; pass the last id as ``after`` for the next page."""
    rows = queries.foreign_records(ctx_of(request)).filter(pk__gt=after).order_by("pk")
    return list((rows.filter(source_id=source) if source else rows)[:limit])


@router.get("/channels", response=list[ReportChannelOut], summary="目录报送")
@needs(P.REPORT_READ)
def list_channels(request: HttpRequest) -> list[Channel]:
    """Where the catalogue is reported to."""
    return list(queries.channels(ctx_of(request))[:MOST])


@router.get("/channels/{channel_id}/dispatches", response=list[ReportDispatchOut], summary="报送批次")
@needs(P.REPORT_READ)
def list_dispatches(request: HttpRequest, channel_id: int) -> list[Dispatch]:
    """The last batches of a channel with what was refused."""
    rows = queries.dispatches(ctx_of(request))
    policy.one(queries.channels(ctx_of(request)), pk=channel_id)
    return list(rows.filter(channel_id=channel_id)[:MOST])
