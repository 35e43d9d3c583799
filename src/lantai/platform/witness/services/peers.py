"""Who witnesses whom: entered by an officer, with the keys checked over another channel."""

from __future__ import annotations

from django.db import IntegrityError, transaction

from lantai.kit.errors import Missing
from lantai.kit.evidence.notes import VerifierKey
from lantai.kit.evidence.trust import TrustStore
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.witness import queries
from lantai.platform.witness.models import Peer
from lantai.platform.witness.permissions import P
from lantai.platform.witness.services.keys import check_number, own_keys
from lantai.platform.witness.states import MACHINE
from lantai.platform.witness.types import (
    ASKED,
    ASKS,
    PEER,
    BadAddress,
    CannotPoll,
    KeyMissing,
    KeyNotAsTold,
    NameTaken,
    OriginTaken,
    OwnKey,
    PeerRole,
    PeerState,
    Way,
)
from lantai.platform.witness.wire import check_address
from lantai.platform.workflow import services as workflow

BY_HAND = frozenset({"pause", "resume", "retire"})


@transaction.atomic
def add_peer(
    ctx: Ctx,
    *,
    org_id: int,
    name: str,
    role: str,
    keys: str,
    check: str,
    way: str = Way.WIRE,
    address: str = "",
    log_origin: str = "",
    group: str = "",
) -> Peer:
    """Enter a peer whose keys have the check number that was read out to us over another channel.

    Raises NameTaken, OriginTaken, KeyMissing, KeyNotAsTold, OwnKey, BadAddress, or what the keys' format refuses.
    """
    policy.require(ctx, P.PEER_MANAGE, org_id)
    found = TrustStore.parse(keys).keys
    _check_keys(found, role, way, log_origin)
    if check_number(found) != _digits(check):
        raise KeyNotAsTold(found=grouped(check_number(found)), field="check")
    if way == Way.WIRE and role in ASKED:
        check_address(address)
    elif address:
        raise BadAddress(address=address[:100], why="", field="address")
    row = Peer(
        org_id=org_id,
        name=name.strip(),
        role=PeerRole(role),
        way=Way(way),
        address=address.rstrip("/"),
        log_origin=log_origin.strip(),
        keys="".join(f"{key.render()}\n" for key in found),
        group=group.strip(),
        added_at=ctx.now,
    )
    _save(row)
    detail = {"role": row.role, "way": row.way, "keys": row.keys.split()}
    ledger.record(
        ctx, "witness:peer:added", object_type=PEER, object_id=row.pk, object_name=row.name, detail=detail
    )
    return row


def _check_keys(keys: tuple[VerifierKey, ...], role: str, way: str, log_origin: str) -> None:
    is_witness = any(key.is_witness for key in keys)
    is_log = any(key.name == log_origin.strip() and not key.is_witness for key in keys)
    needs_log = role in ASKS or way == Way.FERRY
    if (role in ASKED and not is_witness) or (needs_log and not is_log) or not keys:
        raise KeyMissing(field="keys")
    own = {key.public.raw for key in own_keys().keys}
    if any(key.public.raw in own for key in keys):
        raise OwnKey(field="keys")


def grouped(number: str) -> str:
    """The digits in fours, as they are read out."""
    return " ".join(number[i : i + 4] for i in range(0, len(number), 4))


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def _save(row: Peer) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        others = Peer.objects.exclude(log_origin="").exclude(state=PeerState.RETIRED)
        other = others.filter(log_origin=row.log_origin).first()
        if other is not None and other.name != row.name:
            raise OriginTaken(origin=row.log_origin, name=other.name, field="log_origin") from error
        raise NameTaken(name=row.name, field="name") from error


@transaction.atomic
def change_peer(ctx: Ctx, *, peer_id: int, address: str, group: str, is_polled: bool = False) -> Peer:
    """Another address or policy group, polls or none; other keys make another peer.

    Raises BadAddress, CannotPoll or Missing.
    """
    row = queries.get_peer(ctx, peer_id)
    policy.require(ctx, P.PEER_MANAGE, row.org_id)
    if row.way == Way.WIRE and (row.role in ASKED or (is_polled and address)):
        check_address(address)
        row.address = address.rstrip("/")
    if is_polled and not ((row.way == Way.FERRY or row.address) and queries.log_keys(row)):
        raise CannotPoll(field="is_polled")
    row.group, row.try_after, row.failures, row.is_polled = group.strip(), None, 0, is_polled
    row.save(update_fields=["address", "group", "try_after", "failures", "is_polled"])
    detail = {"address": row.address, "group": row.group, "polls": row.is_polled}
    ledger.record(
        ctx, "witness:peer:changed", object_type=PEER, object_id=row.pk, object_name=row.name, detail=detail
    )
    return row


@transaction.atomic
def move_peer(ctx: Ctx, *, peer_id: int, name: str, reason: str) -> Peer:
    """Pause, resume or retire; raises what the state table refuses."""
    row = queries.get_peer(ctx, peer_id)
    if name not in BY_HAND:
        raise Missing
    workflow.move(ctx, row, MACHINE, name, reason=reason)
    return row
