"""Every write of the catalogue."""

from __future__ import annotations

from lantai.apps.catalogue.marks import register_marker
from lantai.apps.catalogue.services.content import open_content, page_image
from lantai.apps.catalogue.services.describing import EDITABLE, describe, restore
from lantai.apps.catalogue.services.disposing import forget_previews, mark_destroyed
from lantai.apps.catalogue.services.entering import enter, new_ids, withdraw
from lantai.apps.catalogue.services.linking import AccessPoints, link, unlink
from lantai.apps.catalogue.services.numbers import reveal_number, rotate_keys
from lantai.apps.catalogue.services.opinions import enter_opinions
from lantai.apps.catalogue.services.registering import change_custodian, move_items, register
from lantai.apps.catalogue.services.telling import tell, tell_moved
from lantai.apps.catalogue.services.watching import (
    forget_search,
    save_search,
    tell_matches,
    tell_matches_now,
    unwatch,
    watch,
)
from lantai.apps.catalogue.topics import register_topics

__all__ = [
    "AccessPoints",
    "EDITABLE",
    "change_custodian",
    "describe",
    "enter",
    "enter_opinions",
    "forget_previews",
    "forget_search",
    "link",
    "mark_destroyed",
    "move_items",
    "new_ids",
    "open_content",
    "page_image",
    "register",
    "register_marker",
    "register_topics",
    "restore",
    "save_search",
    "tell",
    "tell_matches",
    "tell_matches_now",
    "tell_moved",
    "unlink",
    "unwatch",
    "watch",
    "withdraw",
]
    "reveal_number",
    "rotate_keys",
