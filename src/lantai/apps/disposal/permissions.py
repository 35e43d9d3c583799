"""What can be done here."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app."""

    LIST_READ = "disposal:list:read"
    LIST_DRAFT = "disposal:list:draft"
    LIST_APPRAISE = "disposal:list:appraise"
    LIST_APPROVE = "disposal:list:approve"
    LIST_EXECUTE = "disposal:list:execute"
    LIST_SUPERVISE = "disposal:list:supervise"
    HOLD_READ = "disposal:hold:read"
    HOLD_MANAGE = "disposal:hold:manage"
