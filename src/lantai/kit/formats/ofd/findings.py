"""One thing found while a signature was verified, and how several come to one verdict."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lantai.kit.crypto.signatures import SignatureState

_ORDER = (SignatureState.INVALID, SignatureState.UNVERIFIED, SignatureState.VALID)


@dataclass(frozen=True, slots=True)
class Finding:
    """What is to be said, and how bad it is; ``message`` is a msgid."""

    state: SignatureState
    message: str = ""
    params: Mapping[str, str | int] = field(default_factory=dict)


def invalid(message: str, **params: str | int) -> Finding:
    """The signature does not hold."""
    return Finding(SignatureState.INVALID, message, params)


def unverified(message: str, **params: str | int) -> Finding:
    """Nothing contradicts the signature, but it cannot be believed either."""
    return Finding(SignatureState.UNVERIFIED, message, params)


def worst(found: Iterable[Finding]) -> Finding:
    """The first of the worst findings; a valid one with something to say before one without."""
    return min(
        found,
        key=lambda one: (_ORDER.index(one.state), not one.message),
        default=Finding(SignatureState.VALID),
    )
