"""What happened here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CopyMade:
    """A copy was written, read back and found to be what was sealed."""

    copy_id: int
    package_id: int
    version: int


@dataclass(frozen=True, slots=True)
class CopyFoundDamaged:
    """A reading found files of a copy that are not what was sealed; repair has been tried already."""

    copy_id: int
    package_id: int
    found: int
    repaired: int


@dataclass(frozen=True, slots=True)
class CopyCleared:
    """A copy was removed from its place after another was verified, or because its content was destroyed."""

    copy_id: int
    package_id: int


@dataclass(frozen=True, slots=True)
class PolicyChanged:
    """A policy came, changed or went: what is wanted is worked out anew."""

    policy_id: int
