"""What can be done here."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app."""

    PLAN_READ = "backup:plan:read"
    PLAN_MANAGE = "backup:plan:manage"
