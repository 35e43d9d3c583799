"""The tree for machines: windows of it, acts on it with a plan before each, and further arrangements."""

from __future__ import annotations

from django.http import HttpRequest
from ninja import Router

from lantai.apps.catalogue import queries, services
from lantai.apps.catalogue.models import Arrangement, Rearrangement
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries import numbering, planning
from lantai.apps.catalogue.services.rearranging import Done
from lantai.apps.catalogue.tree import Inherited, NothingStated, PlacedBy, Plan, TreeWindow
from lantai.apps.catalogue.tree_schemas import (
    AboveOut,
    ArrangementIn,
    ArrangementOut,
    ArrangementsOut,
    DoneOut,
    DonesOut,
    FormerCodeOut,
    MergeUnitsIn,
    MoveIn,
    NodeOut,
    NumberIn,
    OriginOut,
    PlacedOut,
    PlaceOut,
    PlaceRecordsIn,
    PlacesOut,
    RearrangedOut,
    RearrangedRowOut,
    SplitIn,
    StateIn,
    UnitIn,
    UnitOut,
    WindowOut,
)
from lantai.apps.holdings import queries as holdings
from lantai.platform.gates import needs
from lantai.platform.ui.context import ctx_of
from lantai.platform.ui.keyset import page_of
from lantai.platform.ui.schemas import CountOut

router = Router(tags=["catalogue"])


@router.get("/tree/{fonds_id}", response=WindowOut)
@needs(P.ITEM_READ)
def list_top(
    request: HttpRequest, fonds_id: int, after: int = 0, filter: str = "", limit: int = 50
) -> WindowOut:
    """What lies directly under a fonds, by code; `filter` asks for codes that begin so, else for those that hold it."""
    fonds = holdings.get_fonds(ctx_of(request), fonds_id)
    return _window(queries.tree_window(ctx_of(request), fonds, after=after, limit=limit, filter_text=filter))


@router.get("/items/{item_id}/children", response=WindowOut)
@needs(P.ITEM_READ)
def list_children(
    request: HttpRequest, item_id: int, after: int = 0, filter: str = "", limit: int = 50
) -> WindowOut:
    """What lies directly under a unit."""
    row = queries.get(ctx_of(request), item_id)
    return _window(queries.tree_window(ctx_of(request), row, after=after, limit=limit, filter_text=filter))


@router.get("/items/{item_id}/place", response=PlaceOut)
@needs(P.ITEM_READ)
def get_place(request: HttpRequest, item_id: int) -> PlaceOut:
    """Where a row lies."""
    ctx = ctx_of(request)
    row = queries.get(ctx, item_id)
    return PlaceOut(
        above=[
            AboveOut(id=one.pk, level=one.level, reference_code=one.reference_code, title=one.title)
            for one in queries.ancestors(ctx, row)
        ],
        origins=[OriginOut(name=one.name, id=one.id, label=one.label) for one in queries.origins(ctx, row)],
        former_codes=[
            FormerCodeOut(code=one.code, until=one.until, act=one.act) for one in queries.former_codes(row)
        ],
        below=queries.counts_below(ctx, row),
    )


@router.get("/by-code", response=list[UnitOut])
@needs(P.ITEM_READ)
def list_by_code(request: HttpRequest, code: str) -> list[UnitOut]:
    """The rows that have a code now, or had it where none has; at most 50."""
    found = queries.of_code(ctx_of(request), code.replace("\x00", "")[:200])[:50]
    return [UnitOut(id=row.pk, level=row.level, reference_code=row.reference_code) for row in found]


@router.post("/units", response={201: UnitOut})
@needs(P.ITEM_ARRANGE)
def make_unit(request: HttpRequest, unit: UnitIn) -> tuple[int, UnitOut]:
    """Make a series, a file or a component."""
    row = services.make_unit(ctx_of(request), **unit.dict())
    return 201, UnitOut(id=row.pk, level=row.level, reference_code=row.reference_code)


