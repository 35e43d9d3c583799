"""What can be done here."""

from __future__ import annotations

from enum import StrEnum


class P(StrEnum):
    """Permissions of this app."""

    ASSESSMENT_READ = "singleset:assessment:read"
    ASSESSMENT_DRAFT = "singleset:assessment:draft"
    ASSESSMENT_REVIEW = "singleset:assessment:review"
    ASSESSMENT_APPROVE = "singleset:assessment:approve"
