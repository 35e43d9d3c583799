"""What can be done here."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app."""

    AUTHORITY_READ = "authorities:authority:read"
    AUTHORITY_MANAGE = "authorities:authority:manage"
    AUTHORITY_MERGE = "authorities:authority:merge"
    VOCABULARY_MANAGE = "authorities:vocabulary:manage"
