"""What happened here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextsRead:
    """The pages of a package can be searched now."""

    package_id: int
    version: int
