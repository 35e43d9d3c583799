"""Searching: the engine finds ids within the actor's scope, the database decides what of them is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.utils.translation import gettext as _

from lantai.apps.catalogue.marks import marks_of
from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.permissions import P
from lantai.apps.catalogue.queries.indexing import SOURCE
from lantai.apps.catalogue.queries.reading import visible, with_content
from lantai.apps.catalogue.types import Asked, Facet, FacetOption, FoundPage, Hit, Mark, Segments
from lantai.apps.custody import queries as custody
from lantai.apps.holdings import queries as holdings
from lantai.apps.holdings.types import Classification, Openness
from lantai.kit.text import highlight
from lantai.platform.context import Ctx
from lantai.platform.search import grammar
from lantai.platform.search import queries as index
from lantai.platform.search import query as expressions
from lantai.platform.search import services as search
from lantai.platform.search.types import Among, Bucket, Field, Filters, Found, Scope, Sort

SNIPPET_BEFORE, SNIPPET_AFTER = 40, 120
FACETS = (Field.FONDS, Field.KIND, Field.YEAR, Field.RETENTION, Field.OPENNESS)


def find(ctx: Ctx, asked: Asked) -> FoundPage:
    """One page of what the actor may see; raises ``QueryTooLong`` and ``BadPage``."""
    found = search.find(
        _scope(ctx),
        asked.text,
        source=SOURCE,
        filters=_filters(asked),
        sort=Sort(asked.sort.value),
        after=asked.after,
        limit=asked.limit,
        facets=FACETS,
    )
    terms = list(expressions.texts(grammar.parse(asked.text)))
    hits = _hits(ctx, found.ids, terms)
    return FoundPage(
        hits=tuple(hits),
        total=found.total,
        facets=tuple(_facets(ctx, found)),
        after=found.after,
        took_ms=found.took_ms,
        is_ready=found.is_ready,
        pending=backlog.pending if (backlog := index.backlog()) else 0,
        withheld=len(found.ids) - len(hits),
    )


def _scope(ctx: Ctx) -> Scope:
    """The reading of ``READ_ITEM`` for the engine.

    Opened records about persons are left to their custodian: a search by name would tell a stranger
    what the page of the record does not.
    """
    own = frozenset(ctx.actor.orgs_with(P.ITEM_READ))
    harmless = frozenset(kind.slug for kind in holdings.kinds() if not kind.is_personal)
    opened = (
        Among(Field.OPENNESS, frozenset({Openness.OPEN.value})),
        Among(Field.CLASSIFICATION, frozenset({Classification.PUBLIC.value})),
        Among(Field.KIND, harmless),
    )
    return Scope(((Among(Field.CUSTODIAN, own),), opened))


def _filters(asked: Asked) -> Filters:
    chosen: tuple[tuple[Field, frozenset[int] | frozenset[str]], ...] = (
        (Field.FONDS, asked.fonds),
        (Field.KIND, asked.kinds),
        (Field.YEAR, asked.years),
        (Field.RETENTION, asked.retentions),
        (Field.OPENNESS, asked.opennesses),
    )
    return Filters(among=tuple(Among(field, values) for field, values in chosen if values))


def _hits(ctx: Ctx, ids: tuple[int, ...], terms: list[str]) -> list[Hit]:
    rows = {row.pk: row for row in visible(ctx).filter(pk__in=ids)}
    readable = with_content(ctx, rows)
    keys = [(row.package_id, row.item_key) for pk, row in rows.items() if row.package_id and pk in readable]
    texts = custody.texts_of(keys) if terms else {}
    shown = [rows[pk] for pk in ids if pk in rows]
    marks = marks_of(ctx, shown)
    return [
        _hit(row, texts.get((row.package_id, row.item_key), ""), terms, marks.get(row.pk, ()))
        for row in shown
    ]


def _hit(row: Description, text: str, terms: list[str], marks: tuple[Mark, ...]) -> Hit:
    return Hit(
        id=row.pk,
        reference_code=row.reference_code,
        title=tuple(highlight(row.title, terms)),
        snippet=snippet(text, terms),
        author=row.author,
        fonds_name=row.fonds.name,
        kind_name=row.kind.name,
        dated_on=row.dated_on,
        openness=row.openness,
        openness_label=str(Openness(row.openness).label),
        retention_label=holdings.retention_label(row.retention),
        marks=marks,
    )


def snippet(text: str, terms: Iterable[str]) -> Segments:
    """The part of ``text`` around the first term that occurs, cut at its hits; () when none does."""
    segments = highlight(text, terms)
    at = 0
    for segment, is_hit in segments:
        if is_hit:
            start = max(0, at - SNIPPET_BEFORE)
            window = " ".join(text[start : at + SNIPPET_AFTER].split())
            return tuple(highlight(window, terms))
        at += len(segment)
    return ()


def _facets(ctx: Ctx, found: Found) -> Iterable[Facet]:
    kinds = {kind.slug: _(kind.name) for kind in holdings.kinds()}
    fonds = _fonds_names(found.facets.get(Field.FONDS, ()))
    labels: tuple[tuple[Field, str, Callable[[str], str]], ...] = (
        (Field.FONDS, _("全宗"), lambda value: fonds.get(value, value)),
        (Field.KIND, _("档案种类"), lambda value: kinds.get(value, value)),
        (Field.YEAR, _("年度"), str),
        (Field.RETENTION, _("保管期限"), holdings.retention_label),
        (Field.OPENNESS, _("开放标识"), lambda value: str(Openness(value).label)),
    )
    for field, label, name in labels:
        buckets = [bucket for bucket in found.facets.get(field, ()) if bucket.value not in ("", None)]
        options = tuple(FacetOption(str(b.value), name(str(b.value)), b.count) for b in buckets)
        if options:
            yield Facet(field.value, label, _in_order(field, options))


def _in_order(field: Field, options: tuple[FacetOption, ...]) -> tuple[FacetOption, ...]:
    if field is Field.YEAR:
        return tuple(sorted(options, key=lambda option: option.value, reverse=True))
    return options


def _fonds_names(buckets: Iterable[Bucket]) -> dict[str, str]:
    return {str(pk): name for pk, name in holdings.fonds_names(int(b.value) for b in buckets).items()}
