"""Every read of the catalogue."""

from __future__ import annotations

from lantai.apps.catalogue.queries.finding import find, hits_by_file
from lantai.apps.catalogue.queries.history import happenings, may_describe, versions_of
from lantai.apps.catalogue.queries.indexing import ids_after, search_documents
from lantai.apps.catalogue.queries.reading import (
    children,
    count_items,
    exportable,
    get,
    get_opened,
    is_opened,
    item_rows,
    loose_items,
    may_read_content,
    opened,
    path_to,
    sees_persons,
    top_of,
    visible,
    with_content,
)
from lantai.apps.catalogue.queries.relating import related
from lantai.apps.catalogue.queries.watching import saved_searches

__all__ = [
    "children",
    "count_items",
    "exportable",
    "find",
    "get",
    "get_opened",
    "happenings",
    "hits_by_file",
    "ids_after",
    "is_opened",
    "item_rows",
    "loose_items",
    "may_describe",
    "may_read_content",
    "opened",
    "path_to",
    "related",
    "saved_searches",
    "search_documents",
    "sees_persons",
    "top_of",
    "versions_of",
    "visible",
    "with_content",
]
