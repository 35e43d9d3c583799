"""What one archives says to another: signed, ordered, safe to receive twice, also as a file across an air gap."""

from lantai.kit.messages.parcels import (
    MAX_PARCEL_BYTES,
    BadParcel,
    Gap,
    Message,
    Parcel,
    UnknownSender,
    new_messages,
    open_parcel,
    seal_parcel,
)

__all__ = [
    "MAX_PARCEL_BYTES",
    "BadParcel",
    "Gap",
    "Message",
    "Parcel",
    "UnknownSender",
    "new_messages",
    "open_parcel",
    "seal_parcel",
]
