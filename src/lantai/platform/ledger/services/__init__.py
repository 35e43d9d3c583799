"""Every write of the ledger, and what is handed out from it."""

from lantai.platform.ledger.queries.log import proof_of
from lantai.platform.ledger.services.checking import check_and_keep
from lantai.platform.ledger.services.keys import ensure_keys, introduce_keys, revoke_key, rotate_key
from lantai.platform.ledger.services.publishing import publish
from lantai.platform.ledger.services.receipts import receipt_for
from lantai.platform.ledger.services.recording import record, record_many
from lantai.platform.ledger.services.recovering import restore_log
from lantai.platform.ledger.services.restoring import restore_leaves
from lantai.platform.ledger.services.sequencing import sequence, sequence_now

__all__ = [
    "check_and_keep",
    "ensure_keys",
    "introduce_keys",
    "proof_of",
    "publish",
    "receipt_for",
    "record",
    "record_many",
    "restore_leaves",
    "restore_log",
    "revoke_key",
    "rotate_key",
    "sequence",
    "sequence_now",
]
