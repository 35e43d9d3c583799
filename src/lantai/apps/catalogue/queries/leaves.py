"""Pages of items in the index, and on which page of a record the words stand."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

from lantai.apps.catalogue.models import Description
from lantai.apps.catalogue.queries import asking
from lantai.apps.catalogue.queries.indexing import audience_of
from lantai.apps.texts import queries as texts
from lantai.apps.texts.types import PageFound
from lantai.platform.context import Ctx
from lantai.platform.search import services as search
from lantai.platform.search.query import AnyOf, Leaf, Part
from lantai.platform.search.types import MOST_ROWS, Document, Filters

SOURCE = "catalogue.pages"
_MOST_WORDS = 20


def page_documents(ids: Sequence[int]) -> Iterator[Document]:
    """A document for every page of these rows."""
    described = Description.objects.filter(pk__in=list(ids), merged_into=None, package__isnull=False)
    rows = {(row.package_id, row.item_key): row for row in described.select_related("kind")}
    for page in texts.pages_of_items(rows):
        row = rows[page.package_id, page.item_key]
        yield Document(
            SOURCE,
            row.pk,
            body=page.text,
            leaf=page.id,
            custodian=row.custodian_id,
            fonds=row.fonds_id,
            audience=audience_of(row),
        )


def best_pages(ctx: Ctx, ids: Collection[int], words: Sequence[str]) -> dict[int, PageFound]:
    """The page of each of these rows on which the words stand best, where the actor may read the content."""
    wanted = tuple(Leaf(word, Part.BODY) for word in words[:_MOST_WORDS])
    if not ids or not wanted:
        return {}
    found = search.find(
        asking.content_scope_of(ctx), AnyOf(wanted), source=SOURCE,
        filters=Filters(rows=frozenset(ids)), limit=MOST_ROWS, facets=(), has_leaves=True,
    )  # fmt: skip
    best: dict[int, int] = {}
    for row_id, leaf in zip(found.ids, found.leaves, strict=True):
        best.setdefault(row_id, leaf)
    pages = texts.pages(best.values())
    return {row_id: pages[leaf] for row_id, leaf in best.items() if leaf in pages}
