"""What the API gives; what it takes is described in ``reading``."""

from __future__ import annotations

from datetime import datetime

from ninja import Schema


class ReceivedFile(Schema):
    """A file as it was read back after writing."""

    name: str
    size: int
    sha256: str
    sm3: str


class ReceivedDocument(Schema):
    """A document that is kept."""

    external_key: str
    files: list[ReceivedFile]


class ReceiptOut(Schema):
    """The acknowledgement: given when everything is kept, and the same again for the same key."""

    delivery: int
    key: str
    state: str
    received_at: str
    request_sha256: str
    ledger_entry: int
    documents: list[ReceivedDocument]


class OutcomeOut(Schema):
    """What became of a document: waiting, taken, known or refused with the reason."""

    external_key: str
    outcome: str
    document: int | None
    reason: str


class DeliveryOut(Schema):
    """How a delivery stands."""

    id: int
    key: str
    content: str
    state: str
    received_at: datetime
    ended_at: datetime | None
    submission: str | None
    receipt: dict[str, object]
    documents: list[OutcomeOut]


class DeliveryLine(Schema):
    """A delivery as a line of a list."""

    id: int
    key: str
    state: str
    received_at: datetime
    ended_at: datetime | None


class DeliveriesOut(Schema):
    """A page of a list; ask again with `after` until `next` is empty."""

    deliveries: list[DeliveryLine]
    next: int | None
