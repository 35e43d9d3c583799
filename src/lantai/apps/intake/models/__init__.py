"""What agencies and archives have agreed, what was announced, sent and decided."""

from lantai.apps.intake.models.agreements import AgreedKind, Agreement, Announcement, Due
from lantai.apps.intake.models.handover import PreparedOpinion, Register, ReturnEntry, ReturnList
from lantai.apps.intake.models.submissions import NumberCounter, Submission, SubmissionFile, SubmissionItem

__all__ = [
    "AgreedKind",
    "Agreement",
    "Announcement",
    "Due",
    "NumberCounter",
    "PreparedOpinion",
    "Register",
    "ReturnEntry",
    "ReturnList",
    "Submission",
    "SubmissionFile",
    "SubmissionItem",
]
