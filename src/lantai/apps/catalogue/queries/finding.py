"""Searching: the engine finds ids within the actor's scope, the database decides what of them is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

from lantai.apps.catalogue import topics
from lantai.apps.catalogue.marks import marks_of
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.queries import asking, leaves, suggesting
from lantai.apps.catalogue.queries.explaining import reason, snippet
from lantai.apps.catalogue.queries.indexing import SOURCE
from lantai.apps.catalogue.queries.own_values import Schemes, as_told
from lantai.apps.catalogue.queries.publishing import permanent_path
from lantai.apps.catalogue.queries.reading import visible, with_content
from lantai.apps.catalogue.types import (
    Asked,
    Facet,
    FacetOption,
    FoundPage,
    Hit,
    Level,
    Mark,
    Segments,
    Suggestion,
)
from lantai.apps.custody import queries as custody
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings.types import Openness
from lantai.apps.texts import queries as texts_read
from lantai.apps.texts.types import PageFound
from lantai.kit.errors import Invalid
from lantai.kit.text import highlight
from lantai.platform.context import Ctx
from lantai.platform.search import queries as index
from lantai.platform.search import services as search
from lantai.platform.search.query import Expression, Understood, texts
from lantai.platform.search.types import Bucket, Field, Filters, Found, Scope, Sort

FACETS = (
    Field.FONDS, Field.KIND, Field.YEAR, Field.LEVEL, Field.RETENTION, Field.OPENNESS,
    Field.FORMAT, Field.PLACE, Field.TOPIC,
)  # fmt: skip
_LOOKED_AT = 50  # rows that are read for a better spelling


def find(ctx: Ctx, asked: Asked) -> FoundPage:
    """One page of what the actor may see; raises what the grammar refuses and ``BadPage``."""
    understood = asking.read(ctx, asked.text)
    scope, filters = asking.scope_of(ctx), asking.filters_of(ctx, asked)
    found = search.find(
        scope,
        understood.expression,
        source=SOURCE,
        filters=filters,
        sort=Sort(asked.sort.value),
        after=asked.after,
        limit=asked.limit,
        facets=FACETS,
    )
    hits = _hits(ctx, found.ids, list(texts(understood.expression)))
    return FoundPage(
        conditions=tuple(asking.conditions(understood, asked.text)),
        suggestions=tuple(_suggestions(ctx, asked, understood, scope, filters, found)),
        hits=tuple(hits),
        total=found.total,
        facets=tuple(_facets(ctx, found)),
        after=found.after,
        took_ms=found.took_ms,
        is_ready=found.is_ready,
        pending=backlog.pending if (backlog := index.backlog()) else 0,
        withheld=len(found.ids) - len(hits),
    )


def _suggestions(
    ctx: Ctx, asked: Asked, understood: Understood, scope: Scope, filters: Filters, found: Found
) -> list[Suggestion]:
    """What else might have been meant; counted and read within the same scope and filters."""
    if asked.after or not found.is_ready:
        return []

    schemes = Schemes()

    def ask(expression: Expression, among: Filters, limit: int) -> Found:
        return search.find(scope, expression, source=SOURCE, filters=among, limit=limit, facets=())

    def count(text: str) -> int:
        try:
            return ask(asking.read(ctx, text).expression, filters, 1).total
        except Invalid:  # a record's own spelling may not be a search
            return 0

    def rows(expression: Expression) -> list[Description]:
        near = visible(ctx).filter(pk__in=ask(expression, filters, _LOOKED_AT).ids)
        return [as_told(ctx, row, schemes) for row in near]

    meant = suggesting.readings(understood, asked.text, count)
    if meant or found.total:
        return meant
    return suggesting.corrections(understood, asked.text, count, rows)


def _hits(ctx: Ctx, ids: tuple[int, ...], terms: list[str]) -> list[Hit]:
    rows = {row.pk: row for row in visible(ctx).select_related("fonds__archives").filter(pk__in=ids)}
    schemes = Schemes()
    shown = [as_told(ctx, rows[pk], schemes) for pk in ids if pk in rows]
    marks = marks_of(ctx, shown)
    readable = with_content(ctx, [row.pk for row in shown if row.package_id]) if terms else set()
    pages = leaves.best_pages(ctx, readable, terms)
    rest = [rows[pk] for pk in readable - pages.keys()]
    unread = texts_read.unread_among({row.package_id for row in rest})
    keys = [(row.package_id, row.item_key) for row in rest if row.package_id in unread]
    bodies = custody.texts_of(keys) if keys else {}
    return [
        _hit(
            row,
            pages.get(row.pk),
            bodies.get((row.package_id, row.item_key), ""),
            terms,
            marks.get(row.pk, ()),
            lambda row: reason(ctx, row, terms, schemes),
        )
        for row in shown
    ]


def _hit(
    row: Description,
    page: PageFound | None,
    text: str,
    terms: list[str],
    marks: tuple[Mark, ...],
    told: Callable[[Description], tuple[str, Segments]],
) -> Hit:
    title, found_in = tuple(highlight(row.title, terms)), ""
    found = snippet(page.text if page else text, terms)
    if terms and not found and not any(is_hit for _text, is_hit in title):
        found_in, found = told(row)
    return Hit(
        id=row.pk,
        reference_code=row.reference_code,
        title=title,
        snippet=found,
        found_in=found_in,
        author=row.author,
        fonds_name=row.fonds.name,
        kind_name=row.kind.name,
        dated_on=row.dated_on,
        openness=row.openness,
        openness_label=str(Openness(row.openness).label),
        retention_label=holdings.retention_said(row.retention),
        marks=marks,
        page=page.number if page else 0,
        file_id=page.file_id if page else 0,
        archives_code=row.fonds.archives.code,
        permanent_url=permanent_path(row.fonds.archives.code, row.permanent),
    )


def _facets(ctx: Ctx, found: Found) -> Iterable[Facet]:
    kinds = {kind.slug: _(kind.name) for kind in holdings.kinds()}
    fonds = _fonds_names(found.facets.get(Field.FONDS, ()))
    said: dict[Field, Callable[[str], str]] = {
        Field.FONDS: lambda value: fonds.get(value, value),
        Field.KIND: lambda value: kinds.get(value, value),
        Field.LEVEL: lambda value: str(Level(value).label),
        Field.RETENTION: holdings.retention_said,
        Field.OPENNESS: lambda value: str(Openness(value).label),
    }
    for field, label in asking.labels().items():
        buckets = [bucket for bucket in found.facets.get(field, ()) if bucket.value not in ("", None)]
        name = said.get(field, str)
        options = tuple(FacetOption(str(b.value), name(str(b.value)), b.count) for b in buckets)
        if field is Field.TOPIC:
            options = _told(ctx, options)
        if options:
            yield Facet(field.value, label, _in_order(field, options))


def _told(ctx: Ctx, options: tuple[FacetOption, ...]) -> tuple[FacetOption, ...]:
    """The topics that the reader may know of."""
    shown = topics.shown(ctx, [option.value for option in options])
    return tuple(FacetOption(o.value, shown[o.value], o.count) for o in options if o.value in shown)


def _in_order(field: Field, options: tuple[FacetOption, ...]) -> tuple[FacetOption, ...]:
    if field is Field.YEAR:
        return tuple(sorted(options, key=lambda option: option.value, reverse=True))
    return options


def _fonds_names(buckets: Iterable[Bucket]) -> dict[str, str]:
    return {str(pk): name for pk, name in holdings.fonds_names(int(b.value) for b in buckets).items()}
