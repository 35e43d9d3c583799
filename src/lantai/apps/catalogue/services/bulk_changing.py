"""A bulk change from what was chosen to its taking back."""

from __future__ import annotations

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import F, Model, QuerySet

from lantai.apps.catalogue import queries
from lantai.apps.catalogue.editing import (
    ApplyBulk,
    BulkAct,
    BulkNotThere,
    BulkState,
    FieldEdit,
    NothingChosen,
    TooManyChosen,
    UndoBulk,
)
from lantai.apps.catalogue.models import BulkChange, BulkRow
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries import bulk as reading
from lantai.apps.catalogue.services.bulk import apply_source, record
from lantai.apps.catalogue.types import Asked
from lantai.kit.errors import Missing
from lantai.kit.text.personal import mask
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.jobs import services as jobs

MOST_CHOSEN, CHUNK = 200_000, 1_000


@transaction.atomic
def choose(ctx: Ctx, *, rows: QuerySet[Model]) -> BulkChange:
    """Keep which rows are to be changed, as they stand now; only those the actor may describe.

    Raises ``NothingChosen``, ``TooManyChosen``.
    """
    mine = ctx.actor.orgs_with(P.ITEM_DESCRIBE)
    if not mine:
        raise NothingChosen
    bulk = _begin(ctx)
    wanted = rows.filter(custodian_id__in=mine)
    count = _keep(bulk, wanted)
    if count > MOST_CHOSEN:
        raise TooManyChosen(n=wanted.count(), most=MOST_CHOSEN)
    return _chosen(bulk, count)


@transaction.atomic
def choose_found(ctx: Ctx, *, asked: Asked) -> BulkChange:
    """Keep what a search finds for a change, part by part; only what the actor may describe.

    Raises ``NothingChosen``, ``TooManyChosen``, ``IndexMissing`` and what the grammar refuses.
    """
    mine = ctx.actor.orgs_with(P.ITEM_DESCRIBE)
    total, parts = queries.ids_found(ctx, asked, custodians=mine)
    if total > MOST_CHOSEN:
        raise TooManyChosen(n=total, most=MOST_CHOSEN)
    bulk = _begin(ctx)
    seen = queries.visible(ctx).filter(custodian_id__in=mine)
    return _chosen(bulk, sum(_keep(bulk, seen.filter(pk__in=part)) for part in parts))


def _begin(ctx: Ctx) -> BulkChange:
    return BulkChange.objects.create(
        custodian_id=ctx.org_id, actor_id=ctx.actor.id, actor_name=ctx.actor.name, made_at=ctx.now
    )


def _keep(bulk: BulkChange, rows: QuerySet[Model]) -> int:
    """Note rows as they stand now, one more than may be chosen at most; how many were noted."""
    wanted = rows.filter(merged_into__isnull=True).order_by().values_list("pk", "revision")
    try:
        sql, params = wanted.query.sql_with_params()
    except EmptyResultSet:  # nothing ticked: Django makes no query of that
        return 0
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO catalogue_bulkrow (bulk_id, description_id, revision)"
            f" SELECT %s, found.pk, found.revision FROM ({sql}) AS found(pk, revision)"
            f" ORDER BY found.pk LIMIT {MOST_CHOSEN + 1}",
            [bulk.pk, *params],
        )
        return cursor.rowcount


def _chosen(bulk: BulkChange, count: int) -> BulkChange:
    if not count:
        raise NothingChosen
    bulk.row_count = count
    bulk.save(update_fields=["row_count"])
    return bulk


@transaction.atomic
def start_bulk(ctx: Ctx, *, bulk_id: int, edit: FieldEdit, reason: str = "") -> BulkChange:
    """Change one field of all rows chosen, as a run; raises ``BulkNotThere``, ``ActUnfit``."""
    bulk = _locked(ctx, bulk_id, BulkState.PREVIEWED)
    field = next((one for one in reading.fields_for(ctx, bulk) if one.name == edit.name), None)
    if field is None:
        raise Missing
    reading.require_apt(field, edit)
    reading.expression_of(field, edit, reading.kinds_with(ctx, bulk, field))
    act = BulkAct(edit.act)
    bulk.summary = mask(f"{field.label}：{act.label} {edit.find} → {edit.value}" if edit.find else
                        f"{field.label}：{act.label} {edit.value}")[:300]  # fmt: skip
    bulk.changes = [{"name": edit.name, "act": edit.act, "value": edit.value, "find": edit.find}]
    bulk.reason, bulk.state = mask(reason)[:300], BulkState.RUNNING
    bulk.run = jobs.start(
        ctx,
        ApplyBulk(bulk.pk),
        label=bulk.summary[:120],
        total=bulk.row_count,
        about=("catalogue:bulk", bulk.pk),
    )
    bulk.save(update_fields=["summary", "changes", "reason", "state", "run"])
    record(ctx, bulk, "bulk_started")
    return bulk


def next_part(bulk: BulkChange, after: int) -> tuple[int, int]:
    """The last of the next rows chosen after ``after``, and how many they are; (0, 0) at the end."""
    ids = list(
        BulkRow.objects.filter(bulk=bulk, pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK]
    )
    return (ids[-1], len(ids)) if ids else (0, 0)


