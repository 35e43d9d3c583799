"""Every write of this app."""

from lantai.apps.filing.services.arranging import arrange, discard, release
from lantai.apps.filing.services.batches import compose_batch, dissolve_batch, start_sealing, start_test
from lantai.apps.filing.services.capturing import capture_document, record_survey
from lantai.apps.filing.services.sealing import give_up_sealing, seal_batch
from lantai.apps.filing.services.testing import test_batch

__all__ = [
    "arrange",
    "capture_document",
    "compose_batch",
    "discard",
    "dissolve_batch",
    "give_up_sealing",
    "record_survey",
    "release",
    "seal_batch",
    "start_sealing",
    "start_test",
    "test_batch",
]
