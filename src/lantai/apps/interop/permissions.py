"""What can be done here."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app."""

    SOURCE_READ = "interop:source:read"
    SOURCE_MANAGE = "interop:source:manage"
    REPORT_READ = "interop:report:read"
    REPORT_MANAGE = "interop:report:manage"
    REPORT_DELIVER = "interop:report:deliver"
