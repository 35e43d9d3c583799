"""Looking at a fonds, some rows at a time; every step commits with the figures it adds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Model, Q, QuerySet
from django.utils import timezone

from lantai.apps.catalogue import queries as catalogue
from lantai.apps.catalogue import services as editing
from lantai.apps.kinds import queries as kinds
from lantai.apps.quality import queries
from lantai.apps.quality.models import Finding, Snapshot
from lantai.apps.quality.permissions import P
from lantai.apps.quality.types import ILLEGAL, OBJECT, CountingAlready, CountQuality, Fault, Weights
from lantai.platform.accounts import policy
from lantai.platform.context import Channel, Ctx, system_ctx
from lantai.platform.jobs import services as jobs
from lantai.platform.ledger import services as ledger

if TYPE_CHECKING:
    from lantai.apps.catalogue.models import BulkChange, Description
    from lantai.apps.kinds.types import KindScheme

ROWS_A_STEP = 2_000
_KEPT_SNAPSHOTS = 400
_MOST_STARTED = 50


@transaction.atomic
def count(ctx: Ctx, *, fonds_id: int) -> Snapshot:
    """Begin to look at a fonds; raises ``CountingAlready``."""
    fonds = policy.one(queries.fonds_of(ctx), pk=fonds_id)
    policy.require(ctx, P.QUALITY_COUNT, fonds.archives_id)
    row = _begin(ctx, fonds.pk, str(fonds))
    ledger.record(ctx, f"{OBJECT}:begun", object_type=OBJECT, object_id=row.pk, object_name=str(fonds))
    return row


def _begin(ctx: Ctx, fonds_id: int, name: str) -> Snapshot:
    row = Snapshot(fonds_id=fonds_id, began_at=ctx.now)
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as going_on:
        raise CountingAlready(fonds=name) from going_on
    jobs.start(
        ctx,
        CountQuality(row.pk),
        org_id=queries.own_custodian(fonds_id),
        about=(OBJECT, row.pk),
        is_quiet=True,
    )
    return row


def mend(ctx: Ctx, *, faults: QuerySet[Model]) -> BulkChange:
    """Choose the descriptions that have these faults, to be changed together; raises what choosing refuses."""
    rows = catalogue.visible(ctx).filter(pk__in=faults.order_by().values("description"))
    return editing.choose(ctx, rows=rows)


def count_due_now() -> None:
    """For the worker's schedule: begin with the fonds that were not looked at for long."""
    ctx = system_ctx(Channel.JOB)
    for fonds_id in list(queries.due(timezone.now())[:_MOST_STARTED]):  # type: ignore[index]
        try:
            with transaction.atomic():
                _begin(ctx, fonds_id, str(fonds_id))
        except CountingAlready:
            continue


def next_rows(row: Snapshot, after: tuple[str, str] | None) -> list[Description]:
    """The next descriptions of the fonds that its archives keeps, by code and level."""
    rows = catalogue.standing().filter(fonds=row.fonds_id, custodian_id=queries.own_custodian(row.fonds_id))
    if after is not None:
        code, level = after
        # The first condition is implied by the second; it is what lets the index start at the place.
        rows = rows.filter(Q(reference_code__gte=code)).filter(
            Q(reference_code__gt=code) | Q(reference_code=code, level__gt=level)
        )
    return list(rows.order_by("reference_code", "level")[:ROWS_A_STEP])


def look_at(row: Snapshot, rows: Sequence[Description]) -> None:
    """Check rows against the fields of their kinds and add what was found to the figures."""
    schemes = kinds.schemes_of({one.kind_id for one in rows}, queries.own_custodian(row.fonds_id))
    found = [finding for one in rows for finding in _faults(row, one, schemes.get(one.kind_id))]
    Finding.objects.bulk_create(found, batch_size=2_000)
    missing = {one.description_id for one in found if one.fault == Fault.MISSING}
    illegal = {one.description_id for one in found if one.fault in ILLEGAL}
    Snapshot.objects.filter(pk=row.pk).update(
        row_count=F("row_count") + len(rows),
        item_count=F("item_count") + sum(one.level in queries.ITEMS for one in rows),
        missing_count=F("missing_count") + len(missing),
        illegal_count=F("illegal_count") + len(illegal),
    )


