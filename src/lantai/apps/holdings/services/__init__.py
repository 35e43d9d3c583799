"""Every write of holdings."""

from __future__ import annotations

from lantai.apps.holdings.services.fonds import add_class, change_fonds, found_fonds, retire_class
from lantai.apps.holdings.services.kinds import add_kind
from lantai.apps.holdings.services.rules import install_rules, new_rule_version
from lantai.apps.holdings.services.schedules import (
    approve_schedule,
    draft_schedule,
    revise_schedule,
    send_back_schedule,
    submit_schedule,
)

__all__ = [
    "add_class",
    "add_kind",
    "approve_schedule",
    "change_fonds",
    "draft_schedule",
    "found_fonds",
    "install_rules",
    "new_rule_version",
    "retire_class",
    "revise_schedule",
    "send_back_schedule",
    "submit_schedule",
]
