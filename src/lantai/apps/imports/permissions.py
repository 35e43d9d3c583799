"""What can be done here."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app."""

    BATCH_READ = "imports:batch:read"
    BATCH_ENTER = "imports:batch:enter"
    RECORDS_EXPORT = "imports:records:export"
