"""What can be done here."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app; SUBMIT is held at the agency, the others at the archives (READ at both)."""

    SUBMISSION_READ = "intake:submission:read"
    SUBMISSION_SUBMIT = "intake:submission:submit"
    SUBMISSION_TEST = "intake:submission:test"
    SUBMISSION_DECIDE = "intake:submission:decide"
