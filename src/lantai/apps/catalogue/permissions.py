"""What can be done here."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app."""

    ITEM_READ = "catalogue:item:read"
    ITEM_DESCRIBE = "catalogue:item:describe"
    ITEM_ARRANGE = "catalogue:item:arrange"
    ITEM_EXPORT = "catalogue:item:export"
    CONTENT_READ = "catalogue:content:read"
    NUMBER_REVEAL = "catalogue:number:reveal"
