"""Every write of the ledger, and what is handed out from it."""

from lantai.platform.ledger.queries.log import proof_of
from lantai.platform.ledger.services.keys import ensure_keys
from lantai.platform.ledger.services.receipts import receipt_for
from lantai.platform.ledger.services.recording import record, record_many
from lantai.platform.ledger.services.restoring import restore_leaves
from lantai.platform.ledger.services.sequencing import sequence, sequence_now

__all__ = [
    "ensure_keys",
    "proof_of",
    "receipt_for",
    "record",
    "record_many",
    "restore_leaves",
    "sequence",
    "sequence_now",
]
