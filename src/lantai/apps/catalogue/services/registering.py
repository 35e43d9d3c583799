"""Entering what was sealed into the catalogue, and handing it to another custodian: always by sets."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING

from django.db import IntegrityError, transaction
from django.db.models import F, Func, QuerySet, Value

from lantai.apps.catalogue import sealing
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.sealing import Number
from lantai.apps.catalogue.services import inheriting
from lantai.apps.catalogue.types import Level, NewDescription, ReferenceCodeTaken
from lantai.apps.kinds import queries as kinds
from lantai.kit import numbering
from lantai.kit.numbering.permanent import number_from
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.orgs.models import Org
from lantai.platform.search import services as search

if TYPE_CHECKING:
    from lantai.apps.custody.models import Package
    from lantai.apps.kinds.types import KindField

CHUNK = 2_000
SOURCE = "catalogue"


@transaction.atomic
def register(ctx: Ctx, *, package: Package, items: Iterable[NewDescription]) -> int:
    """Describe every item of a sealed package under its custodian and fonds; returns how many items.

    All or none: raises ``ReferenceCodeTaken`` for a code that the fonds has already, or twice in ``items``.
    A 案卷 that a code names and nobody has described is made. The caller, a service that seals or accepts
    packages, has checked the permission.
    """
    todo, count, sealed = iter(items), 0, kinds.sealed_fields()
    while chunk := list(islice(todo, CHUNK)):
        _refuse_taken(package.fonds_id, chunk)
        files = _files_of(ctx, package, chunk)
        rows = [new_row(ctx, package, item, files) for item in chunk]
        numbers = _withhold(rows, sealed)
        _insert(package.fonds_id, chunk, rows)
        sealing.keep(Number(row.pk, name, text) for row, name, text in numbers)
        search.changed(ctx, SOURCE, [row.pk for row in rows])
        inheriting.spread(ctx, inheriting.below_what_says(rows))
        count += len(rows)
    ledger.record(
        ctx,
        "catalogue:items:registered",
        object_type="custody:package",
        object_id=package.pk,
        object_name=package.title,
        detail={"items": count, "object": package.object_id},
    )
    return count


@transaction.atomic
def change_custodian(ctx: Ctx, *, package_id: int, custodian: Org) -> int:
    """Hand every description of a package to another custodian (a transfer); returns how many items.

    A 案卷 follows once all its items have. The caller, who accepts the transfer, has checked the permission.
    """
    rows = Description.objects.filter(package_id=package_id)
    count = _hand_over(ctx, rows, {"custodian": custodian})
    ledger.record(
        ctx,
        "catalogue:items:handed_over",
        object_type="custody:package",
        object_id=package_id,
        detail={"items": count, "custodian": custodian.code},
    )
    return count


@transaction.atomic
def move_items(ctx: Ctx, *, package_id: int, item_keys: Collection[str], to: Package) -> int:
    """Hand some items of a package over with another one that holds their content now; returns how many.

    The others stay where they are. The caller, who accepts a part of a transfer, has checked the permission.
    """
    rows = Description.objects.filter(package_id=package_id, item_key__in=list(item_keys))
    count = _hand_over(ctx, rows, {"custodian": to.custodian, "package": to, "fonds_id": to.fonds_id})
    ledger.record(
        ctx,
        "catalogue:items:handed_over",
        object_type="custody:package",
        object_id=package_id,
        detail={"items": count, "custodian": to.custodian.code, "object": to.object_id},
    )
    return count


def _hand_over(ctx: Ctx, rows: QuerySet[Description], changed: dict[str, object]) -> int:
    """Change all rows alike; a 案卷 follows its items to their custodian once all have gone there."""
    custodian = changed["custodian"]
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    parents = set(rows.exclude(parent=None).values_list("parent_id", flat=True))
    Description.objects.filter(pk__in=ids).update(**changed, updated_at=ctx.now)
    left_behind = Description.objects.exclude(custodian=custodian).filter(parent_id__in=parents)
    followed = parents - set(left_behind.values_list("parent_id", flat=True))
    Description.objects.filter(pk__in=followed).update(custodian=custodian, updated_at=ctx.now)
    _say_themselves([*ids, *followed])
    inheriting.spread(ctx, [*ids, *followed])
    for some in _chunks([*ids, *sorted(followed)]):
        search.changed(ctx, SOURCE, some)
    return len(ids)


def _say_themselves(ids: list[int]) -> None:
    """What was handed over has its custodian from the transfer, no longer from above."""
    kept = Func(F("inherits"), Value("custodian"), function="array_remove")
    Description.objects.filter(pk__in=ids, inherits__contains=["custodian"]).update(inherits=kept)


def _chunks(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), CHUNK):
        yield ids[start : start + CHUNK]


def _refuse_taken(fonds_id: int, chunk: list[NewDescription]) -> None:
    seen: dict[str, str] = {}
    for item in chunk:
        if item.reference_code in seen:
            raise ReferenceCodeTaken(
                code=item.reference_code, title=seen[item.reference_code], field="reference_code"
            )
        seen[item.reference_code] = item.title
    if other := of_codes(fonds_id, Level.ITEM, seen).first():
        raise ReferenceCodeTaken(code=other.reference_code, title=other.title, field="reference_code")


def of_codes(fonds_id: int, level: Level, codes: Iterable[str]) -> QuerySet[Description]:
    """The descriptions of these codes in a fonds, at one level."""
    return Description.objects.filter(fonds_id=fonds_id, level=level, reference_code__in=list(codes))


def _withhold(
    rows: list[Description], sealed: Mapping[int, tuple[KindField, ...]]
) -> list[tuple[Description, str, str]]:
    """Mask persons' numbers in rows that are not yet entered; the numbers, to be sealed once the rows have ids."""
    found = []
    for row in rows:
        if fields := sealed.get(row.kind_id):
            row.metadata, numbers = sealing.mask_numbers(fields, row.metadata)
            found += [(row, name, text) for name, text in numbers.items()]
    return found


