"""What can be done here."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app; SUBMIT is held at the agency, TEST, DECIDE and CONFIRM at the archives.

    READ is held at both; so are DRAFT and SIGN, each side for itself.
    """

    SUBMISSION_READ = "intake:submission:read"
    SUBMISSION_SUBMIT = "intake:submission:submit"
    SUBMISSION_TEST = "intake:submission:test"
    SUBMISSION_DECIDE = "intake:submission:decide"
    SUBMISSION_CONFIRM = "intake:submission:confirm"
    AGREEMENT_READ = "intake:agreement:read"
    AGREEMENT_DRAFT = "intake:agreement:draft"
    AGREEMENT_SIGN = "intake:agreement:sign"
