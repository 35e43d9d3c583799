"""Messages that wait for the next file to a peer that no wire reaches."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import Max

from lantai.kit.evidence.canonical import Json
from lantai.platform.context import Ctx
from lantai.platform.witness.models import FerryMessage, Peer
from lantai.platform.witness.types import Direction


def send(ctx: Ctx, peer: Peer, kind: str, body: Mapping[str, Json]) -> None:
    """Put a message behind the others, in the caller's transaction; two at once are kept apart by the peer's row."""
    Peer.objects.select_for_update().get(pk=peer.pk)
    sent = FerryMessage.objects.filter(peer=peer, direction=Direction.OUT)
    last = sent.aggregate(last=Max("sequence"))["last"] or 0
    FerryMessage.objects.create(
        peer=peer, direction=Direction.OUT, sequence=last + 1, kind=kind, body=dict(body), made_at=ctx.now
    )
