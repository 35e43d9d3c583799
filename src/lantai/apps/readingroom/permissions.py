"""What can be done here."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app; held at the archives."""

    REQUEST_READ = "readingroom:request:read"
    REQUEST_HANDLE = "readingroom:request:handle"
    CERTIFICATE_APPROVE = "readingroom:certificate:approve"
    CERTIFICATE_REVOKE = "readingroom:certificate:revoke"