def _faults(row: Snapshot, one: Description, scheme: KindScheme | None) -> list[Finding]:
    if scheme is None or one.level not in queries.ITEMS:
        return []
    values = {
        field.name: getattr(one, field.column) if field.column else one.metadata.get(field.name)
        for field in scheme.fields
    }
    return [
        Finding(
            snapshot=row,
            description=one,
            field=problem.field.name[:64],
            label=problem.field.label[:80],
            fault=problem.code,
        )
        for problem in kinds.problems(scheme, values)
    ]


_DUPLICATES = """
    insert into quality_finding (snapshot_id, description_id, field, label, fault)
    select %(snapshot)s, d.id, '', '', 'duplicate' from (
        select id, count(*) over (partition by title, author, dated_on, document_number, parent_id) as n
        from catalogue_description
        where fonds_id = %(fonds)s and custodian_id = %(custodian)s and merged_into_id is null
            and level in ('item', 'component') and title <> '' and not ('' = document_number and dated_on is null)
    ) d where d.n > 1
"""
_CONTENT = """
    with items as (
        select package_id, item_key, page_count from catalogue_description
        where fonds_id = %(fonds)s and custodian_id = %(custodian)s and merged_into_id is null
            and level in ('item', 'component')
    ), files as (
        select package_id, item_key, sum(page_count) as pages, bool_or(text <> '') as has_text
        from custody_contentfile where package_id in (select package_id from items) group by 1, 2
    )
    select count(f.package_id), count(*) filter (where f.has_text), coalesce(sum(i.page_count), 0),
        coalesce(sum(least(f.pages, i.page_count)), 0)
    from items i left join files f on f.package_id = i.package_id and f.item_key = i.item_key
"""


def find_duplicates(row: Snapshot) -> None:
    """Items that agree in title, author, date and number within one unit: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_DUPLICATES, {**_whose(row), "snapshot": row.pk})
        Snapshot.objects.filter(pk=row.pk).update(duplicate_count=cursor.rowcount)


def count_content(row: Snapshot) -> None:
    """How many items have content and text, and how many pages of those described are there: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_CONTENT, _whose(row))
        linked, fulltext, pages, digitised = cursor.fetchone()
    Snapshot.objects.filter(pk=row.pk).update(
        linked_count=linked, fulltext_count=fulltext, page_count=pages, digitised_page_count=digitised
    )


def _whose(row: Snapshot) -> dict[str, int]:
    return {"fonds": row.fonds_id, "custodian": queries.own_custodian(row.fonds_id)}


def finish(ctx: Ctx, *, snapshot_id: int) -> Snapshot:
    """Score the figures and put them in the place of the former ones, whose lists go."""
    row = Snapshot.objects.select_for_update().get(pk=snapshot_id)
    row.faulty_count = row.findings.values("description").distinct().count()
    row.score = score_of(row, queries.weights(timezone.localdate(ctx.now)))
    Snapshot.objects.filter(fonds=row.fonds_id, is_latest=True).update(is_latest=False)
    row.is_latest, row.finished_at = True, timezone.now()
    row.save()
    former = Snapshot.objects.filter(fonds=row.fonds_id, is_latest=False, finished_at__isnull=False)
    Finding.objects.filter(snapshot__in=former).delete()
    old = former.order_by("-began_at", "-pk").values_list("pk", flat=True)[_KEPT_SNAPSHOTS:]
    Snapshot.objects.filter(pk__in=list(old)).delete()
    return row


def score_of(row: Snapshot, by: Weights) -> int | None:
    """Tenths of a point out of a hundred; a share of nothing counts neither way. None for an empty fonds."""
    shares = [
        (by.complete, row.row_count - row.missing_count, row.row_count),
        (by.legal, row.row_count - row.illegal_count, row.row_count),
        (by.unique, row.row_count - row.duplicate_count, row.row_count),
        (by.linked, row.linked_count, row.item_count),
        (by.digitised, row.digitised_page_count, row.page_count),
        (by.fulltext, row.fulltext_count, row.linked_count),
    ]
    counted = [(weight, max(0, good), of) for weight, good, of in shares if of]
    whole = sum(weight for weight, _good, _of in counted)
    if not whole or not row.row_count:
        return None
    return round(1000 * sum(weight * min(good, of) / of for weight, good, of in counted) / whole)
