"""The catalogue of media of offline places."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Count, QuerySet, Sum

from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.places import queries
from lantai.platform.places.models import Place, Volume
from lantai.platform.places.permissions import P
from lantai.platform.places.stores.media import MediaPlace
from lantai.platform.places.types import NotOffline, VolumeNumberTaken, VolumeState

OBJECT = "places:volume"


def volumes_of(place: Place) -> QuerySet[Volume]:
    """The media of a place, with how much lies on each."""
    return place.volumes.annotate(file_count=Count("files"), byte_count=Sum("files__size_bytes"))


@transaction.atomic
def add_volume(
    ctx: Ctx, *, place_id: int, number: str, label: str, shelf: str, capacity_bytes: int | None = None
) -> Volume:
    """Enter a medium; one that is mounted under its number gets its label at once. Raises ``VolumeNumberTaken``,
    ``VolumeNotEmpty``, ``NotOffline``.
    """
    place = _place(ctx, place_id)
    store = _store(place)
    row = Volume(
        place=place,
        number=number.strip(),
        label=label,
        shelf=shelf,
        capacity_bytes=capacity_bytes,
        added_at=ctx.now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as why:
        raise VolumeNumberTaken(number=number, field="number") from why
    if store.label(row):
        _see(ctx, row)
    _record(ctx, "added", row, {"shelf": shelf})
    return row


@transaction.atomic
def revise_volume(ctx: Ctx, *, volume_id: int, label: str, shelf: str, state: str) -> Volume:
    """Say where a medium lies now and what it is good for."""
    row = get(ctx, volume_id)
    policy.require(ctx, P.PLACE_MANAGE, row.place.custodian_id)
    before = row.shelf
    row.label, row.shelf, row.state = label, shelf, VolumeState(state).value
    row.save(update_fields=["label", "shelf", "state"])
    _record(ctx, "revised", row, {"shelf": shelf, "shelf_before": before, "state": row.state})
    return row


@transaction.atomic
def look_at_media(ctx: Ctx, *, place_id: int) -> list[str]:
    """Note which media are here and enter what lies on them; their numbers."""
    place = _place(ctx, place_id)
    store = _store(place)
    here = store.mounted()
    for row in place.volumes.filter(number__in=here):
        _see(ctx, row)
        new = store.catalogue(row)
        _record(ctx, "seen", row, {"new_files": new})
    return sorted(here)


def get(ctx: Ctx, volume_id: int) -> Volume:
    """One medium of a place that the actor may see, or ``Missing``."""
    return policy.one(
        Volume.objects.filter(place__in=queries.visible(ctx)).select_related("place"), pk=volume_id
    )


def _see(ctx: Ctx, row: Volume) -> None:
    Volume.objects.filter(pk=row.pk).update(seen_at=ctx.now)


def _place(ctx: Ctx, place_id: int) -> Place:
    place = queries.get(ctx, place_id)
    policy.require(ctx, P.PLACE_MANAGE, place.custodian_id)
    return place


def _store(place: Place) -> MediaPlace:
    if place.kind != "media":
        raise NotOffline(place=place.title)
    return queries.media_store(place)


def _record(ctx: Ctx, past: str, row: Volume, detail: dict[str, str | int]) -> None:
    ledger.record(
        ctx,
        f"places:volume:{past}",
        object_type=OBJECT,
        object_id=row.pk,
        object_name=str(row),
        detail=detail,
    )
