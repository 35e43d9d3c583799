"""Every write of this app."""

from lantai.apps.custody.services.examination import survey_files
from lantai.apps.custody.services.fixity import finish_round, open_round, record_reading, start_round
from lantai.apps.custody.services.sealing import as_document, change_custodian, seal
from lantai.apps.custody.services.testing import record_check

__all__ = [
    "as_document",
    "change_custodian",
    "finish_round",
    "open_round",
    "record_check",
    "record_reading",
    "seal",
    "start_round",
    "survey_files",
]
