"""Policies: how many copies, how far apart, how often read."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction

from lantai.apps.copies import queries
from lantai.apps.copies.events import PolicyChanged
from lantai.apps.copies.models import CopyPolicy, PolicyPlace
from lantai.apps.copies.permissions import P
from lantai.apps.copies.services.choosing import choose
from lantai.apps.copies.types import POLICY, PlacesTooFew, PolicyTaken
from lantai.platform.accounts import policy as access
from lantai.platform.context import Ctx
from lantai.platform.events import services as events
from lantai.platform.ledger import services as ledger
from lantai.platform.places import services as place_services
from lantai.platform.places.models import Place


@transaction.atomic
def add_policy(
    ctx: Ctx,
    *,
    org_id: int,
    title: str,
    place_ids: Sequence[int],
    fonds_id: int | None = None,
    source_type: str = "",
    copy_count: int = 1,
    site_count: int = 1,
    medium_count: int = 1,
    cycle_days: int,
    rate_mb_s: int,
) -> CopyPolicy:
    """State how many copies of which packages are kept; raises ``PolicyTaken``, ``PlacesTooFew``, ``Missing``."""
    access.require(ctx, P.POLICY_MANAGE, org_id)
    if fonds_id is not None:
        access.one(queries.fonds_of(ctx, org_id), pk=fonds_id)
    row = CopyPolicy(
        org_id=org_id,
        title=title,
        fonds_id=fonds_id,
        source_type=source_type,
        copy_count=copy_count,
        site_count=site_count,
        medium_count=medium_count,
        cycle_days=cycle_days,
        rate_mb_s=rate_mb_s,
        changed_at=ctx.now,
    )
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as why:
        same = CopyPolicy.objects.get(org_id=org_id, fonds_id=fonds_id, source_type=source_type)
        raise PolicyTaken(title=same.title, field="fonds") from why
    _list_places(ctx, row, place_ids)
    _say(ctx, row, "added")
    return row


@transaction.atomic
def change_policy(
    ctx: Ctx,
    *,
    policy_id: int,
    title: str,
    place_ids: Sequence[int],
    copy_count: int,
    site_count: int,
    medium_count: int,
    cycle_days: int,
    rate_mb_s: int,
) -> CopyPolicy:
    """Ask for more or fewer copies, other places or another cycle; copies no longer asked for stay until removed."""
    row = access.one(queries.visible_policies(ctx).select_for_update(of=("self",)), pk=policy_id)
    access.require(ctx, P.POLICY_MANAGE, row.org_id)
    row.title, row.copy_count, row.site_count, row.medium_count = title, copy_count, site_count, medium_count
    row.cycle_days, row.rate_mb_s, row.changed_at = cycle_days, rate_mb_s, ctx.now
    row.save()
    _list_places(ctx, row, place_ids)
    _say(ctx, row, "changed")
    return row


@transaction.atomic
def drop_policy(ctx: Ctx, *, policy_id: int, reason: str) -> None:
    """Give a policy up: a wider one counts, or the storage root alone. No copy is removed by this."""
    row = access.one(queries.visible_policies(ctx), pk=policy_id)
    access.require(ctx, P.POLICY_MANAGE, row.org_id)
    _say(ctx, row, "dropped", reason=reason)
    row.delete()


def _list_places(ctx: Ctx, row: CopyPolicy, place_ids: Sequence[int]) -> None:
    """The places in order; those that the actor may not see are not there."""
    found = queries.visible_places(ctx).in_bulk(list(place_ids))
    listed = [
        access.one(queries.visible_places(ctx), pk=pk) if pk not in found else found[pk] for pk in place_ids
    ]
    listed = [place for place in listed if not place.is_primary]
    chosen = _chosen(row, listed)
    if chosen is None:
        raise PlacesTooFew(
            copies=row.copy_count, sites=row.site_count, media=row.medium_count, field="places"
        )
    taken = {place.pk for place in chosen}
    row.places.all().delete()
    PolicyPlace.objects.bulk_create(
        PolicyPlace(policy=row, place=place, order=order, is_chosen=place.pk in taken)
        for order, place in enumerate(listed)
    )


def _chosen(row: CopyPolicy, listed: Sequence[Place]) -> tuple[Place, ...] | None:
    return choose(
        place_services.ensure_primary(),
        listed,
        copies=row.copy_count,
        sites=row.site_count,
        media=row.medium_count,
    )


def choose_anew() -> list[CopyPolicy]:
    """After a place came, went or stopped taking writes; returns the policies that cannot be satisfied any more."""
    short: list[CopyPolicy] = []
    for row in CopyPolicy.objects.prefetch_related("places__place"):
        listed = list(row.places.all())
        chosen = _chosen(row, [one.place for one in listed])
        if chosen is None:
            short.append(row)
            continue
        taken = {place.pk for place in chosen}
        for one in listed:
            if one.is_chosen != (one.place_id in taken):
                PolicyPlace.objects.filter(pk=one.pk).update(is_chosen=one.place_id in taken)
    return short


def is_satisfied_without(row: CopyPolicy, place_id: int) -> bool:
    """Whether the policy could do without one of its places."""
    listed = [one.place for one in row.places.select_related("place") if one.place_id != place_id]
    return _chosen(row, listed) is not None


def _say(ctx: Ctx, row: CopyPolicy, past: str, **more: str) -> None:
    ledger.record(
        ctx,
        f"copies:policy:{past}",
        object_type=POLICY,
        object_id=row.pk,
        object_name=row.title,
        detail={
            "copies": row.copy_count,
            "sites": row.site_count,
            "media": row.medium_count,
            "cycle_days": row.cycle_days,
            "rate_mb_s": row.rate_mb_s,
            "places": [one.place.slug for one in row.places.select_related("place")],
            **more,
        },
    )
    events.publish(ctx, PolicyChanged(row.pk))
