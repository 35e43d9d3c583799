"""What the ledger lets people do."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of the ledger."""

    ENTRY_READ = "ledger:entry:read"
