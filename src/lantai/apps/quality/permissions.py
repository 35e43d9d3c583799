"""What can be done here."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app."""

    QUALITY_READ = "quality:snapshot:read"
    QUALITY_COUNT = "quality:snapshot:count"
