"""What can be done here."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app; held at the agency."""

    DOCUMENT_READ = "filing:document:read"
    DOCUMENT_CAPTURE = "filing:document:capture"
    DOCUMENT_ARRANGE = "filing:document:arrange"
    BATCH_READ = "filing:batch:read"
    BATCH_COMPOSE = "filing:batch:compose"
    BATCH_SEAL = "filing:batch:seal"
