"""What can be done here."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app."""

    BATCH_READ = "imports:batch:read"
    BATCH_ENTER = "imports:batch:enter"
    FILES_READ = "imports:files:read"
    FILES_ATTACH = "imports:files:attach"
    UPLOAD_SEND = "imports:upload:send"
    RECORDS_EXPORT = "imports:records:export"
