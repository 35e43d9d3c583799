"""API of this app."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Query, Router

from lantai.platform.gates import needs
from lantai.platform.ledger.models import Checkpoint
from lantai.platform.witness import queries
from lantai.platform.witness.models import Alarm, Anchor, Peer, Poll
from lantai.platform.witness.permissions import P
from lantai.platform.witness.schemas import AlarmOut, AnchorOut, CheckpointOut, PeerOut, PollOut

router = Router(tags=["witness"])
MOST = 500
Limit = Query(100, ge=1, le=MOST)


@router.get("/checkpoints", response=list[CheckpointOut], summary="日志检查点")
@needs(P.LOG_READ)
def checkpoints(request: HttpRequest, after: int = 0, limit: int = Limit) -> list[Checkpoint]:
    """Checkpoints in the order of their size; pass the last size as ``after`` for the next page."""
    return list(queries.checkpoint_rows().filter(size__gt=after).order_by("size")[:limit])


@router.get("/anchors", response=list[AnchorOut], summary="链上登记")
@needs(P.LOG_READ)
def list_anchors(request: HttpRequest, after: int = 0, limit: int = Limit) -> list[Anchor]:
    """Anchors in id order; pass the last id as ``after`` for the next page."""
    rows = Anchor.objects.select_related("chain").defer("raw")
    return list(rows.filter(pk__gt=after).order_by("pk")[:limit])


@router.get("/polls", response=list[PollOut], summary="馆际普查")
@needs(P.LOG_READ)
def list_polls(request: HttpRequest, after: int = 0, limit: int = Limit) -> list[Poll]:
    """Polls that we called, in id order; pass the last id as ``after`` for the next page."""
    return list(queries.poll_rows().filter(pk__gt=after).order_by("pk")[:limit])


@router.get("/peers", response=list[PeerOut], summary="见证伙伴")
@needs(P.PEER_READ)
def list_peers(request: HttpRequest, after: int = 0, limit: int = Limit) -> list[Peer]:
    """Peers in id order; pass the last id as ``after`` for the next page."""
    return list(queries.peers(request.ctx).filter(pk__gt=after).order_by("pk")[:limit])  # type: ignore[attr-defined]


@router.get("/alarms", response=list[AlarmOut], summary="存证告警")
@needs(P.LOG_READ)
def list_alarms(request: HttpRequest, after: int = 0, limit: int = Limit) -> list[Alarm]:
    """Alarms in id order; pass the last id as ``after`` for the next page."""
    return list(queries.alarm_rows().filter(pk__gt=after).order_by("pk")[:limit])
