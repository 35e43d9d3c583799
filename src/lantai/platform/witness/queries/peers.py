"""Peers and their keys."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from lantai.kit.evidence.notes import VerifierKey
from lantai.kit.evidence.trust import TrustStore
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.orgs.models import Org
from lantai.platform.witness.models import Cosignature, Peer, SeenCheckpoint
from lantai.platform.witness.permissions import P
from lantai.platform.witness.types import ASKED, ASKS, PeerState, Way

READ = policy.Granted(P.PEER_READ, "org_id")
_LAST = 20


def peers(ctx: Ctx) -> QuerySet[Peer]:
    """Peers that organisations of the actor entered."""
    return policy.visible(Peer.objects.select_related("org"), READ, ctx.actor)


def get_peer(ctx: Ctx, peer_id: int) -> Peer:
    """One peer, or ``Missing``."""
    return policy.one(peers(ctx), pk=peer_id)


def orgs_to_manage(ctx: Ctx) -> QuerySet[Org]:
    """The organisations for which the actor enters peers."""
    return Org.objects.filter(pk__in=ctx.actor.orgs_with(P.PEER_MANAGE), is_active=True)


def keys_of(peer: Peer) -> tuple[VerifierKey, ...]:
    """All keys of a peer."""
    return TrustStore.parse(peer.keys).keys


def witness_keys(peer: Peer) -> tuple[VerifierKey, ...]:
    """The keys with which a peer cosigns."""
    return tuple(key for key in keys_of(peer) if key.is_witness)


def log_keys(peer: Peer) -> tuple[VerifierKey, ...]:
    """The keys with which a peer signs its own log."""
    return tuple(key for key in keys_of(peer) if not key.is_witness and key.name == peer.log_origin)


def believed_keys() -> list[VerifierKey]:
    """The keys of witnesses for the trust file; who retires a peer takes them back."""
    rows = Peer.objects.filter(role__in=ASKED).exclude(state=PeerState.RETIRED).order_by("pk")
    return [key for peer in rows for key in witness_keys(peer)]


def active_witnesses() -> QuerySet[Peer]:
    """The peers whose cosignatures we want, by wire or by ferry."""
    return Peer.objects.filter(state=PeerState.ACTIVE, role__in=ASKED).order_by("pk")


def askable(*, size: int, now: datetime) -> QuerySet[Peer]:
    """The witnesses to be asked by wire now for a checkpoint of that size."""
    is_due = Q(try_after__isnull=True) | Q(try_after__lte=now)
    return active_witnesses().filter(is_due, way=Way.WIRE, cosigned_size__lt=size)


def polled_peers() -> QuerySet[Peer]:
    """The peers with whom polls are agreed."""
    return Peer.objects.filter(state=PeerState.ACTIVE, is_polled=True).order_by("pk")


def log_peer(origin: str) -> Peer | None:
    """The active peer whose log we witness under that origin."""
    return Peer.objects.filter(state=PeerState.ACTIVE, role__in=ASKS, log_origin=origin).first()


def last_cosignatures(peer_id: int) -> list[Cosignature]:
    """What the peer cosigned last of ours."""
    return list(Cosignature.objects.filter(peer_id=peer_id).order_by("-size", "-id")[:_LAST])


def last_seen(peer_id: int) -> list[SeenCheckpoint]:
    """What we cosigned last of the peer's."""
    return list(SeenCheckpoint.objects.filter(peer_id=peer_id).order_by("-id")[:_LAST])
