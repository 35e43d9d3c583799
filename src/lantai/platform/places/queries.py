"""Reading: which places there are, and the store of each."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.db.models import QuerySet

from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.orgs.models import Org
from lantai.platform.places import registry
from lantai.platform.places.breaker import Guarded
from lantai.platform.places.models import Place
from lantai.platform.places.permissions import P
from lantai.platform.places.sealed import SealedPlace
from lantai.platform.places.stores.folder import FolderPlace
from lantai.platform.places.stores.media import MediaPlace
from lantai.platform.places.types import (
    PRIMARY,
    NearlyFull,
    NotSealed,
    PlaceState,
    PlaceStore,
    Room,
    Site,
)

WARN_PERCENT, INTAKE_STOPS_PERCENT = 95, 98
READ = policy.Granted(P.PLACE_READ, "custodian")


def visible(ctx: Ctx) -> QuerySet[Place]:
    """Places of organisations where the actor may see them; the storage root itself, for those who keep places."""
    rule = READ | policy.RowIs({"slug": PRIMARY}) if ctx.actor.holds(P.PLACE_MANAGE) else READ
    return policy.visible(Place.objects.select_related("custodian"), rule, ctx.actor)


def get(ctx: Ctx, place_id: int) -> Place:
    """One place, or ``Missing``."""
    return policy.one(visible(ctx), pk=place_id)


def active() -> QuerySet[Place]:
    """Places that can be read, in order of reading; whoever calls speaks for the installation."""
    return Place.objects.exclude(state=PlaceState.RETIRED)


def by_slug(slug: str) -> Place:
    """One place by its short name, or ``Missing``."""
    return policy.one(Place.objects.all(), slug=slug)


def orgs_to_manage(ctx: Ctx) -> QuerySet[Org]:
    """The organisations for which the actor keeps places."""
    return Org.objects.filter(pk__in=ctx.actor.orgs_with(P.PLACE_MANAGE), is_active=True)


def storage_root() -> Path:
    """The OCFL storage root: what the place ``primary`` is."""
    return Path(settings.LANTAI_STORE) / "ocfl"


def key_file(place: Place) -> Path:
    """The key that people guard, of an encrypted place."""
    return Path(settings.LANTAI_KEYS) / "places" / f"{place.slug}.key"


def store_of(place: Place) -> Guarded:
    """The store of a place, behind its circuit breaker; the same one for every call in this process."""
    return _store(_asked_for(place), place.takes_writes)


def sealed_store(place: Place) -> SealedPlace:
    """The encryption of a place; raises `NotSealed`."""
    if not place.is_sealed:
        raise NotSealed(place=place.title)
    found = _inner(_asked_for(place))
    assert isinstance(found, SealedPlace)
    return found


def media_store(place: Place) -> MediaPlace:
    """The media of an offline place; encryption is around it, not in it."""
    asked = _asked_for(place)
    return MediaPlace(Site(asked.slug, asked.title, asked.address, asked.scratch))


def room_of_primary() -> Room:
    """How full the storage root is, as its disk says now."""
    folder = storage_root()
    while not folder.exists():  # nothing was sealed yet
        folder = folder.parent
    found = os.statvfs(folder)
    return Room(found.f_blocks * found.f_frsize, found.f_bavail * found.f_frsize)


def require_room_for_intake() -> None:
    """Called where new content comes in; raises ``NearlyFull``. Nothing else asks it."""
    percent = room_of_primary().used_percent
    if percent >= INTAKE_STOPS_PERCENT:
        raise NearlyFull(percent=percent)


@dataclass(frozen=True, slots=True)
class _Asked:
    kind: str
    slug: str
    title: str
    address: str
    scratch: Path
    key_file: Path | None
    secrets: tuple[tuple[str, str], ...]


def _asked_for(place: Place) -> _Asked:
    return _Asked(
        place.kind,
        place.slug,
        place.title,
        str(storage_root()) if place.is_primary else place.address,
        Path(settings.LANTAI_STORE) / "incoming",
        key_file(place) if place.is_sealed else None,
        tuple(sorted(settings.LANTAI_PLACES.get(place.slug, {}).items())),
    )


@lru_cache(maxsize=64)
def _inner(asked: _Asked) -> PlaceStore:
    site = Site(asked.slug, asked.title, asked.address, asked.scratch, dict(asked.secrets))
    make = FolderPlace.at_primary if asked.slug == PRIMARY else registry.kind_of(asked.kind).make
    if asked.key_file is None:
        return make(site)
    return SealedPlace(make(site), asked.key_file, asked.scratch, asked.title)


@lru_cache(maxsize=64)
def _store(asked: _Asked, takes_writes: bool) -> Guarded:
    return Guarded(_inner(asked), asked.title, takes_writes=takes_writes)
