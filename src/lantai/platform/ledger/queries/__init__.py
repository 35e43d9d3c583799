"""Every read of the ledger."""

from lantai.platform.ledger.queries.checking import check_log, is_intact, last_check
from lantai.platform.ledger.queries.entries import days_about, entries_about, entries_at, visible
from lantai.platform.ledger.queries.log import bundle, newest_checkpoint, proof_of, tile
from lantai.platform.ledger.queries.trust import key_history, trust_store, trust_text

__all__ = [
    "bundle",
    "check_log",
    "days_about",
    "entries_about",
    "entries_at",
    "is_intact",
    "key_history",
    "last_check",
    "newest_checkpoint",
    "proof_of",
    "tile",
    "trust_store",
    "trust_text",
    "visible",
]
