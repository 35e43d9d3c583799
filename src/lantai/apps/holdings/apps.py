"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig


class HoldingsConfig(AppConfig):
    """Fonds, classification schemes, retention schedules, record kinds and rule sets."""

    name = "lantai.apps.holdings"
    label = "holdings"
