"""Carrying out a plan over rows, and taking it back: versions, former codes and feed by a statement each."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import IntegrityError, connection, transaction
from django.db.models import F

from lantai.apps.catalogue import queries
from lantai.apps.catalogue.models import Description, FormerCode, RearrangedRow, Rearrangement
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.services import inheriting
from lantai.apps.catalogue.tree import (
    AlreadyUndone,
    CannotUndo,
    CodeFrozen,
    Deed,
    FormerCodeTaken,
    Plan,
    PlanLine,
    PlanStale,
)
from lantai.apps.catalogue.types import ReferenceCodeTaken
from lantai.platform.accounts import policy
from lantai.platform.context import Ctx
from lantai.platform.ledger import services as ledger
from lantai.platform.search import services as search

SOURCE = "catalogue"
_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Done:
    """An act that was done; ``count`` says how many rows it changed."""

    act: Rearrangement
    count: int


def lock(fonds_id: int) -> None:
    """One act on the tree of a fonds at a time: two moves could make a circle that neither sees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM holdings_fonds WHERE id = %s FOR NO KEY UPDATE", [fonds_id])


def check(plan: Plan, digest: str, reason: str) -> None:
    """Raise ``PlanStale`` where something else would be done than was previewed, ``CodeFrozen`` without reason."""
    if digest and digest != plan.digest:
        raise PlanStale
    if plan.needs_reason and not reason.strip():
        frozen = [line for line in plan.lines if line.is_frozen and line.is_renamed]
        raise CodeFrozen(count=len(frozen), code=frozen[0].code, field="reason")


def begin(
    ctx: Ctx,
    deed: Deed,
    row: Description,
    summary: str,
    reason: str,
    ids: Iterable[int],
    made: Collection[int] = (),
) -> Rearrangement:
    """Note an act on rows as it left them; ``made`` names those that it made."""
    wanted = list(ids)
    act = Rearrangement.objects.create(
        deed=deed,
        fonds_id=row.fonds_id,
        custodian_id=row.custodian_id,
        summary=summary[:300],
        reason=reason.strip()[:300],
        row_count=len(wanted),
        actor_id=ctx.actor.id,
        actor_name=ctx.actor.name,
        done_at=ctx.now,
    )
    revisions = Description.objects.filter(pk__in=wanted).values_list("pk", "revision")
    RearrangedRow.objects.bulk_create(
        (
            RearrangedRow(rearrangement=act, description_id=pk, revision=revision, is_made=pk in made)
            for pk, revision in revisions
        ),
        batch_size=_BATCH,
    )
    return act


def carry_out(ctx: Ctx, plan: Plan, *, first: Description, reason: str, made: Collection[int] = ()) -> Done:
    """Do what a plan says to rows of one fonds and custodian, in the caller's transaction and under its lock."""
    changed = [line for line in plan.lines if line.is_changed]
    _hold(first, changed)
    _refuse_taken(first.fonds_id, changed)
    _write_versions(ctx, changed)
    _keep_codes(ctx, Deed(plan.deed), changed)
    _write_rows(ctx, changed)
    ids = [line.id for line in changed]
    act = begin(ctx, Deed(plan.deed), first, plan.summary, reason, [*ids, *made], made)
    FormerCode.objects.filter(rearrangement=None, until=ctx.now, description_id__in=_led(changed)).update(
        rearrangement=act
    )
    inheriting.spread(ctx, [line.id for line in changed if line.is_moved])
    _tell(ctx, [*ids, *made, *_led(changed)])
    ledger.record(
        ctx,
        f"catalogue:tree:{plan.deed}",
        object_type="catalogue:rearrangement",
        object_id=act.pk,
        object_name=act.summary,
        detail={"rows": len(ids), "renamed": plan.renamed, "rearrangement": act.pk},
    )
    return Done(act, len(ids))


def _hold(first: Description, changed: list[PlanLine]) -> None:
    """Lock the rows; raise ``PlanStale`` where one was edited or handed over since the plan was made."""
    ids = [line.id for line in changed]
    rows = Description.objects.filter(pk__in=ids).order_by("pk").select_for_update(no_key=True)
    held = {
        pk: (revision, keeper) for pk, revision, keeper in rows.values_list("pk", "revision", "custodian_id")
    }
    if any(held.get(line.id) != (line.revision, first.custodian_id) for line in changed):
        raise PlanStale