@router.post("/items/{item_id}/state", response=CountOut)
@needs(P.ITEM_ARRANGE)
def state(request: HttpRequest, item_id: int, said: StateIn) -> CountOut:
    """Let a unit say an element for what lies below; `count` rows followed."""
    if said.name not in Inherited.values:
        raise NothingStated(value=said.name, name="name", field="name")
    return CountOut(count=services.state(ctx_of(request), description_id=item_id, **said.dict()).count)


@router.post("/rearrangements/move", response=RearrangedOut)
@needs(P.ITEM_ARRANGE)
def move(request: HttpRequest, asked: MoveIn) -> RearrangedOut:
    """Put rows under another unit."""
    ctx = ctx_of(request)
    plan = planning.plan_move(ctx, ids=asked.ids, to_id=asked.to_id)
    if asked.dry_run:
        return _planned(plan)
    done = services.move(
        ctx, ids=asked.ids, to_id=asked.to_id, reason=asked.reason, digest=asked.digest or plan.digest
    )
    return _planned(plan, done)


@router.post("/rearrangements/merge", response=RearrangedOut)
@needs(P.ITEM_ARRANGE)
def merge(request: HttpRequest, asked: MergeUnitsIn) -> RearrangedOut:
    """Merge files, or series, into one of their kind."""
    ctx = ctx_of(request)
    plan = planning.plan_merge(ctx, ids=asked.ids, into_id=asked.into_id)
    if asked.dry_run:
        return _planned(plan)
    done = services.merge(
        ctx, ids=asked.ids, into_id=asked.into_id, reason=asked.reason, digest=asked.digest or plan.digest
    )
    return _planned(plan, done)


@router.post("/rearrangements/split", response=RearrangedOut)
@needs(P.ITEM_ARRANGE)
def split(request: HttpRequest, asked: SplitIn) -> RearrangedOut:
    """Take rows out of a unit into a new one beside it."""
    ctx = ctx_of(request)
    plan = planning.plan_split(ctx, unit_id=asked.unit_id, ids=asked.ids, code=asked.code)
    if asked.dry_run:
        return _planned(plan)
    done = services.split(
        ctx,
        unit_id=asked.unit_id,
        ids=asked.ids,
        title=asked.title,
        code=asked.code,
        reason=asked.reason,
        digest=asked.digest or plan.digest,
    )
    return _planned(plan, done)


@router.post("/rearrangements/number", response=RearrangedOut)
@needs(P.ITEM_ARRANGE)
def number(request: HttpRequest, asked: NumberIn) -> RearrangedOut:
    """Give codes by a rule."""
    ctx = ctx_of(request)
    rule = numbering.Asked(
        style=asked.style,
        width=asked.width,
        parts=None if asked.parts is None else tuple(asked.parts),
        start=asked.start,
        order=asked.order,
    )
    plan = numbering.plan_numbering(ctx, ids=asked.ids, asked=rule)
    if asked.dry_run:
        return _planned(plan)
    done = services.number(
        ctx, ids=asked.ids, asked=rule, reason=asked.reason, digest=asked.digest or plan.digest
    )
    return _planned(plan, done)


@router.get("/rearrangements", response=DonesOut)
@needs(P.ITEM_READ)
def list_rearrangements(request: HttpRequest, after: int = 0) -> DonesOut:
    """What was done to the tree, in the order of the ids, 200 at a time."""
    found, following = page_of(queries.rearrangements(ctx_of(request)), after=after)
    return DonesOut(items=[_done(act) for act in found], next=str(following or ""))


@router.post("/rearrangements/{rearrangement_id}/undo", response=DoneOut)
@needs(P.ITEM_ARRANGE)
def undo(request: HttpRequest, rearrangement_id: int) -> DoneOut:
    """Take an act back."""
    return _done(services.undo(ctx_of(request), rearrangement_id=rearrangement_id).act)