def _insert(fonds_id: int, chunk: list[NewDescription], rows: list[Description]) -> None:
    try:
        with transaction.atomic():
            Description.objects.bulk_create(rows)
    except IntegrityError:
        _refuse_taken(fonds_id, chunk)  # somebody registered one of the codes since we looked
        raise


def file_code_of(code: str) -> str:
    """The code of the 案卷 that an item's code names; "" where it names none.

    A code of four groups is within a file exactly when its third group is a number (DA/T 13-2022).
    """
    try:
        found = numbering.parse(code, numbering.Level.FILE_ITEM)
    except numbering.ReferenceCodeInvalid:
        return ""
    return found.prefix.removesuffix("-")


def _files_of(ctx: Ctx, package: Package, chunk: list[NewDescription]) -> dict[str, int]:
    """Ids of the files that the chunk's codes name, made where missing."""
    named: dict[str, NewDescription] = {}
    for item in chunk:
        if code := file_code_of(item.reference_code):
            named.setdefault(code, item)
    if not named:
        return {}
    there = of_codes(package.fonds_id, Level.FILE, named)
    missing = named.keys() - set(there.values_list("reference_code", flat=True))
    made = [new_file_row(ctx, package, code, named[code]) for code in sorted(missing)]
    Description.objects.bulk_create(made, ignore_conflicts=True)
    files = dict(there.all().values_list("reference_code", "pk"))
    search.changed(ctx, SOURCE, [files[code] for code in sorted(missing)])
    return files


def new_file_row(ctx: Ctx, package: Package, code: str, item: NewDescription) -> Description:
    """A 案卷 that the code of an item names, not yet entered."""
    return Description(
        level=Level.FILE,
        fonds_id=package.fonds_id,
        custodian_id=package.custodian_id,
        creator_id=item.creator_id or package.origin_id,
        kind_id=item.kind_id,
        reference_code=code,
        title=item.file_title or code,
        year=item.year,
        retention=item.retention,
        class_code=item.class_code,
        classification=item.classification,
        permanent=number_from(package.object_id, Level.FILE, code),
        created_at=ctx.now,
        updated_at=ctx.now,
    )


def new_row(ctx: Ctx, package: Package, item: NewDescription, files: dict[str, int]) -> Description:
    """An item, not yet entered; ``files`` holds the ids of 案卷 by code."""
    return Description(
        level=Level.ITEM,
        parent_id=files.get(file_code_of(item.reference_code)),
        fonds_id=package.fonds_id,
        custodian_id=package.custodian_id,
        creator_id=item.creator_id or package.origin_id,
        kind_id=item.kind_id,
        reference_code=item.reference_code,
        title=item.title,
        author=item.author,
        document_number=item.document_number,
        dated_on=item.dated_on,
        year=item.year,
        retention=item.retention,
        class_code=item.class_code,
        classification=item.classification,
        openness=item.openness,
        persons=list(item.persons),
        page_count=item.page_count,
        note=item.note,
        metadata=dict(item.metadata),
        package_id=package.pk,
        item_key=item.item_key,
        permanent=number_from(package.object_id, Level.ITEM, item.item_key),
        created_at=ctx.now,
        updated_at=ctx.now,
    )
