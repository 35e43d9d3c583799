"""What happened here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BatchSealed:
    """A batch is sealed and in the catalogue of its agency."""

    batch_id: int
    package_id: int
