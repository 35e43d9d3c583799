"""Django wiring."""

from __future__ import annotations

from django.apps import AppConfig


class ReadingroomConfig(AppConfig):
    """Citizens' requests, certificates and their verification."""

    name = "lantai.apps.readingroom"
    label = "readingroom"
