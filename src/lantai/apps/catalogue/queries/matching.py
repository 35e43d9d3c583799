"""What a search that is kept as data finds, page after page, for those who act on all of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import datetime

from django.http import QueryDict

from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries import asking
from lantai.apps.catalogue.queries.addresses import asked_from
from lantai.apps.catalogue.queries.indexing import SOURCE
from lantai.apps.catalogue.types import Asked, IndexMissing
from lantai.platform.context import Actor, Channel, Ctx, new_request_id
from lantai.platform.search import services as search
from lantai.platform.search.types import MOST_ROWS, Among, Field, Sort

_READS = (P.ITEM_READ, "holdings:fonds:read")  # the second lets a search name a fonds


def keeper(org_id: int, now: datetime) -> Ctx:
    """The context of work on all that one organisation keeps, whoever asked for it first."""
    grants = {str(permission): frozenset({org_id}) for permission in _READS}
    actor = Actor(id=None, name="", org_ids=frozenset({org_id}), grants=grants, is_system=True)
    return Ctx(actor, org_id, "", now, new_request_id(), Channel.JOB)


def ids_found(
    ctx: Ctx, asked: Asked, *, custodians: Collection[int] | None = None
) -> tuple[int, Iterator[tuple[int, ...]]]:
    """How many rows a search finds (among what some organisations keep), and their ids some thousands at a time.

    The index may be some seconds old: read the rows through ``visible`` or ``exportable``. Raises
    ``IndexMissing`` and what the grammar refuses.
    """
    scope, filters = asking.scope_of(ctx), asking.filters_of(ctx, asked)
    expression = asking.read(ctx, asked.text).expression
    if custodians is not None:
        own = Among(Field.CUSTODIAN, frozenset(custodians))
        filters = replace(filters, among=(*filters.among, own))
    found = search.find(scope, expression, source=SOURCE, filters=filters, limit=1, facets=())
    if not found.is_ready:
        raise IndexMissing
    return found.total, search.walk(scope, expression, source=SOURCE, filters=filters)


def page_of_matches(
    ctx: Ctx, query: str, *, custodian: int, after: str = "", among: Collection[int] | None = None
) -> tuple[tuple[int, ...], str]:
    """The next ids that a search finds among what one organisation keeps, and the place after them.

    The place is "" behind the last. Raises ``IndexMissing`` and what the grammar refuses.
    """
    asked = asked_from(QueryDict(query))
    filters = asking.filters_of(ctx, asked)
    own = Among(Field.CUSTODIAN, frozenset({custodian}))
    found = search.find(
        asking.scope_of(ctx),
        asking.read(ctx, asked.text).expression,
        source=SOURCE,
        filters=replace(
            filters, among=(*filters.among, own), rows=None if among is None else frozenset(among)
        ),
        sort=Sort.NEWEST,
        after=after,
        limit=MOST_ROWS,
        facets=(),
    )
    if not found.is_ready:
        raise IndexMissing
    return found.ids, found.after
