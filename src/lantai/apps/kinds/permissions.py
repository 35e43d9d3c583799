"""What can be done here."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app."""

    KIND_READ = "kinds:kind:read"
    KIND_DESIGN = "kinds:kind:design"
    KIND_PUBLISH = "kinds:kind:publish"