@router.get("/arrangements", response=ArrangementsOut)
@needs(P.ITEM_READ)
def list_arrangements(request: HttpRequest, after: int = 0) -> ArrangementsOut:
    """Further arrangements, 200 at a time."""
    found, following = page_of(queries.arrangements(ctx_of(request)), after=after)
    return ArrangementsOut(items=[_arrangement(one) for one in found], next=str(following or ""))


@router.post("/arrangements", response={201: ArrangementOut})
@needs(P.ITEM_ARRANGE)
def make_arrangement(request: HttpRequest, asked: ArrangementIn) -> tuple[int, ArrangementOut]:
    """Make an arrangement; with a rule it is filled at once."""
    if wrong := next((one for one in asked.rule if one not in PlacedBy.values), ""):
        raise NothingStated(value=wrong, name="rule", field="rule")
    made = services.make_arrangement(
        ctx_of(request), fonds_id=asked.fonds_id, name=asked.name, rule=asked.rule
    )
    return 201, _arrangement(made)


@router.get("/arrangements/{arrangement_id}/places", response=PlacesOut)
@needs(P.ITEM_READ)
def list_places(
    request: HttpRequest, arrangement_id: int, under: int | None = None, after: int = 0
) -> PlacesOut:
    """What lies under a heading of an arrangement, or at its top."""
    ctx = ctx_of(request)
    found = queries.get_arrangement(ctx, arrangement_id)
    parent = None if under is None else queries.get_placement(found, under)
    window = queries.placement_window(ctx, found, parent, after=after)
    places = [
        PlacedOut(
            id=one.pk,
            heading=one.heading,
            item_id=one.description_id,
            reference_code=one.description.reference_code if one.description else "",
            count=count,
        )
        for one, count in window.places
    ]
    return PlacesOut(places=places, next=window.after)


@router.post("/arrangements/{arrangement_id}/places", response=CountOut)
@needs(P.ITEM_ARRANGE)
def place(request: HttpRequest, arrangement_id: int, asked: PlaceRecordsIn) -> CountOut:
    """Put records by hand."""
    done = services.place_written(ctx_of(request), arrangement_id=arrangement_id, **asked.dict())
    return CountOut(count=done.count)


@router.post("/arrangements/{arrangement_id}/fill", response=CountOut)
@needs(P.ITEM_ARRANGE)
def fill(request: HttpRequest, arrangement_id: int) -> CountOut:
    """Follow the rule anew."""
    return CountOut(count=services.fill(ctx_of(request), arrangement_id=arrangement_id))


@router.delete("/arrangements/{arrangement_id}", response={204: None})
@needs(P.ITEM_ARRANGE)
def remove_arrangement(request: HttpRequest, arrangement_id: int) -> tuple[int, None]:
    """Remove an arrangement; the records stay."""
    services.remove_arrangement(ctx_of(request), arrangement_id=arrangement_id)
    return 204, None


def _window(window: TreeWindow) -> WindowOut:
    nodes = [
        NodeOut(
            id=one.id,
            reference_code=one.reference_code,
            title=one.title,
            level=one.level,
            child_count=one.child_count,
            is_beyond=one.is_beyond,
        )
        for one in window.nodes
    ]
    return WindowOut(nodes=nodes, total=window.total, is_beyond=window.is_beyond, next=window.after)


def _planned(plan: Plan, done: Done | None = None) -> RearrangedOut:
    return RearrangedOut(
        id=done.act.pk if done else None,
        deed=plan.deed,
        summary=plan.summary,
        digest=plan.digest,
        needs_reason=plan.needs_reason,
        rows=len(plan.lines),
        renamed=plan.renamed,
        lines=[RearrangedRowOut.from_orm(line) for line in plan.lines],
    )


def _done(act: Rearrangement) -> DoneOut:
    return DoneOut(
        id=act.pk,
        deed=act.deed,
        summary=act.summary,
        rows=act.row_count,
        done_at=act.done_at,
        undone_at=act.undone_at,
    )


def _arrangement(found: Arrangement) -> ArrangementOut:
    return ArrangementOut(
        id=found.pk, name=found.name, fonds=found.fonds.code, rule=found.rule, filled_at=found.filled_at
    )
