"""Wiring of the scanner: it has no models and no pages; clamd is asked when a file is to be scanned."""

from __future__ import annotations

from django.apps import AppConfig


class ScanningConfig(AppConfig):
    name = "lantai.platform.scanning"
    label = "scanning"
