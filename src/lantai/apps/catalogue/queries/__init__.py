"""Every read of the catalogue."""

from __future__ import annotations

from lantai.apps.catalogue.queries.arranging import (
    arrangeable,
    arrangements,
    former_codes,
    get_arrangement,
    get_placement,
    get_rearrangement,
    may_arrange,
    may_arrange_somewhere,
    of_code,
    origins,
    placement_path,
    placement_window,
    rearranged_lines,
    rearrangements,
)
from lantai.apps.catalogue.queries.codes import by_codes
from lantai.apps.catalogue.queries.finding import find
from lantai.apps.catalogue.queries.history import happenings, may_describe, proof_of, timeline, versions_of
from lantai.apps.catalogue.queries.hits import hits_in_tree
from lantai.apps.catalogue.queries.indexing import ids_after, search_documents
from lantai.apps.catalogue.queries.linking import held_of, points_of, records_of, tellable
from lantai.apps.catalogue.queries.listing import listed
from lantai.apps.catalogue.queries.matching import ids_found, keeper, page_of_matches
from lantai.apps.catalogue.queries.numbers import holders_of_number
from lantai.apps.catalogue.queries.own_values import Schemes, as_told, files_told, own_values
from lantai.apps.catalogue.queries.reading import (
    count_items,
    exportable,
    get,
    get_opened,
    item_rows,
    may_read_content,
    opened,
    sees_persons,
    standing,
    visible,
    ways_to_see,
    with_content,
)
from lantai.apps.catalogue.queries.relating import related
from lantai.apps.catalogue.queries.tree import (
    COUNTED,
    ancestors,
    below,
    counts_below,
    descendants,
    filtered,
    reveal,
    tree_window,
)
from lantai.apps.catalogue.queries.watching import conditions_of, saved_searches

__all__ = [
    "COUNTED",
    "Schemes",
    "ancestors",
    "arrangeable",
    "arrangements",
    "as_told",
    "below",
    "by_codes",
    "conditions_of",
    "count_items",
    "counts_below",
    "descendants",
    "exportable",
    "files_told",
    "filtered",
    "find",
    "former_codes",
    "get",
    "get_arrangement",
    "get_opened",
    "get_placement",
    "get_rearrangement",
    "happenings",
    "held_of",
    "hits_in_tree",
    "holders_of_number",
    "ids_after",
    "ids_found",
    "item_rows",
    "keeper",
    "listed",
    "may_arrange",
    "may_arrange_somewhere",
    "may_describe",
    "may_read_content",
    "of_code",
    "opened",
    "origins",
    "own_values",
    "page_of_matches",
    "placement_path",
    "placement_window",
    "points_of",
    "proof_of",
    "rearranged_lines",
    "rearrangements",
    "records_of",
    "related",
    "reveal",
    "saved_searches",
    "search_documents",
    "sees_persons",
    "standing",
    "tellable",
    "timeline",
    "tree_window",
    "versions_of",
    "visible",
    "ways_to_see",
    "with_content",
]
