"""Every write of this app."""

from __future__ import annotations

from lantai.apps.authorities.holders import Holder, register_holder
from lantai.apps.authorities.services.entering import enter, revise
from lantai.apps.authorities.services.merging import merge, tell_apart, undo_merge
from lantai.apps.authorities.services.parts import (
    add_name,
    add_source,
    drop_name,
    drop_relation,
    drop_source,
    relate,
    revise_name,
)
from lantai.apps.authorities.services.restoring import restore
from lantai.apps.authorities.services.vocabularies import (
    add_terms,
    enter_vocabulary,
    retire_terms,
    revise_vocabulary,
)

__all__ = [
    "Holder",
    "add_name",
    "add_source",
    "add_terms",
    "drop_name",
    "drop_relation",
    "drop_source",
    "enter",
    "enter_vocabulary",
    "merge",
    "register_holder",
    "relate",
    "restore",
    "retire_terms",
    "revise",
    "revise_name",
    "revise_vocabulary",
    "tell_apart",
    "undo_merge",
]
