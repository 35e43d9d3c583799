"""Every write of this app."""

from lantai.apps.filing.services.arranging import arrange, describe_document, discard, take_back
from lantai.apps.filing.services.assigning import assign_parts
from lantai.apps.filing.services.batches import compose_batch, dissolve_batch, start_sealing, start_test
from lantai.apps.filing.services.capturing import (
    capture_document,
    queue_survey,
    record_scans,
    record_survey,
    start_scans,
)
from lantai.apps.filing.services.content import open_file, page_image
from lantai.apps.filing.services.receiving import capture_files, receive_document, take_parts, take_uploads
from lantai.apps.filing.services.sealing import forget_text, give_up_sealing, seal_batch
from lantai.apps.filing.services.testing import (
    check_document,
    reconsider_batch,
    self_check_batch,
    start_self_check,
    test_batch,
)

__all__ = [
    "arrange",
    "assign_parts",
    "capture_document",
    "capture_files",
    "check_document",
    "compose_batch",
    "describe_document",
    "discard",
    "dissolve_batch",
    "forget_text",
    "give_up_sealing",
    "open_file",
    "page_image",
    "queue_survey",
    "receive_document",
    "reconsider_batch",
    "record_scans",
    "record_survey",
    "seal_batch",
    "self_check_batch",
    "start_scans",
    "start_sealing",
    "start_self_check",
    "start_test",
    "take_back",
    "take_parts",
    "take_uploads",
    "test_batch",
]
