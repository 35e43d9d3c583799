"""What can be done here."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app."""

    PAPER_PRINT = "printing:paper:print"
    BOX_READ = "printing:box:read"
    BOX_MANAGE = "printing:box:manage"
