"""Every write of this app."""

from __future__ import annotations

from lantai.apps.topics.services.keeping import (
    add_field,
    add_section,
    drop_field,
    drop_section,
    make,
    remove,
    revise,
    revise_field,
    revise_section,
    set_rule,
    share,
)
from lantai.apps.topics.services.picking import exclude, pick, place, put_back, set_values
from lantai.apps.topics.services.ruling import finish_round, follow_changes, follow_now, refresh, take_in

__all__ = [
    "add_field",
    "add_section",
    "drop_field",
    "drop_section",
    "exclude",
    "finish_round",
    "follow_changes",
    "follow_now",
    "make",
    "pick",
    "place",
    "put_back",
    "refresh",
    "remove",
    "revise",
    "revise_field",
    "revise_section",
    "set_rule",
    "set_values",
    "share",
    "take_in",
]
