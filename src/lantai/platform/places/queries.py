"""Reading: which places there are, and the store of each."""

from __future__ import annotations

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
from lantai.platform.places.stores.folder import FolderPlace
from lantai.platform.places.types import PRIMARY, PlaceState, Site

READ = policy.Granted(P.PLACE_READ, "custodian") | policy.RowIs({"slug": PRIMARY})


def visible(ctx: Ctx) -> QuerySet[Place]:
    """Places of organisations where the actor may see them, and the storage root itself."""
    return policy.visible(Place.objects.select_related("custodian"), READ, ctx.actor)


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


def store_of(place: Place) -> Guarded:
    """The store of a place, behind its circuit breaker; the same one for every call in this process."""
    address = str(storage_root()) if place.is_primary else place.address
    secrets = tuple(sorted(settings.LANTAI_PLACES.get(place.slug, {}).items()))
    scratch = str(Path(settings.LANTAI_STORE) / "incoming")
    return _store(place.kind, place.slug, place.title, address, scratch, secrets)


@lru_cache(maxsize=64)
def _store(
    kind: str, slug: str, title: str, address: str, scratch: str, secrets: tuple[tuple[str, str], ...]
) -> Guarded:
    site = Site(slug, title, address, Path(scratch), dict(secrets))
    make = FolderPlace.at_primary if slug == PRIMARY else registry.kind_of(kind).make
    return Guarded(make(site), title)
