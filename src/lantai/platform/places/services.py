"""Adding places and changing what they are used for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from lantai.kit.crypto import envelopes, shares
from lantai.kit.errors import LantaiError
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.places import queries, registry, sealed
from lantai.platform.places.models import Place
from lantai.platform.places.permissions import P
from lantai.platform.places.types import (
    OBJECT,
    PRIMARY,
    SLUG,
    KeyThere,
    Locked,
    Medium,
    NotASlug,
    PlaceState,
    PrimaryStays,
    SealedOffline,
    SlugTaken,
)


def ensure_primary() -> Place:
    """The place that is the storage root itself; entered where it is missing."""
    place, _made = Place.objects.get_or_create(
        slug=PRIMARY,
        defaults={"title": _("主存储"), "kind": "folder", "medium": Medium.DISK, "read_order": 0},
    )
    return place


def add_place(ctx: Ctx, *, org_id: int, slug: str, **said: Any) -> Place:
    """Enter a place as `set_up_place` does, for who keeps places at that organisation."""
    policy.require(ctx, P.PLACE_MANAGE, org_id)
    return set_up_place(ctx, org_id=org_id, slug=slug, **said)


@transaction.atomic
def set_up_place(
    ctx: Ctx,
    *,
    org_id: int,
    slug: str,
    title: str,
    kind: str,
    address: str,
    site: str = "",
    medium: str = Medium.DISK,
    read_order: int = 50,
    is_offline: bool = False,
    is_sealed: bool = False,
    algorithm: str = envelopes.AES,
    capacity_bytes: int | None = None,
) -> Place:
    """Enter a place whose address answers; the caller is at the machine itself, or was asked for the permission.

    Raises ``NotASlug``, ``SlugTaken``, ``KindUnknown``, ``NotAnAddress``, ``SealedOffline``.
    """
    if not SLUG.fullmatch(slug):
        raise NotASlug(slug=slug[:64], field="slug")
    registry.kind_of(kind).check(address)
    if is_sealed and is_offline:
        raise SealedOffline(field="is_sealed")
    row = Place(
        custodian_id=org_id,
        slug=slug,
        title=title,
        kind=kind,
        address=address,
        site=site,
        medium=medium,
        read_order=read_order,
        is_offline=is_offline,
        is_sealed=is_sealed,
        capacity_bytes=capacity_bytes,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as why:
        raise SlugTaken(slug=slug, field="slug") from why
    if is_sealed and not queries.key_file(row).exists():  # else it came along with the place
        sealed.make_key(queries.key_file(row), algorithm)
    _record(ctx, "added", row, {"kind": kind, "address": address, "sealed": int(is_sealed)})
    return row


@transaction.atomic
def change_place(
    ctx: Ctx, *, place_id: int, title: str, site: str, read_order: int, capacity_bytes: int | None = None
) -> Place:
    """Change what a place is called, where it stands and when it is read."""
    row = _locked(ctx, place_id)
    row.title, row.site, row.read_order, row.capacity_bytes = title, site, read_order, capacity_bytes
    row.save(update_fields=["title", "site", "read_order", "capacity_bytes"])
    _record(ctx, "changed", row, {"title": title, "site": site, "read_order": read_order})
    return row


@transaction.atomic
def set_state(ctx: Ctx, *, place_id: int, state: str, reason: str = "") -> Place:
    """Say how far a place may be used; the storage root itself stays in use. Raises ``PrimaryStays``."""
    row = _locked(ctx, place_id)
    if row.is_primary and state in {PlaceState.RETIRING, PlaceState.RETIRED}:
        raise PrimaryStays
    before, row.state = row.state, PlaceState(state).value
    row.save(update_fields=["state"])
    _record(ctx, "state_set", row, {"from": before, "to": row.state, "reason": reason})
    return row


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a place since it was looked at last."""

    place: Place
    past: str
    why: str


def look_at_places(ctx: Ctx) -> list[Change]:
    """Ask every place that is not offline whether it is there and how full it is; what changed since the last time."""
    ensure_primary()
    rows = queries.active().filter(is_offline=False)
    return [change for row in rows for change in _look_at(ctx, row)]


