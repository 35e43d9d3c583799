"""Repair in the run that found the damage: from a verified copy, the bad bytes kept aside, read back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import transaction

from lantai.apps.copies.models import Copy, Damage
from lantai.apps.copies.services.examining import Fault, Slice
from lantai.apps.copies.services.shelf import Shelf, differs, quarantine, transit
from lantai.apps.copies.services.sources import Plan, Source, bring, plan_of
from lantai.apps.copies.services.writing import write_object
from lantai.apps.copies.types import PACKAGE, CopyState, DamageKind
from lantai.apps.custody import services as custody
from lantai.kit.errors import LantaiError
from lantai.kit.packages.ocfl.parts import Part
from lantai.kit.packages.ocfl.staging import Stage
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.places import queries as places

PATHS_TOLD = 50


@dataclass(frozen=True, slots=True)
class Repaired:
    """What became of a damage."""

    damage_id: int
    is_whole: bool
    source: Source | None = None
    kept_as: str = ""
    is_lost: bool = False


@transaction.atomic
def note_damage(ctx: Ctx, one: Slice, reading_id: int | None) -> list[Damage]:
    """Write down what was found before anything is touched; found again it is the same row."""
    wanted = [_row(ctx, one, fault, reading_id) for fault in one.faults]
    Damage.objects.bulk_create(wanted, ignore_conflicts=True)
    state = CopyState.MISSING if any(not fault.path for fault in one.faults) else CopyState.DAMAGED
    Copy.objects.filter(pk=one.copy.pk).update(state=state)
    paths = [fault.path for fault in one.faults]
    rows = Damage.objects.filter(copy=one.copy, repaired_at=None, path__in=paths)
    _tell_log(ctx, "found", one.copy, sorted(rows.values_list("kind", "path")))
    return list(rows.order_by("pk"))


def _row(ctx: Ctx, one: Slice, fault: Fault, reading_id: int | None) -> Damage:
    kind = fault.kind
    if kind is DamageKind.FLIPPED and fault.part is not None:
        size = custody.size_of_content(one.copy.package_id, fault.part.sha512)
        kind = DamageKind.SIZE if size not in (None, fault.found_bytes) else kind
    return Damage(
        copy=one.copy,
        reading_id=reading_id,
        path=fault.path,
        kind=kind,
        expected_sha512=fault.part.sha512 if fault.part else "",
        found_sha512=fault.found_sha512,
        found_at=ctx.now,
    )


def _tell_log(ctx: Ctx, past: str, copy: Copy, found: Sequence[tuple[str, str]], **more: str) -> None:
    ledger.record(
        ctx,
        f"copies:damage:{past}",
        object_type=PACKAGE,
        object_id=copy.package_id,
        object_name=copy.package.title,
        detail={
            "place": copy.place.slug,
            "count": len(found),
            "files": [f"{kind} {path}".strip() for kind, path in found[:PATHS_TOLD]],
            **more,
        },
    )


def repair(ctx: Ctx, one: Slice, damages: Sequence[Damage]) -> int:
    """Put right what can be put right; returns how many. What no copy can give is declared lost, not rewritten."""
    done: list[Repaired] = []
    try:
        with transit() as folder, _alone(one):
            done = [_repair(one, damage, folder) for damage in damages]
    except LantaiError:  # somebody writes the object now, or the place went away: the next reading goes on
        pass
    _enter(ctx, one, damages, done)
    return sum(found.is_whole for found in done)


@contextmanager
def _alone(one: Slice) -> Iterator[None]:
    """In the storage root nobody may build a version out of files that are being exchanged."""
    with ExitStack() as held:
        if one.shelf.place.is_primary:
            stage = Stage(places.storage_root(), one.copy.package.object_id)
            held.callback(stage.discard)
            held.enter_context(transaction.atomic())
            custody.hold_package(package_id=one.copy.package_id)
        yield


def _repair(one: Slice, damage: Damage, folder: Path) -> Repaired:
    if one.plan is None:
        return Repaired(damage.pk, is_whole=False, is_lost=True)
    if not damage.path:
        return _bring_back(one, damage)
    if damage.kind == DamageKind.EXTRA:
        kept = quarantine(one.shelf, damage.path, f"damage-{damage.pk}")
        if kept:
            one.shelf.remove(damage.path)
        return Repaired(damage.pk, bool(kept), kept_as=kept)
    part = next((part for part in one.plan.parts if part.path == damage.path), None)
    found = bring(one.plan, part, folder) if part else None
    if part is None or found is None:
        return Repaired(damage.pk, is_whole=False, is_lost=_all_answered(one.plan))
    is_there = damage.kind != DamageKind.MISSING
    kept = quarantine(one.shelf, part.path, f"damage-{damage.pk}") if is_there else ""
    one.shelf.replace(part.path, found[0])
    return Repaired(damage.pk, _is_true(one.shelf, part), found[1], kept)


def _bring_back(one: Slice, damage: Damage) -> Repaired:
    """An object that is gone altogether is written anew, inventory last."""
    if one.plan is None or not one.plan.sources:
        return Repaired(damage.pk, is_whole=False, is_lost=True)
    asked = one.plan
    plan = plan_of(asked.package, asked.version, asked.inventory_sha512, None, asked.sources)
    if plan is None:
        return Repaired(damage.pk, is_whole=False, is_lost=True)
    write_object(plan, one.shelf)
    return Repaired(damage.pk, is_whole=True, source=next(iter(plan.sources)))


def _all_answered(plan: Plan) -> bool:
    """Nothing is declared lost while a place that might have it is away."""
    return not any(source.shelf.place_is_away() for source in plan.sources)


def _is_true(shelf: Shelf, part: Part) -> bool:
    try:
        return not differs(part, shelf.pair(part.path))
    except (LantaiError, OSError):
        return False


@transaction.atomic
def _enter(ctx: Ctx, one: Slice, damages: Sequence[Damage], done: Sequence[Repaired]) -> None:
    by_id = {damage.pk: damage for damage in damages}
    liars = {part.path: source for source, part in one.plan.liars} if one.plan else {}
    for found in done:
        row = by_id[found.damage_id]
        row.repaired_at = ctx.now if found.is_whole else None
        row.repaired_from = found.source.copy.place if found.source else None
        row.lying_place = liars[row.path].copy.place if row.path in liars else None
        row.is_lost, row.kept_as = found.is_lost, found.kept_as
    fields = ["repaired_at", "repaired_from", "lying_place", "is_lost", "kept_as"]
    Damage.objects.bulk_update(list(by_id.values()), fields)
    if one.plan is not None:
        note_liars(ctx, one.plan, damages[0].reading_id if damages else None)
    whole = [by_id[found.damage_id] for found in done if found.is_whole]
    if whole:
        named = sorted({row.repaired_from.slug for row in whole if row.repaired_from})
        _tell_log(ctx, "repaired", one.copy, [(row.kind, row.path) for row in whole], sources=",".join(named))
    if one.shelf.place.is_primary:
        _mark_files(one.copy.package_id, by_id.values())


def _mark_files(package_id: int, damages: Sequence[Damage] | object) -> None:
    """What people see of a file of the storage root: intact again, or not."""
    rows = [row for row in damages if row.expected_sha512]  # type: ignore[attr-defined]
    for is_intact in (True, False):
        digests = [row.expected_sha512 for row in rows if (row.repaired_at is not None) is is_intact]
        custody.mark_intact(package_id=package_id, digests=digests, is_intact=is_intact)


def note_liars(ctx: Ctx, plan: Plan, reading_id: int | None) -> None:
    """Who answered a question for good bytes with bad ones has damage of its own, to be read and repaired next."""
    rows = [
        Damage(
            copy=source.copy, reading_id=reading_id, path=part.path, kind=DamageKind.FLIPPED,
            expected_sha512=part.sha512, found_at=ctx.now, lying_place=source.copy.place,
        )
        for source, part in plan.liars
    ]  # fmt: skip
    Damage.objects.bulk_create(rows, ignore_conflicts=True)
    liars = {source.copy.pk for source, _part in plan.liars}
    Copy.objects.filter(pk__in=liars, state=CopyState.WHOLE).update(state=CopyState.DAMAGED)


def forget_quarantined(*, package_id: int) -> int:
    """Remove the bad bytes that were kept of a package whose content is destroyed; returns how many files."""
    rows = Damage.objects.filter(copy__package_id=package_id).exclude(kept_as="")
    for name in rows.values_list("kept_as", flat=True):
        (Path(settings.LANTAI_STORE) / "quarantine" / name).unlink(missing_ok=True)
    return rows.update(kept_as="")
