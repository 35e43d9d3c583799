"""Linking descriptions to records of authority, and following these when they are merged."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db import IntegrityError, connection, transaction

from lantai.apps.authorities import queries as authorities
from lantai.apps.authorities.types import Held
from lantai.apps.catalogue import queries
from lantai.apps.catalogue.models import AccessPoint, Description
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries.indexing import SOURCE
from lantai.apps.catalogue.types import LinkedAlready
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.search import services as search

_CHANGED_AT_ONCE = 10_000


@transaction.atomic
def link(ctx: Ctx, *, description_id: int, authority_id: int, role: str) -> AccessPoint:
    """Say what a description is by or about; raises ``LinkedAlready``."""
    row = queries.get(ctx, description_id)
    policy.require(ctx, P.ITEM_DESCRIBE, row.custodian_id)
    chosen = authorities.get(ctx, authority_id)
    point = AccessPoint(
        description=row, chosen=chosen, authority_id=chosen.merged_into_id or chosen.pk, role=role
    )
    try:
        with transaction.atomic():
            point.save(force_insert=True)
    except IntegrityError as taken:
        raise LinkedAlready(name=chosen.name, field="authority") from taken
    _record(ctx, "linked", row, point)
    return point


@transaction.atomic
def unlink(ctx: Ctx, *, description_id: int, point_id: int) -> Description:
    """Take a link away."""
    row = queries.get(ctx, description_id)
    policy.require(ctx, P.ITEM_DESCRIBE, row.custodian_id)
    point = policy.one(row.access_points.all(), pk=point_id)
    _record(ctx, "unlinked", row, point)
    point.delete()
    return row


def _record(ctx: Ctx, past: str, row: Description, point: AccessPoint) -> None:
    search.changed(ctx, SOURCE, [row.pk])
    ledger.record(
        ctx,
        f"catalogue:item:{past}",
        object_type="catalogue:description",
        object_id=row.pk,
        object_name=row.reference_code,
        detail={"authority": point.chosen_id, "role": point.role},
    )


_REPOINT = """
    update catalogue_accesspoint p set authority_id = coalesce(a.merged_into_id, a.id)
    from authorities_authority a
    where p.chosen_id = a.id and a.id = any(%s) and p.authority_id <> coalesce(a.merged_into_id, a.id)
"""


class AccessPoints:
    """The links as the authorities know them: they are pointed along when records are merged or told apart."""

    def repoint(self, ctx: Ctx, chosen: Collection[int]) -> int:
        """See Holder: one statement, however many descriptions there are."""
        with connection.cursor() as cursor:
            cursor.execute(_REPOINT, [list(chosen)])
            return cursor.rowcount

    def renamed(self, ctx: Ctx, authority_ids: Collection[int]) -> None:
        """See Holder: the records are found by the names as they are now."""
        rows = AccessPoint.objects.filter(authority__in=authority_ids).order_by("description_id")
        last = 0
        while True:
            ids = list(
                rows.filter(description_id__gt=last)
                .values_list("description_id", flat=True)
                .distinct()[:_CHANGED_AT_ONCE]
            )
            if not ids:
                return
            last = ids[-1]
            search.changed(ctx, SOURCE, ids)

    def count(self, authority_ids: Collection[int]) -> int:
        """See Holder."""
        return AccessPoint.objects.filter(authority__in=authority_ids).count()

    def held(self, ctx: Ctx, authority_id: int) -> Sequence[Held]:
        """See Holder."""
        return queries.held_of(ctx, authority_id)
