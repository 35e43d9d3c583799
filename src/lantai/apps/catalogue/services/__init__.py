"""Every write of the catalogue."""

from __future__ import annotations

from lantai.apps.catalogue.marks import register_marker
from lantai.apps.catalogue.services.attaching import attach, lock_unfilled, tell_attached
from lantai.apps.catalogue.services.bulk import describe_many
from lantai.apps.catalogue.services.bulk_changing import choose, undo_bulk
from lantai.apps.catalogue.services.content import open_content, page_image
from lantai.apps.catalogue.services.describing import EDITABLE, describe, restore
from lantai.apps.catalogue.services.disposing import forget_previews, mark_destroyed
from lantai.apps.catalogue.services.entering import enter, new_ids, withdraw
from lantai.apps.catalogue.services.linking import AccessPoints, link, unlink
from lantai.apps.catalogue.services.moving import merge, move, split
from lantai.apps.catalogue.services.numbering import number
from lantai.apps.catalogue.services.numbers import reveal_number, rotate_keys, seal_plain_first
from lantai.apps.catalogue.services.opinions import enter_opinions
from lantai.apps.catalogue.services.placing import (
    add_heading,
    fill,
    make_arrangement,
    place,
    place_written,
    remove_arrangement,
    unplace,
)
from lantai.apps.catalogue.services.rearranging import undo
from lantai.apps.catalogue.services.registering import change_custodian, move_items, register
from lantai.apps.catalogue.services.telling import tell, tell_moved
from lantai.apps.catalogue.services.units import describe_fonds, group_fonds, make_unit, state
from lantai.apps.catalogue.services.watching import (
    forget_search,
    save_search,
    tell_matches,
    tell_matches_now,
    unwatch,
    watch,
)
from lantai.apps.catalogue.topics import register_kept, register_reading, register_topics

__all__ = [
    "EDITABLE",
    "AccessPoints",
    "add_heading",
    "attach",
    "change_custodian",
    "choose",
    "describe",
    "describe_fonds",
    "describe_many",
    "enter",
    "enter_opinions",
    "fill",
    "forget_previews",
    "forget_search",
    "group_fonds",
    "link",
    "lock_unfilled",
    "make_arrangement",
    "make_unit",
    "mark_destroyed",
    "merge",
    "move",
    "move_items",
    "new_ids",
    "number",
    "open_content",
    "page_image",
    "place",
    "place_written",
    "register",
    "register_kept",
    "register_marker",
    "register_reading",
    "register_topics",
    "remove_arrangement",
    "restore",
    "reveal_number",
    "rotate_keys",
    "save_search",
    "seal_plain_first",
    "split",
    "state",
    "tell",
    "tell_attached",
    "tell_matches",
    "tell_matches_now",
    "tell_moved",
    "undo",
    "undo_bulk",
    "unlink",
    "unplace",
    "unwatch",
    "watch",
    "withdraw",
]
