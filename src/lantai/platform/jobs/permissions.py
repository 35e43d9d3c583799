"""What can be done with runs besides one's own."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app."""

    RUN_READ = "jobs:run:read"
    RUN_MANAGE = "jobs:run:manage"
