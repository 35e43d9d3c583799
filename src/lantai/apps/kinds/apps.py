"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig


class KindsConfig(AppConfig):
    """Kinds of record as data."""

    name = "lantai.apps.kinds"
    label = "kinds"
