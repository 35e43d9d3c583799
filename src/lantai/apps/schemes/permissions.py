"""What can be done here."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app."""

    SCHEME_READ = "schemes:scheme:read"
    SCHEME_DRAFT = "schemes:scheme:draft"
    SCHEME_PUBLISH = "schemes:scheme:publish"
