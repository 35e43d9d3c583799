"""What verifying a signature, seal or time stamp showed, in the words that every format shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class SignatureState(StrEnum):
    """What verifying a signature, seal or time stamp showed."""

    VALID = "valid"
    INVALID = "invalid"
    UNVERIFIED = "unverified"  # the content is unchanged, the certificate could not be judged


class SignatureKind(StrEnum):
    """What was put on the content."""

    SIGNATURE = "signature"
    SEAL = "seal"
    TIMESTAMP = "timestamp"


@dataclass(frozen=True, slots=True)
class SignatureFound:
    """A signature, seal or time stamp found in a file; `message` is the msgid of what is to be said of it."""

    name: str
    kind: SignatureKind
    state: SignatureState
    signer: str = ""
    signed_at: datetime | None = None
    algorithm: str = ""
    message: str = ""
    params: Mapping[str, str | int] = field(default_factory=dict)
