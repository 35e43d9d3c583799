"""What can be done here."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app."""

    FORMAT_READ = "migration:format:read"
    FORMAT_JUDGE = "migration:format:judge"
    PLAN_READ = "migration:plan:read"
    PLAN_DRAFT = "migration:plan:draft"
    PLAN_APPROVE = "migration:plan:approve"
    PLAN_RUN = "migration:plan:run"
