"""Lists of this app."""

from lantai.apps.intake.tables.agreements import AgreementTable, AnnouncementTable, DueTable
from lantai.apps.intake.tables.submissions import (
    STATES,
    EntryTable,
    FileTable,
    ItemTable,
    OpinionTable,
    SubmissionTable,
)

__all__ = [
    "STATES",
    "AgreementTable",
    "AnnouncementTable",
    "DueTable",
    "EntryTable",
    "FileTable",
    "ItemTable",
    "OpinionTable",
    "SubmissionTable",
]
