"""What can be done with accounts."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app."""

    USER_READ = "accounts:user:read"
    USER_MANAGE = "accounts:user:manage"
    ROLE_ASSIGN = "accounts:role:assign"
    TOKEN_MANAGE = "accounts:token:manage"
