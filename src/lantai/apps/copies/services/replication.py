"""Copies that are wanted are written, read back, and only then called whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from lantai.apps.copies.events import CopyMade
from lantai.apps.copies.models import Copy
from lantai.apps.copies.services.repairing import note_liars
from lantai.apps.copies.services.shelf import Shelf
from lantai.apps.copies.services.sources import Plan, Sources, plan_of
from lantai.apps.copies.services.writing import lay_out, write_object
from lantai.apps.copies.types import (
    LEAST_RETRY_S,
    MOST_RETRY_S,
    PACKAGE,
    CopyState,
    FillPlace,
    SourceNotVerified,
)
from lantai.kit.digests.pairs import Pace
from lantai.kit.errors import LantaiError
from lantai.kit.packages.ocfl.inventory import INVENTORY
from lantai.platform.context import Ctx
from lantai.platform.events import services as events
from lantai.platform.jobs import queries as runs
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.types import Cancelled
from lantai.platform.ledger import services as ledger
from lantai.platform.places.models import Place
from lantai.platform.places.types import OBJECT as PLACE


def due(ctx: Ctx, place_id: int) -> QuerySet[Copy]:
    """Copies that a place still lacks, or of which it lacks the newest version, whose turn it is."""
    rows = Copy.objects.filter(place_id=place_id, is_due=True).filter(
        Q(next_try_at=None) | Q(next_try_at__lte=ctx.now)
    )
    return rows.select_related("place", "package").order_by("pk")


def start_filling(ctx: Ctx) -> int:
    """One run for every place that lacks copies and has none under way; returns how many were started."""
    waiting = Copy.objects.filter(is_due=True, place__state="active").filter(
        Q(next_try_at=None) | Q(next_try_at__lte=ctx.now)
    )
    lacking = Place.objects.filter(pk__in=waiting.order_by().values("place_id")).order_by("pk")
    started = [place for place in lacking if not runs.is_under_way(FillPlace(place.pk))]
    for place in started:
        about = (PLACE, place.pk)
        jobs.start(ctx, FillPlace(place.pk), org_id=place.custodian_id, about=about, is_quiet=True)
    return len(started)


def fill(
    ctx: Ctx,
    copy: Copy,
    *,
    start: int = 0,
    stepped: Callable[[int], None] = lambda index: None,
    pace: Pace | None = None,
) -> bool:
    """Write one copy; False, with the reason kept and a later turn, where it could not be finished now."""
    Copy.objects.filter(pk=copy.pk).update(state=CopyState.COPYING, is_due=True)
    plan: Plan | None = None
    try:
        lay_out(copy.place)
        plan = newest_plan(copy)
        files, size = write_object(
            plan, Shelf(copy.place, copy.package.object_id), start=start, stepped=stepped, pace=pace
        )
    except Cancelled:
        raise
    except LantaiError as why:
        postpone(ctx, copy, why)
        return False
    finally:
        if plan is not None and plan.liars:
            note_liars(ctx, plan, None)
    confirm(ctx, copy, plan, files, size)
    return True


def newest_plan(copy: Copy) -> Plan:
    """What a copy must become: the newest version, from whoever has it. Raises `SourceNotVerified`."""
    package = copy.package
    sources = Sources(package, but=copy.pk)
    found = plan_of(package, package.version, package.inventory_sha512, None, sources)
    if found is None:
        raise SourceNotVerified(title=package.title, path=INVENTORY)
    return found


@transaction.atomic
def confirm(ctx: Ctx, copy: Copy, plan: Plan, files: int, size: int) -> None:
    """Everything was read back: the copy counts from now on."""
    is_old = Q(package__version__gt=plan.version)
    Copy.objects.filter(pk=copy.pk).update(
        state=CopyState.WHOLE,
        version=plan.version,
        inventory_sha512=plan.inventory_sha512,
        file_count=files,
        byte_count=size,
        verified_at=ctx.now,
        is_due=Copy.objects.filter(is_old, pk=copy.pk).exists(),
        tries=0,
        next_try_at=None,
        why="",
        cleared_at=None,
    )
    copy.damages.filter(repaired_at=None).update(repaired_at=ctx.now, is_lost=False)
    ledger.record(
        ctx,
        "copies:copy:made",
        object_type=PACKAGE,
        object_id=copy.package_id,
        object_name=copy.package.title,
        detail={
            "place": copy.place.slug,
            "version": plan.version,
            "inventory_sha512": plan.inventory_sha512,
            "files": files,
            "bytes": size,
        },
    )
    events.publish(ctx, CopyMade(copy.pk, copy.package_id, plan.version))


def postpone(ctx: Ctx, copy: Copy, why: LantaiError) -> None:
    """Not now: again after a while that doubles, with what stood in the way."""
    wait = min(MOST_RETRY_S, LEAST_RETRY_S * 2 ** min(copy.tries, 16))
    said = {name: _(str(value)) for name, value in why.params.items()}
    text = _(why.message) % said if said else _(why.message)
    Copy.objects.filter(pk=copy.pk).update(
        state=CopyState.WANTED if copy.version == 0 else CopyState.COPYING,
        tries=F("tries") + 1,
        next_try_at=ctx.now + timedelta(seconds=wait),
        why=text[:500],
    )
