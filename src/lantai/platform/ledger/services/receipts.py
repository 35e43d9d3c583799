"""What we hand out as proof that an act was recorded."""

from __future__ import annotations

from lantai.kit.evidence.receipts import Statement, build_receipt
from lantai.platform.ledger.models import Entry
from lantai.platform.ledger.queries.log import proof_of


def receipt_for(entry: Entry, statement: Statement) -> bytes:
    """The receipt of `statement`, to whose digest the entry's detail `statement_sha256` commits.

    Raises NotYetLogged until the entry is sequenced, and BadReceipt when the entry says something else.
    """
    return build_receipt(statement, entry.form, proof_of(entry.id))
