"""What happened here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlaceFoundAgain:
    """A place that was away answers again."""

    place_id: int