def apply_part(ctx: Ctx, bulk: BulkChange, after: int, upto: int) -> int:
    """Change the rows chosen between two places; how many changed. Called in the step of a run."""
    (said,) = bulk.changes
    edit = FieldEdit(said["name"], said["act"], said["value"], said["find"])
    field = next(one for one in reading.fields_for(ctx, bulk) if one.name == edit.name)
    found = reading.expression_of(field, edit, reading.kinds_with(ctx, bulk, field))
    place = {"of": bulk.pk, "after_id": after, "upto_id": upto}
    mine = {"mine": list(ctx.actor.orgs_with(P.ITEM_DESCRIBE))}
    ids = apply_source(ctx, bulk.pk, reading.source_of(found), {**found.params, **place, **mine})
    BulkChange.objects.filter(pk=bulk.pk).update(changed_count=F("changed_count") + len(ids))
    return len(ids)


@transaction.atomic
def finish_bulk(ctx: Ctx, *, bulk_id: int) -> BulkChange:
    """Say that a bulk change is done; rows that were changed by others meanwhile were left."""
    bulk = BulkChange.objects.select_for_update().get(pk=bulk_id)
    bulk.state, bulk.done_at = BulkState.DONE, ctx.now
    bulk.skipped_count = bulk.row_count - bulk.changed_count
    bulk.save(update_fields=["state", "done_at", "skipped_count"])
    record(ctx, bulk, "bulk_described")
    return bulk


@transaction.atomic
def undo_bulk(ctx: Ctx, *, bulk_id: int) -> BulkChange:
    """Take a bulk change back, as a run; rows that were changed since keep what they say now."""
    bulk = _locked(ctx, bulk_id, BulkState.DONE)
    bulk.state, bulk.undone_by = BulkState.RUNNING, ctx.actor.name
    bulk.run = jobs.start(ctx, UndoBulk(bulk.pk), total=bulk.changed_count, about=("catalogue:bulk", bulk.pk))
    bulk.save(update_fields=["state", "undone_by", "run"])
    record(ctx, bulk, "bulk_undo_started")
    return bulk


def next_versions(bulk: BulkChange, after: int) -> tuple[int, int]:
    """The last of the next versions that the change made after ``after``, and how many; (0, 0) at the end."""
    ids = list(bulk.versions.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:CHUNK])
    return (ids[-1], len(ids)) if ids else (0, 0)


def undo_part(ctx: Ctx, bulk: BulkChange, after: int, upto: int) -> int:
    """Take back the versions between two places; how many rows. Called in the step of a run."""
    mine = list(ctx.actor.orgs_with(P.ITEM_DESCRIBE))
    params = {"of": bulk.pk, "first": after + 1, "last": upto, "mine": mine}
    rows = apply_source(ctx, None, _UNDONE, params)
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS_OUT, {**params, "rows": rows})
        cursor.execute(_NUMBERS_BACK, {**params, "rows": rows})
    return len(rows)


@transaction.atomic
def finish_undo(ctx: Ctx, *, bulk_id: int) -> BulkChange:
    """Say that a bulk change was taken back."""
    bulk = BulkChange.objects.select_for_update().get(pk=bulk_id)
    bulk.state, bulk.undone_at = BulkState.UNDONE, ctx.now
    bulk.save(update_fields=["state", "undone_at"])
    record(ctx, bulk, "bulk_undone")
    return bulk


def _locked(ctx: Ctx, bulk_id: int, state: BulkState) -> BulkChange:
    seen = reading.get_bulk(ctx, bulk_id)
    policy.require(ctx, P.ITEM_DESCRIBE, seen.custodian_id)
    bulk = BulkChange.objects.select_for_update().get(pk=seen.pk)
    if bulk.state != state:
        raise BulkNotThere(state=str(BulkState(bulk.state).label))
    return bulk


_UNDONE = """
    SELECT d.id, d.revision, v.after AS before, v.before AS after
    FROM catalogue_descriptionversion v JOIN catalogue_description d ON d.id = v.description_id
    WHERE v.bulk_id = %(of)s AND v.id BETWEEN %(first)s AND %(last)s AND d.revision = v.revision
      AND d.custodian_id = ANY(%(mine)s)
    ORDER BY d.id FOR UPDATE OF d"""
# What was sealed before stands again, as a new state of its own; the seal is bound to row and field only.
_NUMBERS_BACK = """
    INSERT INTO catalogue_sealednumber (description_id, field, revision, is_current, key_number, sealed, tag)
    SELECT DISTINCT ON (n.description_id, n.field)
           n.description_id, n.field, v.revision + 1, n.sealed <> ''::bytea, n.key_number, n.sealed, n.tag
    FROM catalogue_descriptionversion v
    JOIN catalogue_sealednumber n ON n.description_id = v.description_id AND n.revision < v.revision
    WHERE v.bulk_id = %(of)s AND v.id BETWEEN %(first)s AND %(last)s AND v.description_id = ANY(%(rows)s)
      AND EXISTS (SELECT 1 FROM catalogue_sealednumber w WHERE w.description_id = v.description_id
                  AND w.field = n.field AND w.revision = v.revision)
    ORDER BY n.description_id, n.field, n.revision DESC"""
_NUMBERS_OUT = """
    UPDATE catalogue_sealednumber n SET is_current = false
    FROM catalogue_descriptionversion v
    WHERE v.bulk_id = %(of)s AND v.id BETWEEN %(first)s AND %(last)s AND v.description_id = ANY(%(rows)s)
      AND n.description_id = v.description_id AND n.revision = v.revision"""
