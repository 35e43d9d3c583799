"""Every write of the ledger."""

from lantai.platform.ledger.services.recording import record, record_many

__all__ = ["record", "record_many"]
