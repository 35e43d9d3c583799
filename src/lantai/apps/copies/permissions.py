"""What can be done here."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app."""

    COPY_READ = "copies:copy:read"
    COPY_VERIFY = "copies:copy:verify"
    COPY_MOVE = "copies:copy:move"
    POLICY_MANAGE = "copies:policy:manage"
    PLACE_RETIRE = "copies:place:retire"
    ORPHAN_SETTLE = "copies:orphan:settle"
