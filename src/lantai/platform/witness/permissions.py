"""What can be done here."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app."""

    LOG_READ = "witness:log:read"
    PEER_READ = "witness:peer:read"
    PEER_MANAGE = "witness:peer:manage"