def _look_at(ctx: Ctx, row: Place) -> list[Change]:
    room, why = None, ""
    try:
        room = queries.store_of(row).room()
    except LantaiError as away:
        why = str(away)[:300]
    changes = []
    if bool(why) != (row.away_since is not None):
        changes.append(Change(row, "lost" if why else "found_again", why))
    percent = room.used_percent if room else row.used_percent
    if room and _stage(room.used_percent) > _stage(row.used_percent or 0):
        changes.append(Change(row, "nearly_full", str(room.used_percent)))
    with transaction.atomic():
        for change in changes:
            _record(ctx, change.past, row, {"why": change.why})
        away_since = (row.away_since or ctx.now) if why else None
        Place.objects.filter(pk=row.pk).update(
            away_since=away_since, away_why=why, used_percent=percent, looked_at=ctx.now
        )
    return changes


def _stage(percent: int) -> int:
    return sum(percent >= limit for limit in (queries.WARN_PERCENT, queries.INTAKE_STOPS_PERCENT))


def remove_file(ctx: Ctx, *, place: Place, name: str) -> None:
    """Remove one file from a place, with a line in the log also where the place forbids it. Raises ``Locked``."""
    try:
        queries.store_of(place).remove(name)
    except Locked:
        _record(ctx, "removal_refused", place, {"name": name})
        raise
    _record(ctx, "file_removed", place, {"name": name})


def rotate_key(ctx: Ctx, *, place_id: int) -> int:
    """Guard the keys of a place with a new key; content is not rewritten. Raises ``NotSealed``, ``WrongKey``.

    The new key has new shares: the old ones open nothing any more.
    """
    with transaction.atomic():
        row = _locked(ctx, place_id)
        store, current = queries.sealed_store(row), queries.key_file(row)
        fresh = current.with_suffix(".new")
        fresh.unlink(missing_ok=True)  # of a rotation that was cut before the key came into use
        sealed.make_key(fresh, sealed.algorithm_of(current))
        newest = store.rotate(fresh)
        _record(ctx, "key_rotated", row, {"newest": newest})
    return newest


@transaction.atomic
def split_key(ctx: Ctx, *, slug: str, need: int = 3, of: int = 5) -> list[str]:
    """The key of a place as lines to be given to `of` people. The caller is at the machine itself."""
    row = queries.by_slug(slug)
    queries.sealed_store(row)
    lines = [str(share) for share in shares.split(sealed.read_key(queries.key_file(row)), need=need, of=of)]
    _record(ctx, "key_split", row, {"need": need, "of": of})
    return lines


@transaction.atomic
def join_key(ctx: Ctx, *, slug: str, lines: Sequence[str]) -> None:
    """Put the key of a place together of its shares; raises what is wrong with them, ``KeyThere``, ``WrongKey``."""
    row = queries.by_slug(slug)
    store, path = queries.sealed_store(row), queries.key_file(row)
    if path.exists():
        raise KeyThere(place=row.title)
    key = shares.join([shares.parse(line, line=number) for number, line in enumerate(lines, 1)])
    algorithm = store.algorithm_for(key)
    sealed.write_key(path, key, algorithm)
    _record(ctx, "key_joined", row, {"shares": len(lines)})


def _locked(ctx: Ctx, place_id: int) -> Place:
    row = policy.one(queries.visible(ctx).select_for_update(of=("self",)), pk=place_id)
    if not row.is_primary:  # which only those see who keep places
        policy.require(ctx, P.PLACE_MANAGE, row.custodian_id)
    return row


def _record(ctx: Ctx, past: str, row: Place, detail: dict[str, str | int]) -> None:
    ledger.record(
        ctx,
        f"places:place:{past}",
        object_type=OBJECT,
        object_id=row.pk,
        object_name=str(row),
        detail=detail,
    )


def mark(*, place_id: int, state: str) -> None:
    """Set the state of a place for a service above that has asked whether it may, and has its own line in the log."""
    Place.objects.filter(pk=place_id).exclude(slug=PRIMARY).update(state=PlaceState(state).value)
