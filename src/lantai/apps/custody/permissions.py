"""What can be done here."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app."""

    PACKAGE_READ = "custody:package:read"
    CHECK_RUN = "custody:check:run"
    CHECK_JUDGE = "custody:check:judge"
    CHECK_OVERRIDE = "custody:check:override"
    CHECK_READ = "custody:check:read"
    BUNDLE_MAKE = "custody:bundle:make"
