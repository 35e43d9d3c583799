"""What happened here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DeliveryFailed:
    """A delivery ended with documents that were not taken in."""

    delivery_id: int


@dataclass(frozen=True, slots=True)
class ConnectorFellSilent:
    """Nothing has come through a connector for longer than expected."""

    connector_id: int


@dataclass(frozen=True, slots=True)
class ConnectorFailed:
    """The place a connector fetches from cannot be read."""

    connector_id: int
