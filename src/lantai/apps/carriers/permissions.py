"""What can be done here."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app."""

    CARRIER_READ = "carriers:carrier:read"
    CARRIER_MANAGE = "carriers:carrier:manage"
