"""What can be done here."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app."""

    CASE_READ = "acquisition:case:read"
    CASE_HANDLE = "acquisition:case:handle"
    CASE_APPROVE = "acquisition:case:approve"
    VOICE_READ = "acquisition:voice:read"
    VOICE_HANDLE = "acquisition:voice:handle"
    EVENT_READ = "acquisition:event:read"
    EVENT_HANDLE = "acquisition:event:handle"
    EVENT_REPORT = "acquisition:event:report"
    PERSON_READ = "acquisition:person:read"
