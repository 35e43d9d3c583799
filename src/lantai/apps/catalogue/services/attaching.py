"""Giving records that are described already their content, once it is sealed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import QuerySet

from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.services.registering import CHUNK
from lantai.apps.catalogue.types import Level
from lantai.apps.custody.services import DESCRIPTION_LINES
from lantai.apps.custody.types import Told
from lantai.apps.holdings import queries as holdings
from lantai.platform import rows
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.search import services as search

if TYPE_CHECKING:
    from lantai.apps.custody.models import Package

SOURCE = "catalogue"
_ATTACH = """
    UPDATE catalogue_description d SET package_id = %s, item_key = d.reference_code, updated_at = %s
    WHERE d.id = ANY(%s) AND d.package_id IS NULL
"""


def lock_unfilled(fonds_id: int, custodian_id: int, codes: Mapping[int, str]) -> QuerySet[Description]:
    """Lock the items of ``codes`` (id → code) that still wait for content, in the order of their ids.

    What is missing from the answer was changed, moved or filled meanwhile. For a caller within a transaction.
    """
    return Description.objects.filter(
        pk__in=list(codes),
        fonds_id=fonds_id,
        custodian_id=custodian_id,
        level=Level.ITEM,
        package=None,
        merged_into=None,
        reference_code__in=list(codes.values()),
    ).order_by("pk").select_for_update(of=("self",))  # fmt: skip


def tell_attached(ctx: Ctx, items: QuerySet[Description], package: Package) -> Told:
    """The document by which ``items`` come back with their content, to be sealed with it in ``package``."""
    return {DESCRIPTION_LINES: rows.as_text(_lines(ctx, items, package))}


def _lines(ctx: Ctx, items: QuerySet[Description], package: Package) -> Iterator[dict[str, object]]:
    for kind in holdings.kinds():
        yield rows.line_of(kind, at=ctx.now)
    related = items.select_related("kind", "creator", "parent__fonds__archives", "fonds", "custodian")
    for row in related.iterator(chunk_size=CHUNK):
        row.package, row.item_key = package, row.reference_code
        yield rows.line_of(row, at=ctx.now)


@transaction.atomic
def attach(ctx: Ctx, *, package: Package, ids: list[int]) -> int:
    """Give items that were locked by `lock_unfilled` the content of ``package``, each under its code; how many.

    The caller, a service that seals, has checked the permission.
    """
    with connection.cursor() as cursor:
        cursor.execute(_ATTACH, [package.pk, ctx.now, ids])
        count = int(cursor.rowcount)
    for start in range(0, len(ids), CHUNK):
        search.changed(ctx, SOURCE, ids[start : start + CHUNK])
    ledger.record(
        ctx,
        "catalogue:items:attached",
        object_type="custody:package",
        object_id=package.pk,
        object_name=package.title,
        detail={"items": count, "object": package.object_id},
    )
    return count
