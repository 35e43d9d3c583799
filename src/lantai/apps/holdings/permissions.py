"""What can be done here."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app."""

    FONDS_READ = "holdings:fonds:read"
    FONDS_MANAGE = "holdings:fonds:manage"
    SCHEDULE_DRAFT = "holdings:schedule:draft"
    SCHEDULE_APPROVE = "holdings:schedule:approve"
    RULE_MANAGE = "holdings:rule:manage"
