"""Both sides compared: what lies in a place and nobody knows, what is known and does not lie there."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from django.conf import settings
from django.db import transaction

from lantai.apps.copies import queries
from lantai.apps.copies.models import Copy, Orphan
from lantai.apps.copies.permissions import P
from lantai.apps.copies.services.replication import start_filling
from lantai.apps.copies.services.rounds import start_reading
from lantai.apps.copies.services.writing import ROOT_FILES
from lantai.apps.copies.types import (
    CopyState,
    OrphanActUnfit,
    OrphanKind,
    OrphanSettled,
    ReadingKind,
    Settlement,
    SettleOrphan,
    SurveyPlace,
)
from lantai.apps.custody import queries as custody
from lantai.kit.errors import LantaiError
from lantai.kit.packages.ocfl.inventory import INVENTORY
from lantai.kit.packages.ocfl.layout import object_path
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.jobs.models import Run
from lantai.platform.ledger import services as ledger
from lantai.platform.places import queries as places
from lantai.platform.places.models import Place
from lantai.platform.places.types import OBJECT as PLACE
from lantai.platform.places.types import Held

DEPTH = 4  # three folders out of the digest of the id, and the folder of the object
ACTS = {
    OrphanKind.UNKNOWN: (Settlement.ADOPTED, Settlement.REMOVED, Settlement.LEFT),
    OrphanKind.ABSENT: (Settlement.COPIED, Settlement.LEFT),
}


@dataclass(frozen=True, slots=True)
class Found:
    """Everything below one folder of an object, or one stray file."""

    name: str
    files: int
    bytes: int
    is_object: bool


def start_survey(ctx: Ctx, *, place_id: int) -> Run:
    """Queue the comparison of a place with what is known of it."""
    place = queries.get_place(ctx, place_id)
    org_id = place.custodian_id or ctx.org_id
    policy.require(ctx, P.COPY_VERIFY, org_id)
    return jobs.start(ctx, SurveyPlace(place.pk), org_id=org_id, about=(PLACE, place.pk))


def survey(ctx: Ctx, place: Place, *, looked: Callable[[int], None] = lambda count: None) -> tuple[int, int]:
    """Compare both sides; returns how many are unknown and how many are absent. Raises ``PlaceAway``."""
    known = dict(_known(place))
    unknown: list[Orphan] = []
    for number, found in enumerate(found_in(place), 1):
        if found.name in known:
            known[found.name] = (known[found.name][0], True)
        else:
            unknown.append(_unknown(ctx, place, found))
        looked(number)
    absent = [
        _absent(ctx, copy, name) for name, (copy, is_there) in known.items() if not is_there and _counts(copy)
    ]
    _enter(ctx, place, [*unknown, *absent])
    return len(unknown), len(absent)


def _known(place: Place) -> Iterator[tuple[str, tuple[Copy, bool]]]:
    """Folder → copy; objects, not files: a province has some hundred thousand."""
    rows = Copy.objects.filter(place=place, cleared_at=None).select_related("package").order_by("pk")
    for copy in rows.iterator(chunk_size=2_000):
        yield str(object_path(copy.package.object_id)), (copy, False)


def _counts(copy: Copy) -> bool:
    return copy.state in (CopyState.WHOLE, CopyState.DAMAGED)


def found_in(place: Place) -> Iterator[Found]:
    """The objects and stray files of a place, in order of name."""
    held = (one for one in places.store_of(place).held() if not _is_roots(one.name))
    for name, group in groupby(held, key=lambda one: _folder_of(one.name)):
        files = size = 0
        first: Held | None = None
        for one in group:
            first, files, size = first or one, files + 1, size + one.size
        yield Found(name, files, size, is_object=first is not None and first.name != name)


def _is_roots(name: str) -> bool:
    return (
        name in ROOT_FILES or name.startswith("extensions/") or ("/" not in name and name.startswith("ocfl"))
    )


def _folder_of(name: str) -> str:
    parts = name.split("/")
    return "/".join(parts[:DEPTH]) if len(parts) > DEPTH else name


def _unknown(ctx: Ctx, place: Place, found: Found) -> Orphan:
    return Orphan(
        place=place,
        org_id=place.custodian_id or ctx.org_id,
        kind=OrphanKind.UNKNOWN,
        name=found.name,
        object_id=_object_id(place, found) if found.is_object else "",
        file_count=found.files,
        byte_count=found.bytes,
        found_at=ctx.now,
        seen_at=ctx.now,
    )


def _object_id(place: Place, found: Found) -> str:
    try:
        with places.store_of(place).open(f"{found.name}/{INVENTORY}") as stream:
            return str(json.loads(stream.read()).get("id", ""))[:200]
    except (LantaiError, ValueError, OSError, AttributeError):
        return ""


def _absent(ctx: Ctx, copy: Copy, name: str) -> Orphan:
    return Orphan(
        place_id=copy.place_id,
        org_id=copy.package.custodian_id,
        kind=OrphanKind.ABSENT,
        name=name,
        object_id=copy.package.object_id[:200],
        copy=copy,
        file_count=copy.file_count,
        byte_count=copy.byte_count,
        found_at=ctx.now,
        seen_at=ctx.now,
    )


@transaction.atomic
def _enter(ctx: Ctx, place: Place, found: list[Orphan]) -> None:
    Orphan.objects.bulk_create(found, ignore_conflicts=True)
    open_ = Orphan.objects.filter(place=place, settled_at=None)
    for kind in OrphanKind:
        names = [one.name for one in found if one.kind == kind]
        open_.filter(kind=kind, name__in=names).update(seen_at=ctx.now)
    gone = open_.filter(seen_at__lt=ctx.now)
    gone.update(settled_at=ctx.now, settlement=Settlement.GONE)


@transaction.atomic
def settle(ctx: Ctx, *, orphan_id: int, settlement: str, reason: str) -> Orphan:
    """Do something about it: adopt, move out, copy again, or leave. Raises ``OrphanSettled``, ``OrphanActUnfit``."""
    row = policy.one(queries.visible_orphans(ctx).select_for_update(of=("self",)), pk=orphan_id)
    policy.require(ctx, P.ORPHAN_SETTLE, row.org_id)
    if row.settled_at is not None:
        raise OrphanSettled
    if settlement not in ACTS[OrphanKind(row.kind)]:
        raise OrphanActUnfit(field="settlement")
    {
        Settlement.ADOPTED: _adopt,
        Settlement.REMOVED: _remove_later,
        Settlement.COPIED: _copy_again,
        Settlement.LEFT: lambda ctx, row: None,
    }[Settlement(settlement)](ctx, row)
    row.settled_at, row.settled_by = ctx.now, ctx.actor.name
    row.settlement, row.reason = settlement, reason
    row.save()
    ledger.record(
        ctx,
        "copies:orphan:settled",
        object_type="copies:orphan",
        object_id=row.pk,
        object_name=row.name,
        detail={"place": row.place.slug, "kind": row.kind, "settlement": settlement, "reason": reason},
    )
    return row


def _adopt(ctx: Ctx, row: Orphan) -> None:
    """It is a copy of a package that we know: it counts once all of it was read."""
    package = custody.visible(ctx).filter(object_id=row.object_id).first() if row.object_id else None
    if package is None or str(object_path(package.object_id)) != row.name or row.place.is_primary:
        raise OrphanActUnfit(field="settlement")
    Copy.objects.update_or_create(
        package=package,
        place=row.place,
        defaults={"state": CopyState.WANTED, "is_due": True, "cleared_at": None, "next_try_at": None},
    )
    start_filling(ctx)


def _remove_later(ctx: Ctx, row: Orphan) -> None:
    jobs.start(ctx, SettleOrphan(row.pk), org_id=row.org_id, about=("copies:orphan", row.pk), is_quiet=True)


def _copy_again(ctx: Ctx, row: Orphan) -> None:
    copy = row.copy
    if copy is None:
        raise OrphanActUnfit(field="settlement")
    if row.place.is_primary:
        start_reading(ctx, org_id=row.org_id, kind=ReadingKind.EVENT, package_id=copy.package_id)
        return
    Copy.objects.filter(pk=copy.pk).update(
        state=CopyState.WANTED, version=0, is_due=True, tries=0, next_try_at=None
    )
    start_filling(ctx)


def move_out(row: Orphan) -> int:
    """Bring what nobody knows into the quarantine and out of its place; safe to repeat. Returns the files moved."""
    store, moved = places.store_of(row.place), 0
    folder = Path(settings.LANTAI_STORE) / "quarantine" / f"orphan-{row.pk}"
    for held in list(store.held(row.name)):
        if held.name != row.name and not held.name.startswith(row.name + "/"):
            continue
        target = folder / held.name
        target.parent.mkdir(parents=True, exist_ok=True)
        with store.open(held.name) as source, target.open("wb") as kept:
            shutil.copyfileobj(source, kept, 1024 * 1024)
        if target.stat().st_size == held.size:
            store.remove(held.name)
            moved += 1
    return moved