def _led(changed: list[PlanLine]) -> list[int]:
    """The rows that former codes of the act lead to."""
    return [line.merged_into or line.id for line in changed if line.merged_into or line.is_renamed]


def _refuse_taken(fonds_id: int, changed: list[PlanLine]) -> None:
    new = {(line.level, line.new_code): line for line in changed if line.is_renamed}
    ids = {line.id for line in changed}
    codes = [code for _level, code in new]
    for row in Description.objects.filter(fonds_id=fonds_id, reference_code__in=codes).exclude(pk__in=ids):
        if (row.level, row.reference_code) in new:
            raise ReferenceCodeTaken(code=row.reference_code, title=row.title, field="reference_code")
    former = FormerCode.objects.filter(code__in=codes, description__fonds_id=fonds_id)
    for one in former.select_related("description"):
        line = new.get((one.description.level, one.code))
        if line is not None and line.id != one.description_id:
            raise FormerCodeTaken(code=one.code, title=one.description.title, field="reference_code")


_PLANNED = """
    unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[]) AS n(id, parent_id, code, merged_into_id)
    JOIN catalogue_description d ON d.id = n.id
"""
_DIFFERING = """
    CASE WHEN {d}reference_code <> {o}code THEN jsonb_build_object('reference_code', {v}code) ELSE '{{}}' END
    || CASE WHEN {d}parent_id IS DISTINCT FROM {o}parent_id THEN jsonb_build_object('parent', {v}parent_id)
       ELSE '{{}}' END
    || CASE WHEN {d}merged_into_id IS DISTINCT FROM {o}merged_into_id
       THEN jsonb_build_object('merged_into', {v}merged_into_id) ELSE '{{}}' END
"""


def _planned(changed: list[PlanLine]) -> list[object]:
    return [
        [line.id for line in changed],
        [line.new_parent_id for line in changed],
        [line.new_code for line in changed],
        [line.merged_into for line in changed],
    ]


def _write_versions(ctx: Ctx, changed: list[PlanLine]) -> None:
    before = _DIFFERING.format(d="d.", o="n.", v="d.").replace("d.code", "d.reference_code")
    after = _DIFFERING.format(d="d.", o="n.", v="n.")
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO catalogue_descriptionversion"
            " (description_id, revision, before, after, editor_id, editor_name, changed_at)"
            f" SELECT d.id, d.revision + 1, {before}, {after}, %s, %s, %s FROM {_PLANNED}",
            [ctx.actor.id, ctx.actor.name, ctx.now, *_planned(changed)],
        )


def _keep_codes(ctx: Ctx, deed: Deed, changed: list[PlanLine]) -> None:
    """A row that gets another code is found by the one it had; so is what it was merged into."""
    had = [
        FormerCode(description_id=line.merged_into or line.id, code=line.code, until=ctx.now, act=deed)
        for line in changed
        if line.merged_into or line.is_renamed
    ]
    FormerCode.objects.bulk_create(had, batch_size=_BATCH)


def _write_rows(ctx: Ctx, changed: list[PlanLine]) -> None:
    # Codes change places within one act (001 and 002): none may be taken at any instant of the statement.
    renamed = [line.id for line in changed if line.is_renamed]
    with connection.cursor() as cursor:
        if renamed:
            cursor.execute(
                "UPDATE catalogue_description SET reference_code = '~' || id WHERE id = ANY(%s)", [renamed]
            )
        cursor.execute(
            "UPDATE catalogue_description t SET reference_code = n.code, parent_id = n.parent_id,"
            " merged_into_id = n.merged_into_id, revision = t.revision + 1, updated_at = %s"
            " FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[])"
            " AS n(id, parent_id, code, merged_into_id) WHERE t.id = n.id",
            [ctx.now, *_planned(changed)],
        )


def _tell(ctx: Ctx, ids: list[int]) -> None:
    for start in range(0, len(ids), _BATCH):
        search.changed(ctx, SOURCE, ids[start : start + _BATCH])


