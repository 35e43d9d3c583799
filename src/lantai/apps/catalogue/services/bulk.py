"""Changing many descriptions at once: by one statement a chunk, with a version of each row and one way back."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

from django.db import connection, transaction

from lantai.apps.catalogue import queries, sealing
from lantai.apps.catalogue.editing import BulkResult, BulkState, Skipped
from lantai.apps.catalogue.models import BulkChange, Description
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries import bulk as reading
from lantai.apps.catalogue.queries.wording import scheme_of_row
from lantai.apps.catalogue.sealing import Number
from lantai.apps.catalogue.services.describing import Edit, edit_of
from lantai.apps.catalogue.types import EditedMeanwhile
from lantai.apps.kinds.types import KindScheme
from lantai.kit.errors import Missing, Refusal
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.search import services as search

CHUNK, MOST_NAMED = 1_000, 1_000
Changes = Iterable[tuple[int, int, Mapping[str, object]]]


@transaction.atomic
def describe_many(ctx: Ctx, *, changes: Changes, summary: str = "") -> BulkResult:
    """Change elements of many descriptions, each as it was read at its revision: ``(id, revision, {field: value})``.

    Rows that are not the actor's to describe, were changed since, or would get a value that is none, are left
    and named. What was done is one line of the ledger and is taken back by ``undo_bulk``.
    """
    bulk = BulkChange.objects.create(
        custodian_id=ctx.org_id,
        state=BulkState.DONE,
        summary=summary[:300],
        actor_id=ctx.actor.id,
        actor_name=ctx.actor.name,
        made_at=ctx.now,
        done_at=ctx.now,
    )
    total, changed, skipped = 0, 0, list[Skipped]()
    skipped_count, todo = 0, iter(changes)
    while chunk := list(islice(todo, CHUNK)):
        edits, left = _edits(ctx, chunk)
        total += len(chunk)
        changed += len(apply_edits(ctx, bulk.pk, edits))
        skipped_count += len(left)
        skipped += left[: MOST_NAMED - len(skipped)]
    bulk.row_count, bulk.changed_count, bulk.skipped_count = total, changed, skipped_count
    bulk.save(update_fields=["row_count", "changed_count", "skipped_count"])
    record(ctx, bulk, "described")
    return BulkResult(bulk.pk, changed, total - changed - skipped_count, skipped_count, tuple(skipped))


def _edits(
    ctx: Ctx, chunk: Sequence[tuple[int, int, Mapping[str, object]]]
) -> tuple[list[tuple[Description, Edit]], list[Skipped]]:
    mine = ctx.actor.orgs_with(P.ITEM_DESCRIBE)
    wanted = {pk for pk, _revision, _values in chunk}
    seen = queries.visible(ctx).filter(pk__in=wanted, custodian_id__in=mine).order_by("pk")
    rows = {row.pk: row for row in seen.select_for_update(of=("self",))}
    schemes: dict[tuple[int, int, int | None], KindScheme] = {}
    edits, left = list[tuple[Description, Edit]](), list[Skipped]()
    for pk, revision, values in chunk:
        row = rows.get(pk)
        if row is None:
            left.append(Skipped(pk, Missing.message))
        elif row.revision != revision:
            left.append(Skipped(pk, EditedMeanwhile.message))
        else:
            key = (row.kind_id, row.fonds.archives_id, row.kind_version_id)
            if key not in schemes:
                schemes[key] = scheme_of_row(row)
            try:
                edits.append((row, edit_of(row, schemes[key], values)))
            except Refusal as refusal:
                left.append(Skipped(pk, str(refusal)))
    return edits, left


def apply_edits(ctx: Ctx, bulk_id: int, edits: Sequence[tuple[Description, Edit]]) -> list[int]:
    """Write edits of rows that are locked; the ids of those that changed. Called in a transaction."""
    given = [
        {"id": row.pk, "revision": row.revision, "before": edit.before, "after": edit.after}
        for row, edit in edits
        if edit.after
    ]
    if not given:
        return []
    source = (
        "SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb)"
        " AS g(id bigint, revision int, before jsonb, after jsonb)"
    )
    ids = apply_source(ctx, bulk_id, source, {"rows": json.dumps(given, ensure_ascii=False)})
    by_revision: dict[int, list[Number]] = {}
    for row, edit in edits:
        for name, text in edit.numbers.items():
            by_revision.setdefault(row.revision + 1, []).append(Number(row.pk, name, text))
    for revision, numbers in by_revision.items():
        sealing.keep(numbers, revision=revision)
    return ids


def apply_source(ctx: Ctx, bulk_id: int | None, source: str, params: Mapping[str, object]) -> list[int]:
    """Change the rows that ``source`` gives (id, revision, before, after) where they stand at that revision.

    One statement: the rows, and a version of each. The ids of the rows that changed.
    """
    said = {"now": ctx.now, "editor": ctx.actor.id, "name": ctx.actor.name, "bulk": bulk_id}
    with connection.cursor() as cursor:
        cursor.execute(
            _APPLY.replace("{source}", source), {**params, **said, "columns": list(reading.COLUMNS)}
        )
        ids = [pk for (pk,) in cursor.fetchall()]
    search.changed(ctx, "catalogue", ids)
    return ids


def record(ctx: Ctx, bulk: BulkChange, past: str) -> None:
    """The one line of the ledger that a bulk act leaves."""
    ledger.record(
        ctx,
        f"catalogue:rows:{past}",
        object_type="catalogue:bulk",
        object_id=bulk.pk,
        object_name=bulk.summary[:200],
        detail={
            "chosen": bulk.row_count,
            "changed": bulk.changed_count,
            "skipped": bulk.skipped_count,
            "fields": ",".join(sorted({str(one.get("name", "")) for one in bulk.changes})),
        },
    )


# A field that is no column lies in `metadata`; null there means that it is taken out.
_APPLY = """
WITH given AS MATERIALIZED ({source}),
changed AS (
    UPDATE catalogue_description d SET
        title = CASE WHEN g.after ? 'title' THEN g.after->>'title' ELSE d.title END,
        author = CASE WHEN g.after ? 'author' THEN g.after->>'author' ELSE d.author END,
        document_number =
            CASE WHEN g.after ? 'document_number' THEN g.after->>'document_number' ELSE d.document_number END,
        dated_on = CASE WHEN g.after ? 'dated_on' THEN (g.after->>'dated_on')::date ELSE d.dated_on END,
        page_count = CASE WHEN g.after ? 'page_count' THEN (g.after->>'page_count')::int ELSE d.page_count END,
        note = CASE WHEN g.after ? 'note' THEN g.after->>'note' ELSE d.note END,
        persons = CASE WHEN g.after ? 'persons'
            THEN ARRAY(SELECT jsonb_array_elements_text(g.after->'persons')) ELSE d.persons END,
        metadata = (d.metadata - ARRAY(SELECT jsonb_object_keys(g.after - %(columns)s::text[])))
            || jsonb_strip_nulls(g.after - %(columns)s::text[]),
        revision = d.revision + 1,
        updated_at = %(now)s
    FROM given g WHERE d.id = g.id AND d.revision = g.revision
    RETURNING d.id, d.revision
)
INSERT INTO catalogue_descriptionversion
    (description_id, revision, before, after, editor_id, editor_name, changed_at, bulk_id)
SELECT c.id, c.revision, g.before, g.after, %(editor)s, %(name)s, %(now)s, %(bulk)s
FROM changed c JOIN given g ON g.id = c.id
RETURNING description_id
"""
