"""What can be done here."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app."""

    TOPIC_READ = "topics:topic:read"
    TOPIC_MANAGE = "topics:topic:manage"
    TOPIC_SHARE = "topics:topic:share"