@transaction.atomic
def undo(ctx: Ctx, *, rearrangement_id: int) -> Done:
    """Take an act back, as a change of its own; raises ``AlreadyUndone`` and ``CannotUndo``."""
    act = queries.get_rearrangement(ctx, rearrangement_id)
    policy.require(ctx, P.ITEM_ARRANGE, act.custodian_id)
    lock(act.fonds_id)
    act = Rearrangement.objects.select_for_update(no_key=True).get(pk=act.pk)
    if act.undone_at is not None:
        raise AlreadyUndone
    _refuse_changed(act)
    kept = list(act.rows.filter(is_made=False).values_list("description_id", flat=True))
    led = list(act.former_codes.values_list("description_id", flat=True))
    act.former_codes.all().delete()
    _write_back(ctx, act)
    made = list(act.rows.filter(is_made=True).values_list("description_id", flat=True))
    try:
        with transaction.atomic():
            Description.objects.filter(pk__in=made).delete()
    except IntegrityError as held:
        raise _cannot(act, made) from held
    inheriting.spread(ctx, kept)
    _tell(ctx, [*kept, *made, *led])
    act.undone_at, act.undone_by = ctx.now, ctx.actor.name
    act.save(update_fields=["undone_at", "undone_by"])
    ledger.record(
        ctx,
        "catalogue:tree:undone",
        object_type="catalogue:rearrangement",
        object_id=act.pk,
        object_name=act.summary,
        detail={"rows": len(kept), "rearrangement": act.pk}
        | ({"first": min(made), "last": max(made)} if made else {}),  # rows that are no more
    )
    return Done(act, len(kept))


def _refuse_changed(act: Rearrangement) -> None:
    later = act.rows.exclude(description__revision=F("revision"))
    made = act.rows.filter(is_made=True).values("description_id")
    own = act.rows.values("description_id")
    newer = Description.objects.filter(parent_id__in=made).exclude(pk__in=own)
    ids = [*later.values_list("description_id", flat=True), *newer.values_list("pk", flat=True)]
    if ids:
        raise _cannot(act, ids)


def _cannot(act: Rearrangement, ids: list[int]) -> CannotUndo:
    code = Description.objects.filter(pk=ids[0]).values_list("reference_code", flat=True).first()
    return CannotUndo(count=len(ids), code=code or "")


_BEFORE = """
    FROM catalogue_rearrangedrow r
    JOIN catalogue_descriptionversion v ON v.description_id = r.description_id AND v.revision = r.revision
    WHERE r.rearrangement_id = %(act)s AND NOT r.is_made
"""


def _write_back(ctx: Ctx, act: Rearrangement) -> None:
    params = {"act": act.pk, "now": ctx.now, "editor": ctx.actor.id, "name": ctx.actor.name}
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO catalogue_descriptionversion"
            " (description_id, revision, before, after, editor_id, editor_name, changed_at)"
            f" SELECT v.description_id, v.revision + 1, v.after, v.before, %(editor)s, %(name)s, %(now)s {_BEFORE}",
            params,
        )
        cursor.execute(
            "UPDATE catalogue_description SET reference_code = '~' || id WHERE id IN"
            f" (SELECT v.description_id {_BEFORE} AND jsonb_exists(v.before, 'reference_code'))",
            params,
        )
        cursor.execute(
            "UPDATE catalogue_description t SET revision = t.revision + 1, updated_at = %(now)s,"
            " reference_code = coalesce(b.was->>'reference_code', t.reference_code),"
            " parent_id = CASE WHEN jsonb_exists(b.was, 'parent') THEN (b.was->>'parent')::bigint"
            " ELSE t.parent_id END,"
            " merged_into_id = CASE WHEN jsonb_exists(b.was, 'merged_into')"
            " THEN (b.was->>'merged_into')::bigint ELSE t.merged_into_id END,"
            " openness = coalesce(b.was->>'openness', t.openness),"
            " retention = coalesce(b.was->>'retention', t.retention),"
            " custodian_id = coalesce((b.was->>'custodian')::bigint, t.custodian_id),"
            " inherits = CASE WHEN jsonb_exists(b.was, 'inherits')"
            " THEN ARRAY(SELECT jsonb_array_elements_text(b.was->'inherits'))::varchar[] ELSE t.inherits END"
            f" FROM (SELECT v.description_id, v.before AS was {_BEFORE}) b WHERE t.id = b.description_id",
            params,
        )
