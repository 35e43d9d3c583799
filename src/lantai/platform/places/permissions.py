"""What can be done with places."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app."""

    PLACE_READ = "places:place:read"
    PLACE_MANAGE = "places:place:manage"
